import { AwsError } from '../../../aws/error.ts';
import type { Tag } from '../tables.ts';

interface GivenTag {
  readonly TagKey: string;
  readonly TagValue: string;
}

/** The present tags and the given ones, which win. Throws TagException or LimitExceededException. */
export function mergedTags(present: readonly Tag[], given: readonly GivenTag[]): readonly Tag[] {
  const tags = new Map(present.map((tag) => [tag.TagKey, tag]));
  for (const { TagKey, TagValue } of given) {
    if (TagKey.startsWith('aws:')) throw new AwsError('TagException', 'Tags may not be prefixed with aws:');
    tags.set(TagKey, { TagKey, TagValue });
  }
  if (tags.size > mostTags) throw new AwsError('LimitExceededException', `A key can have at most ${mostTags} tags.`);
  return [...tags.values()];
}

const mostTags = 50;

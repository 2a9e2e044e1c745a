import { tooManyTags } from '../errors.ts';
import type { Tag } from '../tables.ts';
import { limits } from './limits.ts';

interface GivenTag {
  readonly Key: string;
  readonly Value: string;
}

/** The present tags and the given ones, which win. Throws TooManyTagsError. */
export function mergedTags(present: readonly Tag[], given: readonly GivenTag[]): readonly Tag[] {
  const tags = new Map(present.map((tag) => [tag.Key, tag]));
  for (const { Key, Value } of given) tags.set(Key, { Key, Value });
  if (tags.size > limits.tags) throw tooManyTags();
  return [...tags.values()];
}

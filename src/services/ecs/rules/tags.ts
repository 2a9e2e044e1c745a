import type { Tag } from '@aws-sdk/client-ecs';
import type { Kept, Tags } from '../tables.ts';
import { limits } from './limits.ts';
import { invalid, type Refusal } from './refusal.ts';

type TagInput = Kept<Tag>;

const allowedCharacters = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** What is wrong with tags that a caller gives. */
export function* tagRefusals(tags: readonly TagInput[] | undefined): Generator<Refusal> {
  const keys = new Set<string>();
  for (const { key = '', value = '' } of tags ?? []) {
    if (key.length === 0 || Array.from(key).length > limits.tagKey || !allowedCharacters.test(key)) {
      yield invalid(
        `Invalid tag key '${key}'. It must have 1 to ${limits.tagKey} letters, numbers, spaces and the characters _ . : / = + - @`,
      );
    }
    if (Array.from(value).length > limits.tagValue || !allowedCharacters.test(value)) {
      yield invalid(
        `Invalid value of tag '${key}'. It must have at most ${limits.tagValue} letters, numbers, spaces and the characters _ . : / = + - @`,
      );
    }
    if (isReserved(key)) yield invalid(`Invalid tag key '${key}'. Tags that begin with aws: are reserved.`);
    if (keys.has(key)) yield invalid(`The tag key '${key}' is used more than once.`);
    keys.add(key);
  }
  if (countedTags(tags ?? []) > limits.tagsPerResource) {
    yield invalid(`A resource can have at most ${limits.tagsPerResource} tags.`);
  }
}

/** Tags as a resource keeps them: a tag without a value has an empty one. */
export function keptTags(tags: readonly TagInput[] | undefined): Tags {
  return (tags ?? []).map(({ key = '', value = '' }) => ({ key, value }));
}

/** The tags of a resource after more are put on it: the same key takes the new value in its old place. */
export function mergeTags(present: Tags, more: readonly TagInput[]): Tags {
  const merged = new Map(present.map((tag) => [tag.key ?? '', tag]));
  for (const tag of keptTags(more)) merged.set(tag.key ?? '', tag);
  return [...merged.values()];
}

/** Tags that AWS itself puts on a resource do not count against the limit. */
export function countedTags(tags: readonly TagInput[]): number {
  return tags.filter((tag) => !isReserved(tag.key ?? '')).length;
}

export function isReserved(key: string): boolean {
  return key.toLowerCase().startsWith('aws:');
}

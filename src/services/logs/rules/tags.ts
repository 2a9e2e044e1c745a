import { constraintBroken, tooManyTags } from '../errors.ts';
import { limits } from './limits.ts';

export type Tags = Readonly<Record<string, string>>;

/** The tags with `added` laid over them. Throws InvalidParameterException or TooManyTagsException. */
export function addTags(tags: Tags, added: Tags, resourceName: string): Tags {
  for (const [key, value] of Object.entries(added)) {
    if (key.length < 1 || key.length > 128 || !/^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/u.test(key)) {
      throw constraintBroken(
        undefined,
        'tags',
        'Map keys must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: ^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+)$]',
      );
    }
    if (value.length > 256 || !/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(value)) {
      throw constraintBroken(
        undefined,
        'tags',
        'Map value must satisfy constraint: [Member must have length less than or equal to 256, Member must satisfy regular expression pattern: ^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$]',
      );
    }
  }
  const all = { ...tags, ...added };
  if (Object.keys(all).length > limits.tags) throw tooManyTags(resourceName);
  return all;
}

export function removeTags(tags: Tags, keys: readonly string[]): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !keys.includes(key)));
}

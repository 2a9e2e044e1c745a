import type { Tag } from '@aws-sdk/client-cloudwatch';
import type { Parsed } from '../../../aws/operation.ts';
import { constraintBroken, invalidParameterValue } from '../errors.ts';
import { limits } from './limits.ts';

export type Tags = Readonly<Record<string, string>>;

/** The tags with `added` laid over them. Throws ValidationError or InvalidParameterValueException. */
export function addTags(tags: Tags, added: readonly Parsed<Tag>[]): Tags {
  for (const { Key: key, Value: value } of added) {
    if (key.length < 1) throw constraintBroken(key, 'tags.key', 'Member must have length greater than or equal to 1');
    checkLength(key, 'tags.key', limits.tagKeyLength);
    checkLength(value, 'tags.value', limits.tagValueLength);
    if (/^aws:/i.test(key)) throw invalidParameterValue('Tag keys starting with aws: are reserved for AWS.');
  }
  const all = Object.fromEntries([...Object.entries(tags), ...added.map((tag) => [tag.Key, tag.Value] as const)]);
  if (Object.keys(all).length > limits.tags) {
    throw invalidParameterValue(`A resource can have no more than ${limits.tags} tags.`);
  }
  return all;
}

export function removeTags(tags: Tags, keys: readonly string[]): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !keys.includes(key)));
}

function checkLength(text: string, member: string, limit: number): void {
  if (text.length > limit)
    throw constraintBroken(text, member, `Member must have length less than or equal to ${limit}`);
}

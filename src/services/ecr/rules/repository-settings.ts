/** What CreateRepository and creation templates say about a repository. All throw what the client is told. */
import { constraintBroken, invalidParameter, invalidTagParameter, notBuilt, tooManyTags } from '../errors.ts';
import type { Encryption } from '../tables.ts';
import { limits } from './limits.ts';

/**
 * Differs from AWS: bytes are stored as they are, so AES256, which every repository of ECR has at least, says nothing.
 * A key of KMS is an order that would not be carried out, and is refused.
 */
export function readEncryption(
  input: { readonly encryptionType: string; readonly kmsKey?: string | undefined } | undefined,
): Encryption {
  if (input && input.encryptionType !== 'AES256') throw notBuilt('the encryption of repositories with keys of KMS');
  if (input?.kmsKey !== undefined) {
    throw invalidParameter(
      "Invalid parameter at 'encryptionConfiguration' failed to satisfy constraint: 'kmsKey must not be given with AES256'",
    );
  }
  return { encryptionType: 'AES256' };
}

type Tags = Readonly<Record<string, string>>;

export function addTags(tags: Tags, added: readonly { readonly Key: string; readonly Value: string }[]): Tags {
  const keys = new Set<string>();
  for (const { Key: key, Value: value } of added) {
    if (key.length < 1 || key.length > 128) throw constraintBroken(key, 'tags.key', 'must have length from 1 to 128');
    if (value.length > 256) throw constraintBroken(value, 'tags.value', 'must have length less than or equal to 256');
    if (/^aws:/i.test(key)) throw invalidTagParameter('Tag keys starting with aws: are reserved for AWS.');
    if (keys.has(key)) throw invalidTagParameter(`The tag key '${key}' is given more than once.`);
    keys.add(key);
  }
  const all = { ...tags, ...Object.fromEntries(added.map(({ Key, Value }) => [Key, Value])) };
  if (Object.keys(all).length > limits.repositoryTags) throw tooManyTags();
  return all;
}

export function removeTags(tags: Tags, keys: readonly string[]): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !keys.includes(key)));
}

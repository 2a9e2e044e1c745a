import { invalidParameter, validation } from '../errors.ts';
import type { Tag } from '../tables.ts';
import { limits } from './limits.ts';

export function checkName(name: string): void {
  if (!/^[A-Za-z0-9/_+=.@-]{1,512}$/.test(name)) {
    throw validation(
      'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
    );
  }
}

export function checkRequestToken(token: string | undefined): void {
  if (token !== undefined && (token.length < 32 || token.length > 64)) {
    throw invalidParameter('ClientRequestToken must be 32-64 characters long.');
  }
}

interface GivenTag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/** The present tags and the given ones, which win. */
export function mergedTags(present: readonly Tag[], given: readonly GivenTag[]): readonly Tag[] {
  const tags = new Map(present.map((tag) => [tag.Key, tag]));
  for (const { Key = '', Value = '' } of given) {
    if (Key === '' || Key.length > 128) throw invalidParameter('Tag keys must be between 1 and 128 characters long.');
    if (Key.startsWith('aws:')) throw invalidParameter('Tag keys must not start with aws:.');
    tags.set(Key, { Key, Value });
  }
  if (tags.size > limits.tags) throw invalidParameter(`A secret can have at most ${limits.tags} tags.`);
  return [...tags.values()];
}

/** The one value given, undefined when there is none. Throws when there are two or it is too long. */
export function givenValue(input: {
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: Uint8Array | undefined;
}): { readonly kind: 'string' | 'binary'; readonly bytes: Uint8Array } | undefined {
  const { SecretString: text, SecretBinary: binary } = input;
  if (text !== undefined && binary !== undefined) {
    throw invalidParameter('You must provide either SecretString or SecretBinary, not both.');
  }
  const bytes = text === undefined ? binary : new TextEncoder().encode(text);
  if (!bytes) return undefined;
  if (bytes.length > limits.valueBytes) {
    throw validation(
      `1 validation error detected: Value at 'secretString' failed to satisfy constraint: Member must have length less than or equal to ${limits.valueBytes}`,
    );
  }
  return { kind: text === undefined ? 'binary' : 'string', bytes };
}

import type { GetRandomPasswordRequest, GetRandomPasswordResponse } from '@aws-sdk/client-secrets-manager';
import type { Operation } from '../../../aws/operation.ts';
import type { SecretsManagerParts } from '../parts.ts';

import { invalidParameter } from '../errors.ts';

const kinds = {
  lower: 'abcdefghijklmnopqrstuvwxyz',
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  digits: '0123456789',
  punctuation: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
} as const;

export const getRandomPassword: Operation<GetRandomPasswordRequest, GetRandomPasswordResponse, SecretsManagerParts> = (
  input,
  { parts },
) => {
  const length = input.PasswordLength ?? 32;
  if (length < 1 || length > 4096) throw invalidParameter('PasswordLength must be between 1 and 4096.');
  const excluded = new Set(input.ExcludeCharacters ?? '');
  const groups = [
    input.ExcludeLowercase ? '' : kinds.lower,
    input.ExcludeUppercase ? '' : kinds.upper,
    input.ExcludeNumbers ? '' : kinds.digits,
    input.ExcludePunctuation ? '' : kinds.punctuation,
    input.IncludeSpace ? ' ' : '',
  ]
    .map((letters) => Array.from(letters).filter((letter) => !excluded.has(letter)))
    .filter((letters) => letters.length > 0);
  if (groups.length === 0) throw invalidParameter('The requested password has no characters left to be made of.');
  const oneOfEach = input.RequireEachIncludedType ?? true;
  if (oneOfEach && groups.length > length)
    throw invalidParameter('The password is too short for each type of character.');
  const chance = (below: number): number => Math.floor(parts.random.fraction() * below);
  const pick = (letters: readonly string[]): string => letters[chance(letters.length)] ?? '';
  const password = oneOfEach ? groups.map(pick) : [];
  const all = groups.flat();
  while (password.length < length) password.splice(chance(password.length + 1), 0, pick(all));
  return { RandomPassword: shuffled(password, chance).join('') };
};

function shuffled(letters: readonly string[], chance: (below: number) => number): readonly string[] {
  const out: string[] = [];
  for (const letter of letters) out.splice(chance(out.length + 1), 0, letter);
  return out;
}

import type { Env } from '../../store/store.ts';

/** What a unique id begins with says what it is of. */
const prefixes = {
  user: 'AIDA',
  group: 'AGPA',
  role: 'AROA',
  policy: 'ANPA',
  'instance-profile': 'AIPA',
} as const;

/** Such as AROA and 17 letters or digits; never given twice. */
export function newUniqueId(env: Env, kind: keyof typeof prefixes): string {
  return prefixes[kind] + letters(env, 17);
}

export function newAccessKeyId(env: Env): string {
  return `AKIA${letters(env, 16)}`;
}

/** 40 characters of base64's alphabet, as AWS's secrets are. */
export function newSecretAccessKey(env: Env): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  return Array.from(env.random.bytes(40), (byte) => alphabet[byte % 64]).join('');
}

function letters(env: Env, count: number): string {
  return Array.from(env.random.bytes(count), (byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte % 32]).join('');
}

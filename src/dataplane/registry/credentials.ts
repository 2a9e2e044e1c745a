import type { Credentials } from './contract.ts';

/**
 * Basic as every client sends what `docker login` was given, or Bearer with the token of GetAuthorizationToken, whole or
 * its password alone. Undefined when the header is missing or is neither, or holds nothing: skopeo sends an empty name and
 * password where it has none.
 */
export function readCredentials(header: string | undefined): Credentials | undefined {
  const [, scheme, value] = /^(basic|bearer) +(\S+)$/i.exec(header ?? '') ?? [];
  if (value === undefined) return undefined;
  const pair = readPair(value);
  if (pair) return pair;
  return scheme?.toLowerCase() === 'bearer' ? { username: 'AWS', password: value } : undefined;
}

function readPair(value: string): Credentials | undefined {
  let text: string;
  try {
    text = atob(value);
  } catch {
    return undefined; // not base64, so no pair
  }
  const colon = text.indexOf(':');
  if (text === ':') return undefined;
  return colon === -1 ? undefined : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

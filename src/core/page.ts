/** One page of a listing, and the token that continues after it. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken?: string;
}

/**
 * Takes one page from items that come in key order, starting after `afterKey` already applied by the caller.
 * The token is the last key of the page, so a page costs what it holds however long the listing is, and a
 * listing under change never repeats or skips a key that stays.
 */
export function takePage<T>(items: Iterable<T>, size: number, keyOf: (item: T) => string): Page<T> {
  const taken: T[] = [];
  for (const item of items) {
    if (taken.length === size) {
      const last = taken[size - 1];
      return last === undefined ? { items: taken } : { items: taken, nextToken: encodeToken(keyOf(last)) };
    }
    taken.push(item);
  }
  return { items: taken };
}

/** Hex, so that a client can put a token anywhere (a URL, a shell) without quoting. */
export function encodeToken(key: string): string {
  return Array.from(new TextEncoder().encode(key), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The key inside a token, or undefined when the token is not one of ours. */
export function decodeToken(token: string): string | undefined {
  if (token.length % 2 !== 0 || !/^[0-9a-f]+$/.test(token)) return undefined;
  const bytes = Uint8Array.from(token.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined; // not UTF-8, so not a token that encodeToken made
  }
}

import { decodeToken } from '../../core/page.ts';
import { invalidParameter } from './errors.ts';
import { limits } from './rules/limits.ts';

/** How many items a page may hold, and the key after which it begins. Throws InvalidParameterException. */
export function pageAsked(
  input: { readonly maxResults?: number | undefined; readonly nextToken?: string | undefined },
  page: { readonly max: number; readonly default: number } = limits.page,
): { readonly size: number; readonly afterKey?: string } {
  const size = input.maxResults ?? page.default;
  if (!Number.isInteger(size) || size < 1 || size > page.max) {
    throw invalidParameter(`maxResults must be between 1 and ${page.max}.`);
  }
  if (input.nextToken === undefined) return { size };
  const afterKey = decodeToken(input.nextToken);
  if (afterKey === undefined) throw invalidParameter('Invalid token.');
  return { size, afterKey };
}

/** Those of the items that are wanted, one at a time: a page looks no further than it has to. */
export function* matching<T>(items: Iterable<T>, isWanted: (item: T) => boolean): Generator<T> {
  for (const item of items) if (isWanted(item)) yield item;
}

import { decodeToken, takePage } from '../../core/page.ts';
import { badRequest } from './errors.ts';

/** One page of what comes in the order of its ids. */
export function pageOf<T>(
  all: Iterable<T>,
  idOf: (item: T) => string,
  token: string | undefined,
  size: number | undefined,
): { readonly items: readonly T[]; readonly nextToken?: string } {
  const after = token === undefined ? '' : decodeToken(token);
  if (after === undefined) throw badRequest('The token is not one that was given out.');
  const rest = [...all].filter((item) => idOf(item) > after);
  return takePage(rest, Math.min(size ?? 100, 100), idOf);
}

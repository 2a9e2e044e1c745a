import { decodeToken } from '../../core/page.ts';
import { invalidParameter } from './errors.ts';
import { limits } from './rules/limits.ts';

/** How many items a page may hold, and the key after which it begins. Throws InvalidParameterException. */
export function pageAsked(input: {
  readonly maxResults?: number | undefined;
  readonly nextToken?: string | undefined;
}): { readonly size: number; readonly afterKey?: string } {
  const size = input.maxResults ?? defaultPage;
  if (!Number.isInteger(size) || size < 1 || size > limits.pageOfListing) {
    throw invalidParameter(
      `Invalid parameter at 'maxResults' failed to satisfy constraint: 'Member must have value between 1 and ${limits.pageOfListing}'`,
    );
  }
  if (input.nextToken === undefined) return { size };
  const afterKey = decodeToken(input.nextToken);
  if (afterKey === undefined) {
    throw invalidParameter("Invalid parameter at 'nextToken' failed to satisfy constraint: 'Invalid token'");
  }
  return { size, afterKey };
}

const defaultPage = 100;

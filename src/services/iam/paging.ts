import { decodeToken, encodeToken } from '../../core/page.ts';
import { constraintBroken, validationError } from './errors.ts';
import { limits } from './rules/limits.ts';

export interface PageInput {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export interface PageOf<Item> {
  readonly items: readonly Item[];
  /** What every listing of IAM answers besides its items. */
  readonly end: { readonly IsTruncated: boolean; readonly Marker?: string };
}

/** One page of what `after` gives in the order of its keys. */
export function pageOf<Item>(
  input: PageInput,
  after: (key: string | undefined) => Iterable<Item>,
  keyOf: (item: Item) => string,
): PageOf<Item> {
  const size = input.MaxItems ?? limits.pageSize;
  if (size < 1 || size > limits.largestPage) {
    const bound = size < 1 ? 'greater than or equal to 1' : `less than or equal to ${limits.largestPage}`;
    throw constraintBroken(String(size), 'maxItems', `Member must have value ${bound}`);
  }
  const from = input.Marker === undefined ? undefined : decodeToken(input.Marker);
  if (input.Marker !== undefined && from === undefined) throw validationError('Invalid Marker.');
  const items: Item[] = [];
  for (const item of after(from)) {
    const last = items.at(-1);
    if (items.length === size && last !== undefined) {
      return { items, end: { IsTruncated: true, Marker: encodeToken(keyOf(last)) } };
    }
    items.push(item);
  }
  return { items, end: { IsTruncated: false } };
}

/** A page of a short list that is all there: names, versions, tags. */
export function pageOfList<Item>(input: PageInput, all: Iterable<Item>, keyOf: (item: Item) => string): PageOf<Item> {
  const sorted = [...all].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return pageOf(input, (after) => sorted.filter((item) => after === undefined || keyOf(item) > after), keyOf);
}

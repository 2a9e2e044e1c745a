/** One page of a listing of keys with a prefix, those with the delimiter after it folded into common prefixes. */
export interface ListedPage<T> {
  readonly items: readonly T[];
  readonly commonPrefixes: readonly string[];
  /** Where the next page begins: after this key or, where it is a common prefix, after all keys within it. */
  readonly next?: string;
}

export interface ListingRequest {
  readonly prefix: string;
  readonly delimiter: string;
  readonly pageSize: number;
  /** Keys and common prefixes up to and including this one are left out. */
  readonly after: string;
}

/**
 * Takes a page. `from` gives the items whose keys come after (or, where `inclusive`, at) a key, in order: the listing asks
 * anew behind each common prefix, so that a page costs what it shows however many keys its prefixes hide.
 */
export function listPage<T>(
  from: (key: string, inclusive: boolean) => Iterable<T>,
  keyOf: (item: T) => string,
  { prefix, delimiter, pageSize, after }: ListingRequest,
): ListedPage<T> {
  const items: T[] = [];
  const commonPrefixes: string[] = [];
  let last = '';
  let start = after >= prefix && after !== '' ? behind(after, prefix, delimiter) : { key: prefix, inclusive: true };
  for (;;) {
    let jump: string | undefined;
    for (const item of from(start.key, start.inclusive)) {
      const key = keyOf(item);
      if (!key.startsWith(prefix)) return { items, commonPrefixes };
      const common = commonPrefixOf(key, prefix, delimiter);
      if (common !== undefined && common === commonPrefixes.at(-1)) continue;
      if (items.length + commonPrefixes.length >= pageSize) {
        return { items, commonPrefixes, ...(last !== '' && { next: last }) };
      }
      last = common ?? key;
      if (common === undefined) {
        items.push(item);
        continue;
      }
      commonPrefixes.push(common);
      jump = common;
      break;
    }
    if (jump === undefined) return { items, commonPrefixes };
    start = { key: pastAll(jump), inclusive: false };
  }
}

/** A marker that is itself a common prefix stands for all that is within it. */
function behind(after: string, prefix: string, delimiter: string): { key: string; inclusive: boolean } {
  const common = commonPrefixOf(after, prefix, delimiter);
  return { key: common === after ? pastAll(after) : after, inclusive: false };
}

function commonPrefixOf(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === '') return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at === -1 || !key.startsWith(prefix) ? undefined : key.slice(0, at + delimiter.length);
}

/** Behind every key that begins so: no key holds a character above U+FFFF's last. */
function pastAll(prefix: string): string {
  return `${prefix}\uffff`;
}

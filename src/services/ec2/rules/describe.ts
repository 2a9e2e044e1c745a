import type { Filter } from '@aws-sdk/client-ec2';
import type { Parsed } from '../../../aws/operation.ts';
import { decodeToken, type Page, takePage } from '../../../core/page.ts';
import { invalidFilter, invalidNextToken, notFound } from '../errors.ts';

/** How one kind of resource is described: what names it and what its filters look at. */
export interface Describable<Record> {
  /** AWS's word for it in messages, such as `subnet`. */
  readonly kind: string;
  readonly notFoundCode: string;
  readonly id: (record: Record) => string;
  readonly filters: Readonly<{ [name: string]: (record: Record) => string | readonly string[] }>;
  /** Where it can be tagged: the filters `tag:<key>` and `tag-key` look at these. */
  readonly tags?: (
    record: Record,
  ) => readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[];
}

/** Filters of AWS that look at what no resource here has: legal to ask by, and nothing passes them. */
export function nothingHas(...names: readonly string[]): Readonly<{ [name: string]: () => readonly string[] }> {
  return Object.fromEntries(names.map((name) => [name, () => []]));
}

export interface DescribeInput {
  readonly ids: readonly string[] | undefined;
  readonly filters: readonly Parsed<Filter>[] | undefined;
  readonly maxResults?: number | undefined;
  readonly nextToken?: string | undefined;
}

/** The page of records that a Describe call asks for: ids must exist, every filter must pass, any value of it may match. */
export function describe<Record>(
  records: Iterable<Record>,
  input: DescribeInput,
  what: Describable<Record>,
): Page<Record> {
  const all = [...records].sort((a, b) => (what.id(a) < what.id(b) ? -1 : 1));
  const missing = (input.ids ?? []).filter((id) => !all.some((record) => what.id(record) === id));
  if (missing.length > 0) throw notFound(what.notFoundCode, what.kind, missing);
  const after = input.nextToken === undefined ? '' : decodeToken(input.nextToken);
  if (after === undefined) throw invalidNextToken();
  const tests = (input.filters ?? []).map((filter) => filterTest(filter, what));
  const wanted = all.filter(
    (record) =>
      what.id(record) > after &&
      (!input.ids || input.ids.length === 0 || input.ids.includes(what.id(record))) &&
      tests.every((passes) => passes(record)),
  );
  return takePage(wanted, input.maxResults ?? wanted.length + 1, what.id);
}

function filterTest<Record>(filter: Parsed<Filter>, what: Describable<Record>): (record: Record) => boolean {
  const read = what.filters[filter.Name ?? ''] ?? tagFilter(filter.Name ?? '', what);
  if (!read) throw invalidFilter(filter.Name ?? '');
  const patterns = (filter.Values ?? []).map(wildcard);
  return (record) => [read(record)].flat().some((value) => patterns.some((pattern) => pattern.test(value)));
}

function tagFilter<Record>(
  name: string,
  { tags }: Describable<Record>,
): ((record: Record) => readonly string[]) | undefined {
  if (!tags) return undefined;
  if (name === 'tag-key') return (record) => tags(record).map(({ Key = '' }) => Key);
  if (!name.startsWith('tag:')) return undefined;
  const key = name.slice('tag:'.length);
  return (record) => tags(record).flatMap(({ Key, Value = '' }) => (Key === key ? [Value] : []));
}

/** EC2's filter values: `*` for any run, `?` for any character, a backslash before either takes it literally. */
function wildcard(text: string): RegExp {
  const source = text.replace(/\\([*?\\])|[*?]|[.+^${}()|[\]\\]/g, (token, escaped: string | undefined) => {
    if (escaped !== undefined) return `\\${escaped}`;
    if (token === '*') return '.*';
    return token === '?' ? '.' : `\\${token}`;
  });
  return new RegExp(`^${source}$`, 's');
}

/** The answer about a kind of resource of which there is none: an empty list, or that what was named is not there. */
export function describeNone(
  ids: readonly string[] | undefined,
  { kind, notFoundCode }: { readonly kind: string; readonly notFoundCode: string },
): readonly [] {
  if (ids && ids.length > 0) throw notFound(notFoundCode, kind, ids);
  return [];
}

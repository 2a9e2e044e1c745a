import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { listPage } from './listing.ts';

/** All pages of a listing, as a client walks them. */
function walk(keys: readonly string[], prefix: string, delimiter: string, pageSize: number): readonly string[] {
  const sorted = [...new Set(keys)].sort();
  const from = (key: string, inclusive: boolean): readonly string[] =>
    sorted.filter((candidate) => candidate > key || (inclusive && candidate === key));
  const found: string[] = [];
  let after = '';
  for (let pages = 0; pages < 1000; pages += 1) {
    const page = listPage(from, (key) => key, { prefix, delimiter, pageSize, after });
    assert.ok(page.items.length + page.commonPrefixes.length <= pageSize);
    found.push(...page.items, ...page.commonPrefixes);
    if (page.next === undefined) return found.sort();
    after = page.next;
  }
  throw new Error('the listing does not end');
}

/** The same by the definition. */
function expected(keys: readonly string[], prefix: string, delimiter: string): readonly string[] {
  const found = new Set<string>();
  for (const key of keys.filter((candidate) => candidate.startsWith(prefix))) {
    const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    found.add(at === -1 ? key : key.slice(0, at + delimiter.length));
  }
  return [...found].sort();
}

const key = fc.string({ unit: fc.constantFrom('a', 'b', '/', '-', 'ü', '\u{1f600}'), minLength: 1, maxLength: 6 });

test('pages show each key and each common prefix once, however large they are', () => {
  fc.assert(
    fc.property(
      fc.array(key, { maxLength: 20 }),
      fc.constantFrom('', 'a', 'a/', '/', 'ab', 'zz'),
      fc.constantFrom('', '/', '-', 'a', '//'),
      fc.integer({ min: 1, max: 5 }),
      (keys, prefix, delimiter, pageSize) => {
        assert.deepEqual(walk(keys, prefix, delimiter, pageSize), expected(keys, prefix, delimiter));
      },
    ),
    { numRuns: 2000 },
  );
});

test('a page does not look at the keys that its common prefixes hide', () => {
  let looked = 0;
  const sorted = Array.from({ length: 10_000 }, (_, index) => `dir${Math.floor(index / 1000)}/${index}`).sort();
  const from = function* (after: string, inclusive: boolean): Iterable<string> {
    for (let at = lowerBound(sorted, after, inclusive); at < sorted.length; at += 1) {
      looked += 1;
      yield sorted[at] ?? '';
    }
  };
  const page = listPage(from, (name) => name, { prefix: '', delimiter: '/', pageSize: 1000, after: '' });
  assert.equal(page.commonPrefixes.length, 10);
  assert.ok(looked <= 20, `${looked} keys were looked at`);
});

function lowerBound(sorted: readonly string[], after: string, inclusive: boolean): number {
  const found = sorted.findIndex((name) => name > after || (inclusive && name === after));
  return found === -1 ? sorted.length : found;
}

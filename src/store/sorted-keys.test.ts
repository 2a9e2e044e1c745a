import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AssertionError } from '../core/assert.ts';
import { SortedKeys } from './sorted-keys.ts';

test('random additions and deletions agree with a sorted array, from every place', () => {
  const key = fc.integer({ min: 0, max: 3000 }).map((number) => `key-${number}`);
  const step = fc.record({ add: fc.boolean(), key });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), key, (steps, from) => {
      const keys = new SortedKeys();
      const model = new Set<string>();
      for (const { add, key: changed } of steps) {
        if (add) {
          keys.add(changed);
          model.add(changed);
        } else {
          keys.delete(changed);
          model.delete(changed);
        }
      }
      const sorted = [...model].sort();
      assert.equal(keys.size, sorted.length);
      assert.deepEqual([...keys.after(undefined)], sorted);
      assert.deepEqual(
        [...keys.after(from)],
        sorted.filter((other) => other > from),
      );
      assert.deepEqual([...keys.before(undefined)], sorted.toReversed());
      assert.deepEqual([...keys.before(from)], sorted.filter((other) => other < from).toReversed());
      assert.deepEqual([...keys.before(from)], sorted.filter((other) => other < from).reverse());
    }),
  );
});

test('keys that come in thousands, some of them again, are all found in order', () => {
  const keys = new SortedKeys();
  const model = new Set<string>();
  for (let index = 0; index < 20_000; index += 1) {
    const key = String((index * 7919) % 12_000);
    keys.add(key);
    model.add(key);
    if (index % 3001 === 0) {
      const gone = String((index * 13) % 12_000);
      keys.delete(gone);
      model.delete(gone);
    }
  }
  assert.equal(keys.size, model.size);
  assert.deepEqual([...keys.after(undefined)], [...model].sort());
});

test('many chunks stay in order while they are split and emptied', () => {
  const keys = new SortedKeys();
  const all = Array.from({ length: 5000 }, (_, index) => String((index * 7919) % 5000).padStart(4, '0'));
  for (const key of all) keys.add(key);
  const sorted = all.toSorted();
  assert.deepEqual([...keys.after(undefined)], sorted);
  for (const place of [0, 1, 511, 512, 513, 2500, 4998, 4999]) {
    assert.deepEqual([...keys.after(sorted[place])], sorted.slice(place + 1));
    assert.deepEqual([...keys.after(`${sorted[place]}!`)], sorted.slice(place + 1), 'after a key that is not there');
    assert.deepEqual([...keys.before(sorted[place])], sorted.slice(0, place).toReversed());
    assert.deepEqual([...keys.before(sorted[place])], sorted.slice(0, place).reverse());
    assert.deepEqual([...keys.before(`${sorted[place]}!`)], sorted.slice(0, place + 1).reverse());
  }
  for (const key of sorted.slice(100, 4900)) keys.delete(key);
  assert.deepEqual([...keys.after(undefined)], [...sorted.slice(0, 100), ...sorted.slice(4900)]);
  assert.deepEqual([...keys.after('2500')], sorted.slice(4900));
  for (const key of sorted) keys.delete(key);
  assert.equal(keys.size, 0);
  assert.deepEqual([...keys.after(undefined)], []);
  keys.add('again');
  assert.deepEqual([...keys.after(undefined)], ['again']);
});

test('adding twice and deleting what is not there change nothing', () => {
  const keys = new SortedKeys();
  keys.delete('none');
  keys.add('a');
  keys.add('a');
  keys.delete('b');
  assert.equal(keys.size, 1);
});

test('a change under an iteration is noticed, not skipped over', () => {
  const keys = new SortedKeys();
  for (const key of ['a', 'b', 'c']) keys.add(key);
  assert.throws(() => {
    for (const key of keys.after(undefined)) keys.delete(key);
  }, AssertionError);
  const copy = Array.from(keys.after(undefined));
  for (const key of copy) keys.delete(key);
  assert.equal(keys.size, 0);
});

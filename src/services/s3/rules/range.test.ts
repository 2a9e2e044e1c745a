import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRange } from './range.ts';

const cases: readonly (readonly [header: string | undefined, size: number, read: ReturnType<typeof readRange>])[] = [
  [undefined, 10, undefined],
  ['bytes=0-0', 10, { offset: 0, length: 1 }],
  ['bytes=0-9', 10, { offset: 0, length: 10 }],
  ['bytes=2-100', 10, { offset: 2, length: 8 }],
  ['bytes=9-', 10, { offset: 9, length: 1 }],
  ['bytes=10-', 10, 'unsatisfiable'],
  ['bytes=-4', 10, { offset: 6, length: 4 }],
  ['bytes=-40', 10, { offset: 0, length: 10 }],
  ['bytes=-0', 10, 'unsatisfiable'],
  ['bytes=0-', 0, 'unsatisfiable'],
  ['bytes=-1', 0, 'unsatisfiable'],
  ['bytes=5-2', 10, undefined],
  ['bytes=-', 10, undefined],
  ['bytes=0-1,4-5', 10, undefined],
  ['items=0-1', 10, undefined],
];

for (const [header, size, read] of cases) {
  test(`${header ?? 'no range'} of ${size} bytes`, () => assert.deepEqual(readRange(header, size), read));
}

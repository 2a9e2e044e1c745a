import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { exceedsDepth } from './json-depth.ts';

const deep = (text: string, limit: number): boolean => exceedsDepth(new TextEncoder().encode(text), limit);

describe('the depth of JSON', () => {
  test('counts brackets and braces together', () => {
    assert.equal(deep('[{"a":[1]}]', 3), false);
    assert.equal(deep('[{"a":[1]}]', 2), true);
    assert.equal(deep('[[],[],[]]', 2), false);
  });
  test('counts none inside strings, whatever is escaped in them', () => {
    assert.equal(deep('["[[[[", "\\"[[[[", "\\\\", "[[\\\\\\"[["]', 1), false);
    assert.equal(deep('["\\\\", [[]]]', 2), true);
  });
  test('of text that never ends is what was opened', () => {
    assert.equal(deep('['.repeat(65), 64), true);
    assert.equal(deep('["[[[[[', 1), false);
  });
  test('is that of the value', () => {
    const depthOf = (value: unknown): number =>
      typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(6), (value, limit) => {
        assert.equal(deep(JSON.stringify(value), limit), depthOf(value) > limit);
      }),
    );
  });
});

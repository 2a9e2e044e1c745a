import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { circuitBreakerThreshold } from './circuit-breaker.ts';

test('half of the desired tasks may fail, at least 3 and at most 200', () => {
  const thresholds = [0, 1, 6, 7, 25, 399, 400, 401, 800].map((desired) => circuitBreakerThreshold(desired));
  assert.deepEqual(thresholds, [3, 3, 3, 4, 13, 200, 200, 200, 200]);
});

test('a configured threshold is a percentage within bounds, without them, or a count', () => {
  const cases = [
    ['BOUNDED_PERCENT', 7, 100, 7],
    ['BOUNDED_PERCENT', 1, 10, 3],
    ['BOUNDED_PERCENT', 100, 5000, 200],
    ['UNBOUNDED_PERCENT', 7, 100, 7],
    ['UNBOUNDED_PERCENT', 10, 15, 2],
    ['UNBOUNDED_PERCENT', 100, 5000, 5000],
    ['UNBOUNDED_PERCENT', 50, 0, 1],
    ['COUNT', 1, 1000, 1],
    ['COUNT', 500, 1, 500],
  ] as const;
  for (const [type, value, desired, threshold] of cases) {
    const thresholdConfiguration = { type, value };
    assert.equal(
      circuitBreakerThreshold(desired, { thresholdConfiguration }),
      threshold,
      `${type} ${value} of ${desired}`,
    );
  }
});

test('a percentage is the smallest count that is no less than it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 5000 }), (value, desired) => {
      const thresholdConfiguration = { type: 'UNBOUNDED_PERCENT', value } as const;
      const threshold = circuitBreakerThreshold(desired, { thresholdConfiguration });
      assert(threshold * 100 >= value * desired && (threshold - 1) * 100 < value * desired);
    }),
  );
});

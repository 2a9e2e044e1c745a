import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { assignProviders, type CapacityStrategy, strategyRefusals } from './capacity-provider-strategy.ts';
import { firstRefusal } from './refusal.ts';

const item = (capacityProvider: string, weight = 0, base = 0) => ({ capacityProvider, weight, base });

test('the base comes first, then the shares of the weights', () => {
  const strategy = [item('FARGATE', 1, 2), item('FARGATE_SPOT', 4)];
  const assigned = assignProviders(strategy, 7);
  assert.deepEqual(assigned.slice(0, 2), ['FARGATE', 'FARGATE']);
  assert.equal(assigned.slice(2).filter((name) => name === 'FARGATE_SPOT').length, 4);
});

test('without weight a provider gets its base and no more', () => {
  assert.deepEqual(assignProviders([item('FARGATE', 0, 1), item('FARGATE_SPOT', 1)], 3), [
    'FARGATE',
    'FARGATE_SPOT',
    'FARGATE_SPOT',
  ]);
});

test('a single provider takes all, with or without weight', () => {
  assert.deepEqual(assignProviders([item('FARGATE')], 2), ['FARGATE', 'FARGATE']);
});

test('every beginning of the list is within one task of the weights', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }), (left, right) => {
      const assigned = assignProviders([item('a', left), item('b', right)], 60);
      let count = 0;
      for (const [index, name] of assigned.entries()) {
        if (name === 'a') count += 1;
        const share = ((index + 1) * left) / (left + right);
        assert.ok(Math.abs(count - share) <= 1, `${count} of ${index + 1} with weights ${left}:${right}`);
      }
    }),
  );
});

test('a strategy that cannot be followed is refused', () => {
  const attached = ['FARGATE', 'FARGATE_SPOT'];
  const cases: readonly (readonly [strategy: CapacityStrategy, message: RegExp | undefined])[] = [
    [[item('FARGATE', 1, 1), item('FARGATE_SPOT', 1)], undefined],
    [[item('FARGATE', 0)], undefined],
    [[item('FARGATE', 0), item('FARGATE_SPOT', 0)], /weight greater than 0/],
    [[item('FARGATE', 1), item('FARGATE', 1)], /more than once/],
    [[item('FARGATE', 1, 1), item('FARGATE_SPOT', 1, 1)], /Only one capacity provider/],
    [[item('FARGATE', 1001)], /weight/],
    [[item('FARGATE', 1, 100_001)], /base/],
    [[item('other', 1)], /not associated with the cluster/],
    [Array.from({ length: 21 }, () => item('FARGATE', 1)), /at most 20/],
  ];
  for (const [strategy, message] of cases) {
    const refusal = firstRefusal(strategyRefusals(strategy, attached));
    if (message) assert.match(refusal?.message ?? '', message);
    else assert.equal(refusal, undefined);
  }
});

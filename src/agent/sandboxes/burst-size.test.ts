import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simWorld } from '../../world/sim/sim-world.ts';
import { createBurstSize } from './burst-size.ts';

test('the size is that of the largest burst of the last hour, within its range', async () => {
  const { clock } = simWorld('burst size');
  const pool = createBurstSize(clock, { least: 2, most: 8 });
  const burst = (count: number): void => {
    for (let ask = 0; ask < count; ask += 1) pool.asked();
  };
  assert.equal(pool.size(), 2);
  burst(3);
  await clock.advance(400);
  burst(2);
  assert.equal(pool.size(), 5, 'it came in two parts');
  await clock.advance(600);
  burst(4);
  assert.equal(pool.size(), 5);
  await clock.advance(600);
  burst(20);
  assert.equal(pool.size(), 8);
  await clock.advance(3600_000);
  assert.equal(pool.size(), 2);
  pool.asked();
  assert.equal(pool.size(), 2);
  burst(2);
  assert.equal(pool.size(), 3);
});

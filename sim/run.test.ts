import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runSeed } from './run.ts';

const options = { minutes: 6, agents: 4, isCalm: false, without: [] };

test('the same seed gives the same trace, and another seed another', { timeout: 120_000 }, async () => {
  const first = await runSeed('trace', options);
  const second = await runSeed('trace', options);
  assert.equal(second.digest, first.digest);
  assert.deepEqual(second.failures, first.failures);
  assert.ok(first.lines > 300, `the trace tells something: ${first.lines} lines`);
  assert.notEqual((await runSeed('other', options)).digest, first.digest);
});

test('a few seeds hold what must hold', { timeout: 120_000 }, async () => {
  for (const seed of ['1', '2', '3']) assert.deepEqual((await runSeed(seed, options)).failures, [], `seed ${seed}`);
});

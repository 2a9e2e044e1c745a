import assert from 'node:assert/strict';
import { test } from 'node:test';
import { turns } from './turns.ts';

test('continuations of any length are at their end when Node was told to finish them, and no time has passed', async () => {
  const steps = await new Promise<number>((resolve) => {
    turns.begin(() => {
      let taken = 0;
      const chain = async (): Promise<void> => {
        for (let step = 0; step < 10_000; step += 1) {
          await Promise.resolve();
          taken += 1;
        }
      };
      void chain();
      turns.finishContinuations();
      resolve(taken);
    });
  });
  assert.equal(steps, 10_000);
});

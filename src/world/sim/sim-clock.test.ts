import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SimClock } from './sim-clock.ts';

test('events run in order of time, and of insertion at the same time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(20), { maxLength: 60 }), async (delays) => {
      const clock = new SimClock();
      const seen: (readonly [number, number])[] = [];
      delays.forEach((delayMs, index) => clock.after(delayMs, () => seen.push([clock.monotonicMs(), index])));
      await clock.run();
      const expected = delays
        .map((delayMs, index) => [delayMs, index] as const)
        .toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
      assert.deepEqual(seen, expected);
    }),
    { numRuns: 30 },
  );
});

test('a cancelled event does not run and does not hold time up', async () => {
  const clock = new SimClock();
  let ran = false;
  clock
    .after(10, () => {
      ran = true;
    })
    .cancel();
  await clock.run();
  assert.equal(ran, false);
  assert.equal(clock.monotonicMs(), 0);
});

test('promise continuations of one event run before the next event', async () => {
  const clock = new SimClock();
  const seen: string[] = [];
  clock.after(1, () => {
    void (async () => {
      for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
      seen.push('continuation');
    })();
  });
  clock.after(1, () => seen.push('next event'));
  await clock.run();
  assert.deepEqual(seen, ['continuation', 'next event']);
});

test('sleep ends at its time, or at once when it is aborted', async () => {
  const clock = new SimClock();
  const abort = new AbortController();
  const wokenAt: number[] = [];
  void clock.sleep(100).then(() => wokenAt.push(clock.monotonicMs()));
  void clock.sleep(1000, abort.signal).then(() => wokenAt.push(clock.monotonicMs()));
  clock.after(50, () => abort.abort());
  await clock.run();
  assert.deepEqual(wokenAt, [50, 100]);
});

test('time passes in a sleep, however short, so that who sleeps what is left of a wait gets to its end', async () => {
  const clock = new SimClock();
  const startMs = 2 ** 20;
  await clock.advance(startMs);
  await clock.runUntilSettled(clock.sleep(2 ** -33));
  assert.ok(clock.monotonicMs() > startMs);
});

test('soon runs by itself where asked, and time stays with the driver', async () => {
  const clock = new SimClock({ dueRunsByItself: true });
  let late = false;
  clock.after(5, () => {
    late = true;
  });
  await new Promise<void>((resolve) => clock.soon(resolve));
  assert.equal(late, false);
  await clock.advance(5);
  assert.equal(late, true);
});

test('waiting for what never happens fails and says for what', async () => {
  await assert.rejects(
    new SimClock().runUntil(() => false),
    /what is waited for happens/,
  );
});

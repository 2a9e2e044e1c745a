import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backOff, type Backoff, countFailures, type FailureCounts, type Seen } from './failures.ts';

const nothing: Seen = {
  failedLaunches: [],
  failedHealthChecks: [],
  ranAt: [],
  healthyAt: [],
  resetsOnHealthyTask: true,
};
const fresh: FailureCounts = { failedTasks: 0, failureCount: 0, hasRun: false };

test('failures are counted in the order in which they happened, and what succeeds between them ends a row', () => {
  const cases: readonly (readonly [
    what: string,
    before: FailureCounts,
    seen: Partial<Seen>,
    counts: readonly [failedTasks: number, failureCount: number, hasRun: boolean],
  ])[] = [
    ['nothing', fresh, {}, [0, 0, false]],
    ['launches that fail before any has run', fresh, { failedLaunches: [1, 2, 3] }, [3, 3, false]],
    ['one ran after them', fresh, { failedLaunches: [1, 2], ranAt: [3] }, [0, 2, true]],
    ['one ran between them', fresh, { failedLaunches: [1, 3], ranAt: [2] }, [1, 1, true]],
    ['one had run before them', { ...fresh, hasRun: true }, { failedLaunches: [2, 3], ranAt: [1] }, [2, 0, true]],
    ['health checks count once one has run', fresh, { failedHealthChecks: [5, 6], ranAt: [1] }, [2, 2, true]],
    ['one was healthy before them', fresh, { failedHealthChecks: [5], healthyAt: [3], ranAt: [1] }, [1, 1, true]],
    ['one became healthy after them', fresh, { failedHealthChecks: [5], healthyAt: [7], ranAt: [1] }, [1, 0, true]],
    [
      'which can be made to count for nothing',
      fresh,
      { failedHealthChecks: [5], healthyAt: [7], ranAt: [1], resetsOnHealthyTask: false },
      [1, 1, true],
    ],
    [
      'a row from before goes on',
      { failedTasks: 2, failureCount: 2, lastFailureAt: 4, hasRun: true },
      { failedHealthChecks: [6], ranAt: [1], healthyAt: [2] },
      [3, 3, true],
    ],
    [
      'or had ended before the next',
      { failedTasks: 2, failureCount: 2, lastFailureAt: 4, hasRun: true },
      { failedHealthChecks: [9], ranAt: [5], healthyAt: [6] },
      [1, 1, true],
    ],
  ];
  for (const [what, before, seen, [failedTasks, failureCount, hasRun]] of cases) {
    const after = countFailures(before, { ...nothing, ...seen });
    assert.deepEqual([after.failedTasks, after.failureCount, after.hasRun], [failedTasks, failureCount, hasRun], what);
    // Seen again without new failures, nothing moves.
    const again = countFailures(after, { ...nothing, ...seen, failedLaunches: [], failedHealthChecks: [] });
    assert.deepEqual(again, after, what);
  }
});

test('each round of failed launches doubles the wait, up to 27 minutes', () => {
  let backoff: Backoff = { failedLaunches: 0 };
  let now = 1_000_000;
  const waits: number[] = [];
  for (let round = 0; round < 10; round += 1) {
    const createdAt = now;
    now += 1_000;
    backoff = backOff(backoff, [{ createdAt }, { createdAt }], false, now);
    // Others of the same round that fail later change nothing.
    assert.equal(backOff(backoff, [{ createdAt }], false, now + 500), backoff);
    waits.push(((backoff.launchesAfter ?? 0) - now) / 1000);
    now = backoff.launchesAfter ?? 0;
  }
  assert.deepEqual(waits, [10, 20, 40, 80, 160, 320, 640, 1280, 1620, 1620]);
  assert.deepEqual(backOff(backoff, [], true, now), { failedLaunches: 0 });
  const resting = backOff({ failedLaunches: 0 }, [], true, now);
  assert.equal(resting.launchesAfter, undefined);
});

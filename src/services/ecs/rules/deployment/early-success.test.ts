import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cohortsOf, type Traits } from './cohort.ts';
import { earlySuccess } from './early-success.ts';
import type { ServiceTask } from './service-task.ts';

function tasksOf(deploymentId: string, count: number, more: Partial<ServiceTask> = {}): readonly ServiceTask[] {
  return Array.from({ length: count }, (_, index) => ({
    arn: `${deploymentId}${index}`,
    deploymentId,
    phase: 'RUNNING' as const,
    isCounted: true,
    health: 'HEALTHY' as const,
    isProtected: false,
    isDraining: false,
    ...more,
  }));
}

const isNew = ({ deploymentId }: Traits): boolean => deploymentId === 'new';

test('as many tasks are enough as the percentage says, rounded up, and never none', () => {
  // AWS's own examples, and the two ends.
  for (const [desiredCount, healthyPercent, required] of [
    [2, 50, 1],
    [3, 50, 2],
    [10, 80, 8],
    [100, 90, 90],
    [10, 100, 10],
    [10, 0, 1],
    [0, 50, 0],
  ] as const) {
    const criteria = { enable: true, healthyPercent, sourceServiceRevisionCleanup: 'BLOCKING' } as const;
    const of = (healthy: number) => earlySuccess(criteria, desiredCount, cohortsOf(tasksOf('new', healthy)), isNew);
    assert.equal(of(required), 'complete', `${desiredCount} at ${healthyPercent} %`);
    if (required > 0) assert.equal(of(required - 1), 'no', `${desiredCount} at ${healthyPercent} %`);
  }
});

test('tasks of the source are waited for or not, as it is asked for', () => {
  const criteria = { enable: true, healthyPercent: 50 } as const;
  const enough = tasksOf('new', 2);
  const cases = [
    ['BLOCKING', tasksOf('old', 1), 'enough'],
    ['BLOCKING', tasksOf('old', 1, { phase: 'STOPPING' }), 'enough'],
    ['BLOCKING', tasksOf('old', 1, { phase: 'STOPPING', isCounted: false }), 'complete'],
    ['DEFERRED', tasksOf('old', 1), 'complete'],
  ] as const;
  for (const [sourceServiceRevisionCleanup, old, expected] of cases) {
    const found = earlySuccess({ ...criteria, sourceServiceRevisionCleanup }, 4, cohortsOf([...enough, ...old]), isNew);
    assert.equal(found, expected, sourceServiceRevisionCleanup);
  }
});

test('what is not healthy, or is to leave its instance, does not count, and nothing does where it is off', () => {
  const criteria = { enable: true, healthyPercent: 50, sourceServiceRevisionCleanup: 'DEFERRED' } as const;
  assert.equal(earlySuccess(criteria, 2, cohortsOf(tasksOf('new', 2, { health: 'WAITING' })), isNew), 'no');
  assert.equal(earlySuccess(criteria, 2, cohortsOf(tasksOf('new', 2, { isDraining: true })), isNew), 'no');
  assert.equal(earlySuccess({ ...criteria, enable: false }, 2, cohortsOf(tasksOf('new', 2)), isNew), 'no');
  assert.equal(earlySuccess(undefined, 2, cohortsOf(tasksOf('new', 2)), isNew), 'no');
});

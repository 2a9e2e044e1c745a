import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServiceDeploymentRecord } from '../../service-tables.ts';
import { failureOf } from './outcome.ts';

type Judged = Parameters<typeof failureOf>[0];

function deploymentOf(
  failureCount: number,
  more: Partial<ServiceDeploymentRecord['circuitBreaker']> = {},
  status: Judged['status'] = 'IN_PROGRESS',
): Judged {
  return {
    status,
    circuitBreaker: { status: 'MONITORING', failureCount, threshold: 3, hasRun: false, ...more },
    deploymentConfiguration: {
      deploymentCircuitBreaker: { enable: true, rollback: true },
      alarms: { alarmNames: ['errors'], enable: true, rollback: false },
    },
  };
}

test('what fails a deployment, and whether it goes back', () => {
  const cases: readonly (readonly [
    what: string,
    deployment: Judged,
    failedTasks: number,
    alarming: readonly string[],
    expected: string,
  ])[] = [
    ['one failure short of the threshold', deploymentOf(2), 2, [], 'goes on'],
    ['at the threshold', deploymentOf(3), 3, [], 'tasks failed to start, goes back'],
    ['after one has run', deploymentOf(3, { hasRun: true }), 3, [], 'tasks failed container health checks, goes back'],
    ['without a breaker', deploymentOf(9, { status: 'DISABLED' }), 9, [], 'goes on'],
    ['an alarm', deploymentOf(0), 0, ['errors'], 'alarm detected'],
    ['both', deploymentOf(3), 3, ['errors'], 'tasks failed to start, goes back'],
    ['asked to go back', deploymentOf(0, {}, 'ROLLBACK_REQUESTED'), 0, [], 'rollback was requested, goes back'],
    ['asked to stop', deploymentOf(0, {}, 'STOP_REQUESTED'), 0, [], 'stop was requested'],
    [
      'going back: not by alarms',
      deploymentOf(3, { status: 'TRIGGERED' }, 'ROLLBACK_IN_PROGRESS'),
      2,
      ['errors'],
      'goes on',
    ],
    [
      'but by its own tasks',
      deploymentOf(3, { status: 'TRIGGERED' }, 'ROLLBACK_IN_PROGRESS'),
      3,
      [],
      'tasks failed to start',
    ],
  ];
  for (const [what, deployment, failedTasks, alarming, expected] of cases) {
    const failure = failureOf(deployment, failedTasks, alarming);
    const said = failure ? `${failure.reason}${failure.rollsBack ? ', goes back' : ''}` : 'goes on';
    assert.equal(said, expected, what);
  }
});

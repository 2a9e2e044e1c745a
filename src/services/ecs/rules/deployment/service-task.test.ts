import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TaskContainer, TaskRecord } from '../../tables.ts';
import { type HealthRules, serviceTask, type ServiceTask } from './service-task.ts';

function container(name: string, healthStatus: TaskContainer['healthStatus']): TaskContainer {
  return {
    arn: name,
    name,
    image: 'i',
    essential: true,
    cpu: '0',
    lastStatus: 'RUNNING',
    healthStatus,
    networkBindings: [],
  };
}

function taskOf(more: Partial<TaskRecord>): TaskRecord {
  return {
    accountId: '1',
    region: 'r',
    arn: 'task',
    id: 'task',
    clusterArn: 'c',
    clusterName: 'c',
    taskDefinitionArn: 'd',
    family: 'f',
    revision: 1,
    launchType: 'EC2',
    group: 'service:s',
    startedBy: 'ecs-svc/1',
    overrides: {},
    enableExecuteCommand: false,
    placementConstraints: [],
    tags: [],
    attributes: [],
    reservation: { cpuUnits: 0, memoryMiB: 0, tcpPorts: [], udpPorts: [], networkInterfaces: 0, gpus: 0 },
    desiredStatus: 'RUNNING',
    lastStatus: 'RUNNING',
    startedAt: 1_000,
    containers: [container('app', 'UNKNOWN')],
    healthStatus: 'UNKNOWN',
    createdAt: 0,
    version: 1,
    ...more,
  };
}

const unchecked: HealthRules = { healthyAfterMs: 40_000, gracePeriodMs: 0, checkedContainers: new Set() };
const checked: HealthRules = { ...unchecked, checkedContainers: new Set(['app']) };

test('what counts, and as what', () => {
  const sidecar = [container('app', 'HEALTHY'), container('sidecar', 'UNHEALTHY')];
  const app = (healthStatus: TaskContainer['healthStatus']) => ({ containers: [container('app', healthStatus)] });
  const cases: readonly (readonly [
    what: string,
    task: Partial<TaskRecord>,
    rules: HealthRules,
    now: number,
    expected: Partial<ServiceTask>,
  ])[] = [
    ['on its way', { lastStatus: 'PENDING' }, unchecked, 0, { phase: 'STARTING', isCounted: true, health: 'WAITING' }],
    ['not 40 seconds yet', {}, unchecked, 40_999, { phase: 'RUNNING', health: 'WAITING', changesAt: 41_000 }],
    ['40 seconds', {}, unchecked, 41_000, { health: 'HEALTHY', healthyAt: 41_000 }],
    ['a check counts from its answer', {}, checked, 90_000, { health: 'WAITING' }],
    ['healthy', { ...app('HEALTHY'), healthStatusAt: 5_000 }, checked, 6_000, { health: 'HEALTHY', healthyAt: 5_000 }],
    ['unhealthy', app('UNHEALTHY'), checked, 6_000, { health: 'UNHEALTHY' }],
    [
      'unhealthy, within the grace period',
      app('UNHEALTHY'),
      { ...checked, gracePeriodMs: 10_000 },
      6_000,
      { health: 'WAITING', changesAt: 11_000 },
    ],
    ['unhealthy after it', app('UNHEALTHY'), { ...checked, gracePeriodMs: 10_000 }, 11_000, { health: 'UNHEALTHY' }],
    ['only essential containers with a check', { containers: sidecar }, checked, 6_000, { health: 'HEALTHY' }],
    [
      'told to stop, RUNNING still',
      { desiredStatus: 'STOPPED' },
      unchecked,
      90_000,
      { phase: 'STOPPING', isCounted: true },
    ],
    [
      'told to stop before it ran',
      { desiredStatus: 'STOPPED', lastStatus: 'PENDING' },
      unchecked,
      0,
      { phase: 'STOPPING', isCounted: false },
    ],
    [
      'stopping',
      { desiredStatus: 'STOPPED', lastStatus: 'STOPPING' },
      unchecked,
      90_000,
      { phase: 'STOPPING', isCounted: false },
    ],
    ['protected', { protectedUntil: 2_000 }, unchecked, 1_999, { isProtected: true }],
    ['until then', { protectedUntil: 2_000 }, unchecked, 2_000, { isProtected: false }],
  ];
  for (const [what, task, rules, now, expected] of cases) {
    const seen = serviceTask(taskOf(task), rules, false, now);
    assert.deepEqual({ ...seen, ...expected }, seen, what);
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newTask } from './accept.ts';
import type { PayloadContainer } from './contract.ts';
import { nextReport } from './report.ts';
import type { ContainerRecord, TaskRecord } from './state.ts';

function container(name: string, essential: boolean): PayloadContainer {
  return {
    name,
    image: 'busybox',
    containerArn: `arn:${name}`,
    cpu: 0,
    memory: 0,
    essential,
    command: [],
    environment: {},
    links: [],
    portMappings: [],
    mountPoints: [],
    volumesFrom: [],
    dockerConfig: { version: '1.18', config: '{}', hostConfig: '{}' },
    dependsOn: [],
  };
}

const fresh = newTask(
  {
    arn: 'arn:task',
    taskClusterArn: 'arn:cluster',
    family: 'web',
    version: '1',
    desiredStatus: 'RUNNING',
    containers: [container('app', true), container('side', false)],
    volumes: [],
  },
  0,
  () => 'x',
);

function task(app: Partial<ContainerRecord>, side: Partial<ContainerRecord>, over: Partial<TaskRecord>): TaskRecord {
  const { app: a, side: b } = fresh.containers;
  assert.ok(a && b);
  return { ...fresh, containers: { app: { ...a, ...app }, side: { ...b, ...side } }, ...over };
}

const running = { hasImage: true, id: 'id', phase: 'running', startedAt: 1 } as const;
const exited = { ...running, phase: 'exited', exitCode: 3, finishedAt: 2 } as const;

/** What is told one after the other while nothing else changes. */
function allReports(record: TaskRecord): readonly Readonly<Record<string, unknown>>[] {
  const report = nextReport(record);
  return report ? [report.input, ...allReports({ ...record, told: report.told })] : [];
}

function statusesIn(input: Readonly<Record<string, unknown>> | undefined): unknown {
  assert.ok(Array.isArray(input?.['containers']));
  return input['containers'].map((one) => `${one.containerName} ${one.status}`);
}

test('a task of which there is nothing to tell is not told of', () => {
  assert.deepEqual(allReports(task({}, {}, {})), []);
});

test('digests are told before the task runs', () => {
  const pulled = { hasImage: true, imageDigest: 'sha256:1' };
  const [first, ...rest] = allReports(task(pulled, { hasImage: true }, {}));
  assert.equal(first?.['status'], 'PENDING');
  assert.deepEqual(first['containers'], [{ containerName: 'app', status: 'PENDING', imageDigest: 'sha256:1' }]);
  assert.deepEqual(rest, []);
});

test('a task that ran and ended before anybody was told is told as both, in order', () => {
  const reports = allReports(task(exited, exited, { ranAt: 1, stoppedAt: 2, executionStoppedAt: 2 }));
  assert.deepEqual(
    reports.map((input) => input['status']),
    ['RUNNING', 'STOPPED'],
  );
  assert.deepEqual(statusesIn(reports[0]), ['app RUNNING', 'side STOPPED']);
  assert.deepEqual(statusesIn(reports[1]), ['app STOPPED']);
  assert.deepEqual(reports[1]?.['executionStoppedAt'], new Date(2));
});

test('a container that ends while its task runs on is told without haste', () => {
  const first = nextReport(task(running, running, { ranAt: 1 }));
  assert.ok(first?.urgent);
  const second = nextReport(task(running, exited, { ranAt: 1, told: first.told }));
  assert.equal(second?.urgent, false);
  assert.equal(second.input['status'], 'RUNNING');
  assert.deepEqual(statusesIn(second.input), ['side STOPPED']);
});

test('a task that could not start says why', () => {
  const [report] = allReports(task({ error: 'CannotPullContainerError: no' }, {}, { stoppedAt: 2 }));
  assert.equal(report?.['reason'], 'CannotPullContainerError: no');
});

test('a task that ran and ended by itself needs no reason', () => {
  const reports = allReports(task({ ...exited, error: 'OutOfMemoryError: x' }, exited, { ranAt: 1, stoppedAt: 2 }));
  assert.equal(reports.at(-1)?.['reason'], undefined);
  assert.match(JSON.stringify(reports.at(-1)?.['containers']), /"reason":"OutOfMemoryError: x"/);
});

test('is evident where the engine shows it to whoever forgot it', () => {
  const told = { status: 'RUNNING', attached: false, containers: {} } as const;
  const cases: readonly (readonly [TaskRecord, boolean])[] = [
    [task(running, running, { ranAt: 1 }), true],
    [task(running, exited, { ranAt: 1 }), true],
    [task(running, { error: 'CannotPullContainerError: no' }, { ranAt: 1 }), false],
    [task(exited, exited, { ranAt: 1, stoppedAt: 2, told }), true],
    [task(exited, {}, { ranAt: 1, stoppedAt: 2, told }), true],
    [task({ ...exited, phase: 'gone' }, exited, { ranAt: 1, stoppedAt: 2, told }), false],
    [task({ ...running, error: 'CannotStartContainerError: no' }, {}, { stoppedAt: 2 }), false],
    [task({}, {}, { stoppedAt: 2, failure: 'ResourceInitializationError: no' }), false],
  ];
  for (const [record, evident] of cases) assert.equal(nextReport(record)?.evident, evident, JSON.stringify(record));
});

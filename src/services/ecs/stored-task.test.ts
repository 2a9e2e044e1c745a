import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { storedTask } from './stored-task.ts';
import type { TaskRecord } from './tables.ts';

const id = '73ee17d31f0362b5ed5977a094adc4d3';
const owner = 'arn:aws:ecs:us-east-1:000000000000:';
const usual: TaskRecord = {
  accountId: '000000000000',
  region: 'us-east-1',
  arn: `${owner}task/default/${id}`,
  id,
  clusterArn: `${owner}cluster/default`,
  clusterName: 'default',
  taskDefinitionArn: `${owner}task-definition/web:7`,
  family: 'web',
  revision: 7,
  launchType: 'EC2',
  containerInstanceArn: `${owner}container-instance/default/${id}`,
  group: 'family:web',
  overrides: {},
  enableExecuteCommand: false,
  placementConstraints: [],
  tags: [],
  attributes: [],
  reservation: { cpuUnits: 10, memoryMiB: 64, tcpPorts: [], udpPorts: [], networkInterfaces: 0, gpus: 0 },
  desiredStatus: 'RUNNING',
  lastStatus: 'RUNNING',
  containers: [
    {
      name: 'app',
      image: 'web:1',
      essential: true,
      cpu: '10',
      memory: '64',
      lastStatus: 'RUNNING',
      runtimeId: `${id}${id}`,
      healthStatus: 'UNKNOWN',
      networkBindings: [],
    },
  ],
  healthStatus: 'UNKNOWN',
  connectivity: 'CONNECTED',
  connectivityAt: 1_795_366_409_106,
  createdAt: 1_795_366_409_106,
  startedAt: 1_795_366_409_106,
  version: 2,
};

/** Through the journal and back. */
function kept(...given: readonly TaskRecord[]): readonly object[] {
  const read = storedTask.reader();
  return given.map((task) => read(task.arn, JSON.parse(JSON.stringify(storedTask.pack(task)))));
}

const optionally = <Value>(values: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(values, { nil: undefined });
const instants = fc.nat();
const anyChange = fc.record({
  // Names that ours are not made like, too: of another partition, with another cluster's ARN, with no instance.
  arn: fc.constantFrom(usual.arn, `arn:aws-cn:ecs:us-east-1:000000000000:task/default/${id}`),
  clusterArn: fc.constantFrom(usual.clusterArn, `${owner}cluster/other`),
  taskDefinitionArn: fc.constantFrom(usual.taskDefinitionArn, `${owner}task-definition/web:8`),
  containerInstanceArn: optionally(fc.constantFrom(usual.containerInstanceArn, `${owner}other/${id}`)),
  launchType: fc.constantFrom('EC2', 'FARGATE', 'EXTERNAL'),
  group: fc.constantFrom('family:web', 'service:web', ''),
  serviceArn: optionally(fc.constant(`${owner}service/default/web`)),
  overrides: fc.constantFrom({}, { cpu: '256' }, { containerOverrides: [{ name: 'app', command: ['a'] }] }),
  enableExecuteCommand: fc.boolean(),
  placementConstraints: fc.constantFrom([], [{ type: 'distinctInstance' }]),
  tags: fc.constantFrom([], [{ key: 'a', value: 'b' }], [{ key: 'a', value: '' }]),
  attributes: fc.constantFrom([], [{ name: 'ecs.cpu-architecture', value: 'x86_64' }]),
  cpu: optionally(fc.constantFrom('256', '')),
  ephemeralStorageGiB: optionally(fc.nat()),
  reservation: fc.record({
    cpuUnits: fc.nat(),
    memoryMiB: fc.nat(),
    tcpPorts: fc.array(fc.nat(), { maxLength: 2 }),
    udpPorts: fc.array(fc.nat(), { maxLength: 2 }),
    networkInterfaces: fc.nat(1),
    gpus: fc.nat(2),
  }),
  desiredStatus: fc.constantFrom('RUNNING', 'STOPPED'),
  healthStatus: fc.constantFrom('HEALTHY', 'UNKNOWN'),
  containers: fc.array(
    fc
      .record({
        arn: optionally(fc.string()),
        name: fc.string(),
        image: fc.string(),
        essential: fc.boolean(),
        cpu: fc.string(),
        memory: optionally(fc.string()),
        lastStatus: fc.constantFrom('PENDING', 'RUNNING', 'STOPPED'),
        exitCode: optionally(fc.integer()),
        reason: optionally(fc.string()),
        imageDigest: optionally(fc.string()),
        healthStatus: fc.constantFrom('HEALTHY', 'UNKNOWN'),
        networkBindings: fc.constantFrom([], [{ bindIP: '0.0.0.0', hostPort: 80, protocol: 'tcp' }]),
        gpuIds: optionally(fc.array(fc.string())),
      })
      .map(present),
    { maxLength: 3 },
  ),
  stopCode: optionally(fc.constant('UserInitiated')),
  stoppedReason: optionally(fc.string()),
  protectedUntil: optionally(instants),
  stoppedAt: optionally(instants),
  createdAt: instants,
});

function present<Value extends object>(value: Value): Value {
  return JSON.parse(JSON.stringify(value));
}

test('every task is read from the journal as it was written', () => {
  fc.assert(
    fc.property(fc.array(anyChange, { minLength: 1, maxLength: 4 }), (changes) => {
      const given: readonly TaskRecord[] = changes.map((change) => present({ ...usual, ...change } as TaskRecord));
      assert.deepEqual(kept(...given), given);
    }),
  );
});

test('a usual task takes a third of its text', () => {
  const whole = JSON.stringify(usual).length;
  const packed = JSON.stringify(storedTask.pack(usual)).length;
  assert.ok(packed * 2.5 < whole, `${packed} of ${whole}`);
});

test('what is equal in tasks that were read is there once', () => {
  const tags = [{ key: 'a', value: 'b' }];
  const [first, second] = kept(
    { ...usual, tags },
    { ...usual, arn: `${usual.arn.slice(0, -1)}0`, id: `${id.slice(0, -1)}0`, tags },
  );
  for (const member of ['reservation', 'overrides', 'tags'] as const) {
    assert.ok(first && second && member in first && member in second);
    assert.equal(Reflect.get(first, member), Reflect.get(second, member), member);
  }
});

test('a task of an older format is read as it is', () => {
  const older: TaskRecord = {
    ...usual,
    containers: usual.containers.map((container) => ({ ...container, arn: 'own' })),
  };
  assert.equal(storedTask.reader()(older.arn, older), older);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTaskScene } from '../task-scene.test.ts';
import { startTask } from './start-task.ts';

const invalid = 'InvalidParameterException';

test('each instance named gets one task', async () => {
  const ecs = await openTaskScene();
  const [first, second] = [await ecs.host(1), await ecs.host(2, { zone: 'us-east-1b' })];
  await ecs.define();
  const { tasks = [], failures } = await ecs.ask(startTask, {
    taskDefinition: 'web',
    containerInstances: [first.id, second.arn],
    startedBy: 'me',
  });
  assert.deepEqual(failures, []);
  assert.deepEqual(
    tasks.map((task) => [task.containerInstanceArn, task.lastStatus, task.launchType, task.startedBy]),
    [
      [first.arn, 'PENDING', 'EC2', 'me'],
      [second.arn, 'PENDING', 'EC2', 'me'],
    ],
  );
});

test('an instance that cannot take it is a failure, the others still start', async () => {
  const ecs = await openTaskScene();
  const good = await ecs.host(1);
  const full = await ecs.host(2, { memoryMiB: 64 });
  const gone = await ecs.host(3, { record: { status: 'INACTIVE' } });
  const cut = await ecs.host(4, { record: { agentConnected: false } });
  const pool = await ecs.pool(5);
  await ecs.define();
  const { tasks, failures } = await ecs.ask(startTask, {
    taskDefinition: 'web',
    containerInstances: [full.id, gone.id, cut.id, pool.id, good.id],
  });
  assert.equal(tasks?.length, 1);
  assert.deepEqual(failures, [
    { arn: full.arn, reason: 'RESOURCE:MEMORY' },
    { arn: gone.arn, reason: 'INACTIVE' },
    { arn: cut.arn, reason: 'AGENT' },
    { arn: `arn:aws:ecs:us-east-1:123456789012:container-instance/default/${pool.id}`, reason: 'MISSING' },
  ]);
});

test('an external instance runs EXTERNAL tasks', async () => {
  const ecs = await openTaskScene();
  const host = await ecs.host(1, { record: { capacity: 'EXTERNAL' } });
  await ecs.define();
  const { tasks } = await ecs.ask(startTask, { taskDefinition: 'web', containerInstances: [host.id] });
  assert.equal(tasks?.[0]?.launchType, 'EXTERNAL');
});

test('what speaks against a request is told in the words of AWS', async () => {
  const ecs = await openTaskScene();
  await ecs.define();
  const none = { taskDefinition: 'web', containerInstances: [] };
  await ecs.refuses(startTask, none, 'ClientException', 'Container Instances cannot be empty.');
  const many = Array.from({ length: 11 }, (_, index) => index.toString(16).padStart(32, '0'));
  await ecs.refuses(startTask, { ...none, containerInstances: many }, invalid, /at most 10/);
  await ecs.refuses(
    startTask,
    { ...none, containerInstances: ['short'] },
    invalid,
    'instanceId length should be one of [32,36]',
  );
  await ecs.refuses(
    startTask,
    { taskDefinition: 'none', containerInstances: many.slice(0, 1) },
    'ClientException',
    'TaskDefinition not found.',
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTaskScene } from '../task-scene.test.ts';
import { describeTasks } from './describe-tasks.ts';
import { runTask } from './run-task.ts';

test('tasks are found by id and by ARN, and tags shown only when asked for', async () => {
  const ecs = await openTaskScene();
  await ecs.host(1);
  await ecs.define();
  const { tasks: run = [] } = await ecs.ask(runTask, {
    taskDefinition: 'web',
    count: 2,
    tags: [{ key: 'a', value: 'b' }],
  });
  const [first = '', second = ''] = run.map((task) => task.taskArn);
  const missing = 'f'.repeat(32);
  const { tasks = [], failures } = await ecs.ask(describeTasks, { tasks: [first.slice(-32), second, missing, first] });
  assert.deepEqual(
    tasks.map((task) => task.taskArn),
    [first, second],
  );
  assert.deepEqual(tasks[0]?.tags, []);
  assert.deepEqual(failures, [
    { arn: `arn:aws:ecs:us-east-1:123456789012:task/default/${missing}`, reason: 'MISSING' },
  ]);
  const tagged = await ecs.ask(describeTasks, { tasks: [first], include: ['TAGS'] });
  assert.deepEqual(tagged.tasks?.[0]?.tags, [{ key: 'a', value: 'b' }]);
});

test('what an agent has reported is shown, and every change counts in the version', async () => {
  const ecs = await openTaskScene();
  await ecs.host(1);
  await ecs.define();
  const { tasks: run } = await ecs.ask(runTask, { taskDefinition: 'web' });
  const arn = run?.[0]?.taskArn;
  const bindings = [{ bindIP: '0.0.0.0', containerPort: 80, hostPort: 32768, protocol: 'tcp' }] as const;
  await ecs.report(arn, {
    status: 'RUNNING',
    pullStartedAt: 1000,
    pullStoppedAt: 2000,
    containers: [
      { name: 'app', status: 'RUNNING', runtimeId: 'abc', imageDigest: 'sha256:1', networkBindings: bindings },
    ],
  });
  const task = await ecs.described(arn);
  assert.deepEqual([task.lastStatus, task.connectivity, task.version], ['RUNNING', 'CONNECTED', 2]);
  assert.deepEqual([task.pullStartedAt, task.pullStoppedAt], [new Date(1000), new Date(2000)]);
  assert.ok(task.startedAt);
  const [container] = task.containers ?? [];
  assert.deepEqual(
    [container?.runtimeId, container?.imageDigest, container?.lastStatus],
    ['abc', 'sha256:1', 'RUNNING'],
  );
  assert.deepEqual(container?.networkBindings, bindings);
  assert.deepEqual(task.overrides?.containerOverrides, [{ name: 'app' }]);
});

test('what speaks against a request is told in the words of AWS', async () => {
  const ecs = await openTaskScene();
  const invalid = 'InvalidParameterException';
  await ecs.refuses(describeTasks, { tasks: [] }, invalid, 'Tasks cannot be empty.');
  await ecs.refuses(describeTasks, { tasks: ['abc'] }, invalid, 'taskId length should be one of [32,36]');
  await ecs.refuses(
    describeTasks,
    { tasks: Array.from({ length: 101 }, () => '0'.repeat(32)) },
    invalid,
    /at most 100/,
  );
  await ecs.refuses(
    describeTasks,
    { tasks: ['0'.repeat(32)], cluster: 'none' },
    'ClusterNotFoundException',
    'Cluster not found.',
  );
});

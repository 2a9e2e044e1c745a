import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runTask } from './operations/run-task.ts';
import { payloadTask } from './rules/payload.ts';
import { taskDefinitions } from './tables.ts';
import { openTaskScene, type TaskScene } from './task-scene.test.ts';

async function sceneWithGpus(): Promise<TaskScene> {
  const ecs = await openTaskScene();
  const gpus = { name: 'GPU', type: 'STRINGSET', stringSetValue: ['GPU-a', 'GPU-b', 'GPU-c'] };
  const host = await ecs.host(1);
  await ecs.host(1, { record: { registeredResources: [...host.registeredResources, gpus] } });
  const requiring = (value: string) => ({ resourceRequirements: [{ type: 'GPU', value }] as const });
  await ecs.define({
    containerDefinitions: [
      { name: 'one', image: 'busybox', memory: 64, ...requiring('1') },
      { name: 'none', image: 'busybox', memory: 64, essential: false },
    ],
  });
  return ecs;
}

test('each container gets GPUs that no other has, as long as there are any', async () => {
  const ecs = await sceneWithGpus();
  const { tasks = [], failures = [] } = await ecs.ask(runTask, { taskDefinition: 'web', count: 4 });
  assert.deepEqual(
    tasks.map((task) => (task.containers ?? []).map(({ gpuIds }) => gpuIds)),
    [
      [['GPU-a'], undefined],
      [['GPU-b'], undefined],
      [['GPU-c'], undefined],
    ],
  );
  assert.deepEqual(
    failures.map(({ reason }) => reason),
    ['RESOURCE:GPU'],
  );
  await ecs.report(tasks[1]?.taskArn, { status: 'STOPPED' });
  const again = await ecs.ask(runTask, { taskDefinition: 'web' });
  assert.deepEqual(again.tasks?.[0]?.containers?.[0]?.gpuIds, ['GPU-b'], 'what a task leaves the next one has');
});

test('an override asks for more, and the agent is told which they are', async () => {
  const ecs = await sceneWithGpus();
  const resourceRequirements = [{ type: 'GPU', value: '2' }] as const;
  const { tasks = [] } = await ecs.ask(runTask, {
    taskDefinition: 'web',
    overrides: { containerOverrides: [{ name: 'one', resourceRequirements }] },
  });
  const task = ecs.task(tasks[0]?.taskArn);
  const definition = ecs.store.view((reader) => reader.get(taskDefinitions, task.taskDefinitionArn));
  assert.ok(definition);
  const { associations = [] } = payloadTask({ task, definition, speaksLongshore: false });
  assert.deepEqual(
    associations.map(({ name, type, containers }) => [name, type, containers]),
    [
      ['GPU-a', 'gpu', ['one']],
      ['GPU-b', 'gpu', ['one']],
    ],
  );
});

test('what is no number of whole GPUs is refused by name', async () => {
  const ecs = await sceneWithGpus();
  for (const requirement of [
    { type: 'GPU', value: 'ALL' },
    { type: 'NeuronDevice', value: 'ALL' },
  ] as const) {
    const overrides = { containerOverrides: [{ name: 'one', resourceRequirements: [requirement] }] };
    const named =
      'Longshore does not support running a task with overrides.containerOverrides[one].resourceRequirements yet.';
    await ecs.refuses(runTask, { taskDefinition: 'web', overrides }, 'ClientException', named);
  }
});

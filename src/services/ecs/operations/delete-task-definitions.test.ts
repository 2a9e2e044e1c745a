import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEcs, someTask } from '../open-ecs.test.ts';
import { tasks } from '../tables.ts';
import { deletedTaskDefinitions } from '../reconcilers/deleted-task-definitions.ts';
import { deleteTaskDefinitions } from './delete-task-definitions.ts';
import { deregisterTaskDefinition } from './deregister-task-definition.ts';
import { describeTaskDefinition } from './describe-task-definition.ts';
import { registerTaskDefinition } from './register-task-definition.ts';

const web = { family: 'web', containerDefinitions: [{ name: 'app', image: 'nginx', memory: 128 }] };

test('each revision that cannot be deleted is a failure of its own', async () => {
  const ecs = await openEcs();
  await ecs.ask(registerTaskDefinition, web);
  await ecs.ask(registerTaskDefinition, web);
  await ecs.ask(deregisterTaskDefinition, { taskDefinition: 'web:1' });
  const { taskDefinitions, failures } = await ecs.ask(deleteTaskDefinitions, {
    taskDefinitions: ['web:1', 'web:2', 'web:3', 'web', 'a b:1'],
  });
  assert.deepEqual(
    taskDefinitions?.map((one) => [one.revision, one.status]),
    [[1, 'DELETE_IN_PROGRESS']],
  );
  assert.ok(taskDefinitions?.[0]?.deleteRequestedAt instanceof Date);
  const arn = (revision: number) => `arn:aws:ecs:us-east-1:123456789012:task-definition/web:${revision}`;
  assert.deepEqual(
    failures?.map((failure) => failure.arn),
    [arn(2), arn(3), 'web', 'a b:1'],
  );
  assert.match(failures?.[0]?.reason ?? '', /still in ACTIVE status/);
});

test('a deleted revision stays until its last task has stopped', async () => {
  const ecs = await openEcs();
  await ecs.ask(registerTaskDefinition, web);
  await ecs.store.update((tx) => tx.put(tasks, someTask()));
  await ecs.ask(deregisterTaskDefinition, { taskDefinition: 'web:1' });
  await ecs.ask(deleteTaskDefinitions, { taskDefinitions: ['web:1'] });
  await ecs.settle([deletedTaskDefinitions]);
  const { taskDefinition } = await ecs.ask(describeTaskDefinition, { taskDefinition: 'web:1' });
  assert.equal(taskDefinition?.status, 'DELETE_IN_PROGRESS');
  await ecs.store.update((tx) => tx.put(tasks, someTask({ desiredStatus: 'STOPPED', lastStatus: 'STOPPED' })));
  await ecs.settle([deletedTaskDefinitions]);
  await ecs.refuses(
    describeTaskDefinition,
    { taskDefinition: 'web:1' },
    'ClientException',
    'Unable to describe task definition.',
  );
});

test('the list has between one and ten entries', async () => {
  const ecs = await openEcs();
  const invalid = 'InvalidParameterException';
  await ecs.refuses(
    deleteTaskDefinitions,
    { taskDefinitions: [] },
    invalid,
    'size of TaskDefinition references list must be greater than 0',
  );
  const eleven = Array.from({ length: 11 }, (_, at) => `web:${at + 1}`);
  await ecs.refuses(
    deleteTaskDefinitions,
    { taskDefinitions: eleven },
    invalid,
    'Size of TaskDefinition references list cannot exceed 10',
  );
});

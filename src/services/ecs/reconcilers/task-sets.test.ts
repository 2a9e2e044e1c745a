import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CreateTaskSetRequest, TaskSet } from '@aws-sdk/client-ecs';
import type { Answer, Parsed } from '../../../aws/operation.ts';
import { AwsError } from '../../../aws/error.ts';
import { createService } from '../operations/create-service.ts';
import { createTaskSet } from '../operations/create-task-set.ts';
import { deleteService } from '../operations/delete-service.ts';
import { deleteTaskSet } from '../operations/delete-task-set.ts';
import { describeServices } from '../operations/describe-services.ts';
import { describeTaskSets } from '../operations/describe-task-sets.ts';
import { tagResource } from '../operations/tag-resource.ts';
import { updateServicePrimaryTaskSet } from '../operations/update-service-primary-task-set.ts';
import { updateService } from '../operations/update-service.ts';
import { updateTaskSet } from '../operations/update-task-set.ts';
import { waitingEvents } from '../outbox-tables.ts';
import { containerInstances } from '../tables.ts';
import { type FleetScene, openFleetScene } from './fleet-scene.test.ts';

const minute = 60_000;
const owner = { cluster: 'default', service: 'web' };

async function openExternal(desiredCount = 3): Promise<FleetScene> {
  const scene = await openFleetScene();
  await scene.ask(createService, { serviceName: 'web', desiredCount, deploymentController: { type: 'EXTERNAL' } });
  return scene;
}

async function start(scene: FleetScene, more: Partial<Parsed<CreateTaskSetRequest>> = {}): Promise<Answer<TaskSet>> {
  const scale = { value: 100, unit: 'PERCENT' } as const;
  const { taskSet } = await scene.ask(createTaskSet, { ...owner, taskDefinition: 'web:1', scale, ...more });
  assert(taskSet);
  return taskSet;
}

async function described(scene: FleetScene, taskSet: Answer<TaskSet>): Promise<Answer<TaskSet>> {
  const { taskSets = [], failures } = await scene.ask(describeTaskSets, { ...owner, taskSets: [taskSet.id ?? ''] });
  assert.deepEqual(failures, []);
  assert(taskSets[0]);
  return taskSets[0];
}

const refused = (code: string, message?: string | RegExp) => (error: unknown) => {
  assert.ok(error instanceof AwsError, String(error));
  assert.equal(error.code, code, error.message);
  if (typeof message === 'string') assert.equal(error.message, message);
  if (message instanceof RegExp) assert.match(error.message, message);
  return true;
};

test('a task set comes to its share of the service, rounded up, and is then steady', async () => {
  const scene = await openExternal(5);
  const created = await start(scene, { scale: { value: 50, unit: 'PERCENT' }, externalId: 'release-7' });
  assert.match(created.taskSetArn ?? '', /:task-set\/default\/web\/ecs-svc\/\d{19}$/);
  assert.deepEqual(
    [created.status, created.computedDesiredCount, created.runningCount, created.stabilityStatus, created.externalId],
    ['ACTIVE', 3, 0, 'STABILIZING', 'release-7'],
  );
  await scene.pass(30_000);
  const running = await described(scene, created);
  assert.deepEqual([running.runningCount, running.stabilityStatus], [3, 'STABILIZING'], 'not healthy for 40 seconds');
  await scene.pass(20_000);
  const steady = await described(scene, created);
  assert.deepEqual([steady.runningCount, steady.pendingCount, steady.stabilityStatus], [3, 0, 'STEADY_STATE']);
  for (const task of scene.live()) {
    assert.deepEqual([task.startedBy, task.group], [created.id, 'service:web']);
  }
  const { services: [service] = [] } = await scene.ask(describeServices, { services: ['web'] });
  assert.equal(service?.events?.[0]?.message, '(service web) has reached a steady state.');
  const told = scene.store().view((reader) => waitingEvents(reader).filter(({ detail }) => detail['taskSetArns']));
  assert.deepEqual(
    told.map(({ detail, resources }) => [detail['eventName'], detail['taskSetArns'], resources]),
    [['TASKSET_STEADY_STATE', [created.taskSetArn], [service?.serviceArn]]],
  );
});

test('a task set without a scale has no tasks until it is given one', async () => {
  const scene = await openExternal();
  const { taskSet = {} } = await scene.ask(createTaskSet, { ...owner, taskDefinition: 'web:1' });
  await scene.pass(minute);
  assert.deepEqual(scene.running(), {});
  assert.deepEqual(taskSet.scale, { value: 0, unit: 'PERCENT' });
  await scene.ask(updateTaskSet, { ...owner, taskSet: taskSet.id ?? '', scale: { value: 34, unit: 'PERCENT' } });
  await scene.pass(minute);
  assert.deepEqual(scene.running(), { 1: 2 });
});

test('crashed tasks are replaced, and a new desired count counts for every task set', async () => {
  const scene = await openExternal(2);
  const first = await start(scene);
  await start(scene, { taskDefinition: 'web:2', scale: { value: 50, unit: 'PERCENT' } });
  await scene.pass(minute);
  assert.deepEqual(scene.running(), { 1: 2, 2: 1 });
  await scene.crash(1);
  assert.equal((await described(scene, first)).runningCount, 1);
  await scene.pass(minute);
  assert.deepEqual(scene.running(), { 1: 2, 2: 1 });
  await scene.ask(updateService, { service: 'web', desiredCount: 6 });
  await scene.pass(minute);
  assert.deepEqual(scene.running(), { 1: 6, 2: 3 });
  await scene.ask(updateService, { service: 'web', desiredCount: 1 });
  await scene.pass(minute);
  assert.deepEqual(scene.running(), { 1: 1, 2: 1 });
});

test('launches that keep failing wait longer each time', async () => {
  const scene = await openExternal(1);
  scene.failing.add(1);
  await start(scene);
  await scene.pass(5 * minute);
  const launched = scene.scene.journal.commits;
  await scene.pass(minute);
  assert.ok(scene.scene.journal.commits - launched < 20, 'it does not try all the time');
  scene.failing.clear();
  await scene.pass(30 * minute);
  assert.deepEqual(scene.running(), { 1: 1 });
});

test('tasks of a draining instance are replaced before the task set is steady again', async () => {
  const scene = await openExternal(2);
  const created = await start(scene);
  await scene.pass(minute);
  await scene.store().update((tx) => {
    const [instance] = tx.list(containerInstances);
    assert(instance);
    tx.put(containerInstances, { ...instance, status: 'DRAINING' });
  });
  await scene.pass(5_000);
  assert.equal((await described(scene, created)).stabilityStatus, 'STABILIZING');
  await scene.pass(3 * minute);
  assert.deepEqual(scene.running(), { 1: 2 });
  assert.equal((await described(scene, created)).stabilityStatus, 'STEADY_STATE');
});

test('one task set is PRIMARY, and the service shows what it is made from', async () => {
  const scene = await openExternal();
  const blue = await start(scene);
  const green = await start(scene, { taskDefinition: 'web:2' });
  await scene.ask(updateServicePrimaryTaskSet, { ...owner, primaryTaskSet: blue.id ?? '' });
  const { taskSet } = await scene.ask(updateServicePrimaryTaskSet, {
    ...owner,
    primaryTaskSet: green.taskSetArn ?? '',
  });
  assert.equal(taskSet?.status, 'PRIMARY');
  assert.equal((await described(scene, blue)).status, 'ACTIVE');
  const service = await scene.show();
  assert.match(service.taskDefinition ?? '', /web:2$/);
  assert.deepEqual(service.deployments, []);
  assert.deepEqual(service.taskSets?.map(({ status }) => status).sort(), ['ACTIVE', 'PRIMARY']);
});

test('the first task set of a CODE_DEPLOY service is there with it', async () => {
  const scene = await openFleetScene();
  await scene.ask(createService, {
    serviceName: 'web',
    taskDefinition: 'web:1',
    desiredCount: 2,
    deploymentController: { type: 'CODE_DEPLOY' },
  });
  await scene.pass(minute);
  const [primary, ...others] = (await scene.show()).taskSets ?? [];
  assert.deepEqual(
    [primary?.status, primary?.runningCount, primary?.stabilityStatus, others.length],
    ['PRIMARY', 2, 'STEADY_STATE', 0],
  );
});

describe('DeleteTaskSet', () => {
  test('stops the tasks of the task set, and it is gone with the last', async () => {
    const scene = await openExternal();
    const created = await start(scene);
    await scene.pass(minute);
    const taskSet = created.id ?? '';
    await assert.rejects(
      scene.ask(deleteTaskSet, { ...owner, taskSet }),
      refused('InvalidParameterException', 'The task set cannot be deleted while it is scaled above 0.'),
    );
    const { taskSet: draining } = await scene.ask(deleteTaskSet, { ...owner, taskSet, force: true });
    assert.deepEqual([draining?.status, draining?.computedDesiredCount], ['DRAINING', 0]);
    await scene.pass(minute);
    assert.deepEqual(scene.live(), []);
    const { failures } = await scene.ask(describeTaskSets, { ...owner, taskSets: [taskSet] });
    assert.deepEqual(failures, [{ arn: created.taskSetArn, reason: 'MISSING' }]);
    await assert.rejects(scene.ask(deleteTaskSet, { ...owner, taskSet }), refused('TaskSetNotFoundException'));
  });

  test('leaves the PRIMARY one alone unless it is forced', async () => {
    const scene = await openExternal(0);
    const created = await start(scene);
    await scene.ask(updateServicePrimaryTaskSet, { ...owner, primaryTaskSet: created.id ?? '' });
    const wish = { ...owner, taskSet: created.id ?? '' };
    await assert.rejects(scene.ask(deleteTaskSet, wish), refused('InvalidParameterException', /primary/));
    await scene.ask(deleteTaskSet, { ...wish, force: true });
    await scene.pass(minute);
    assert.deepEqual((await scene.ask(describeTaskSets, owner)).taskSets, []);
  });
});

test('a deleted service takes its task sets with it', async () => {
  const scene = await openExternal();
  await start(scene);
  await scene.pass(minute);
  await scene.ask(deleteService, { service: 'web', force: true });
  await scene.pass(minute);
  assert.deepEqual(scene.live(), []);
  const { services = [] } = await scene.ask(describeServices, { services: ['web'] });
  assert.deepEqual([services[0]?.status, services[0]?.taskSets], ['INACTIVE', []]);
});

describe('CreateTaskSet', () => {
  test('repeats nothing for the same client token', async () => {
    const scene = await openExternal();
    const first = await start(scene, { clientToken: 'once' });
    assert.equal((await start(scene, { clientToken: 'once' })).id, first.id);
    assert.equal((await scene.ask(describeTaskSets, owner)).taskSets?.length, 1);
  });

  test('makes five task sets of a service and no more', async () => {
    const scene = await openExternal(0);
    for (let number = 0; number < 5; number += 1) await start(scene);
    const message =
      '5 deployments exist on the service. Unable to create new TaskSet since this exceeds the maximum limit.';
    await assert.rejects(start(scene), refused('InvalidParameterException', message));
  });

  test('keeps tags, which are shown when they are asked for, and takes more', async () => {
    const scene = await openExternal(0);
    const { taskSetArn = '', tags } = await start(scene, { tags: [{ key: 'team', value: 'a' }] });
    assert.deepEqual(tags, [{ key: 'team', value: 'a' }]);
    await scene.ask(tagResource, { resourceArn: taskSetArn, tags: [{ key: 'stage', value: 'b' }] });
    const shown = await scene.ask(describeTaskSets, { ...owner, include: ['TAGS'] });
    assert.deepEqual(shown.taskSets?.[0]?.tags, [
      { key: 'team', value: 'a' },
      { key: 'stage', value: 'b' },
    ]);
    assert.deepEqual((await scene.ask(describeTaskSets, owner)).taskSets?.[0]?.tags, []);
  });

  const refusals: readonly (readonly [string, Partial<Parsed<CreateTaskSetRequest>>, string, RegExp])[] = [
    ['a scale above 100', { scale: { value: 101, unit: 'PERCENT' } }, 'InvalidParameterException', /between 0 and 100/],
    ['a negative scale', { scale: { value: -1, unit: 'PERCENT' } }, 'InvalidParameterException', /between 0 and 100/],
    ['an unknown definition', { taskDefinition: 'nothing' }, 'ClientException', /not found/],
    ['an unknown service', { service: 'nothing' }, 'ServiceNotFoundException', /^Service not found\.$/],
    ['an unknown cluster', { cluster: 'nothing' }, 'ClusterNotFoundException', /^Cluster not found\.$/],
    ['a long client token', { clientToken: 'x'.repeat(37) }, 'InvalidParameterException', /36 characters/],
    ['load balancers', { loadBalancers: [{ containerName: 'app' }] }, 'InvalidParameterException', /does not support/],
    ['registries', { serviceRegistries: [{ registryArn: 'a' }] }, 'InvalidParameterException', /does not support/],
    [
      'a platform on EC2',
      { launchType: 'EC2', platformVersion: '1.4.0' },
      'InvalidParameterException',
      /platform version/,
    ],
    [
      'a launch type beside a strategy',
      { launchType: 'EC2', capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }] },
      'InvalidParameterException',
      /both a launch type and capacity provider strategy/,
    ],
    ['what Fargate cannot run', { launchType: 'FARGATE' }, 'InvalidParameterException', /FARGATE/],
  ];
  for (const [what, more, code, message] of refusals) {
    test(`refuses ${what}`, async () => {
      const scene = await openExternal();
      await assert.rejects(start(scene, more), refused(code, message));
      assert.deepEqual((await scene.ask(describeTaskSets, owner)).taskSets, []);
    });
  }

  test('is for services that others deploy', async () => {
    const scene = await openFleetScene();
    await scene.create({ deploymentConfiguration: {} });
    const message =
      'Amazon ECS only supports task set management on services configured to use external deployment controllers.';
    await assert.rejects(start(scene), refused('InvalidParameterException', message));
    await assert.rejects(scene.ask(describeTaskSets, owner), refused('InvalidParameterException', message));
  });

  test('an ARN names a task set of its own service only', async () => {
    const scene = await openExternal(0);
    const { taskSetArn = '' } = await start(scene);
    await scene.ask(createService, {
      serviceName: 'other',
      desiredCount: 0,
      deploymentController: { type: 'EXTERNAL' },
    });
    await assert.rejects(
      scene.ask(deleteTaskSet, { cluster: 'default', service: 'other', taskSet: taskSetArn, force: true }),
      refused('TaskSetNotFoundException'),
    );
  });
});

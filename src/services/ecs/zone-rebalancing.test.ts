import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openControllerScene } from './controller-scene.test.ts';
import { updateTaskProtection } from './operations/update-task-protection.ts';
import { tasks } from './tables.ts';

test('a zone that comes is given its share of the tasks, the new ones healthy before the old ones go', async () => {
  const scene = await openControllerScene(1);
  await scene.create({ desiredCount: 4 });
  await scene.pass(60_000);
  await scene.host(2, { cpuUnits: 10_000, memoryMiB: 20_000, zone: 'us-east-1b' });
  const zones = (): string =>
    scene
      .live()
      .map((task) => task.availabilityZone?.at(-1))
      .toSorted((a = '', b = '') => a.localeCompare(b))
      .join('');
  assert.equal(zones(), 'aaaa');
  await scene.pass(180_000, () => {
    assert(
      scene.live().filter((task) => task.lastStatus === 'RUNNING' && task.desiredStatus === 'RUNNING').length >= 4,
    );
  });
  assert.equal(zones(), 'aabb');
  const told = (await scene.messages()).slice(3).map((message) => message.replaceAll(/[0-9a-f]{32}/g, 'ID'));
  const moved = scene.store.view((reader) =>
    Array.from(reader.list(tasks)).filter(({ stoppedReason }) => stoppedReason?.startsWith('Availability-zone')),
  );
  const { deployments: [primary] = [] } = await scene.describe();
  assert.deepEqual(
    moved.map(({ stoppedReason }) => stoppedReason),
    Array.from({ length: 2 }, () => `Availability-zone rebalancing initiated by (deployment ${primary?.id})`),
  );
  assert.deepEqual(told, [
    '(service api) is not AZ balanced with 4 tasks in us-east-1a, 0 tasks in us-east-1b. AZ Rebalancing in progress.',
    '(service api) has started 2 tasks in us-east-1b to AZ Rebalance: (task ID) (task ID).',
    '(service api) has stopped 2 running tasks in us-east-1a due to AZ rebalancing: (task ID) (task ID).',
    '(service api) is AZ balanced with 2 tasks in us-east-1a, 2 tasks in us-east-1b.',
    '(service api) has reached a steady state.',
  ]);
  const [before, service] = [scene.live(), scene.service()];
  await scene.pass(120_000);
  assert.deepEqual([scene.live(), scene.service()], [before, service]);
});

test('tasks that are protected are not moved, and none is started in their place until their protection ends', async () => {
  const scene = await openControllerScene(1);
  await scene.create({ desiredCount: 4 });
  await scene.pass(60_000);
  const tasksNow = (): readonly string[] => scene.live().map((task) => task.arn);
  const before = tasksNow();
  await scene.ask(updateTaskProtection, {
    cluster: 'default',
    tasks: [...before],
    protectionEnabled: true,
    expiresInMinutes: 5,
  });
  await scene.host(2, { cpuUnits: 10_000, memoryMiB: 20_000, zone: 'us-east-1b' });
  await scene.pass(240_000, () => assert.deepEqual(tasksNow(), before));
  const said = (await scene.messages()).filter((message) => message.includes('was unable to AZ Rebalance because'));
  assert.equal(said.length, 1, 'told once');
  await scene.pass(240_000);
  assert.deepEqual(
    scene
      .live()
      .map((task) => task.availabilityZone)
      .toSorted((a = '', b = '') => a.localeCompare(b)),
    ['us-east-1a', 'us-east-1a', 'us-east-1b', 'us-east-1b'],
  );
});

test('a service whose tasks are not to be moved, or find no room in the other zone, is left as it is', async () => {
  for (const availabilityZoneRebalancing of ['DISABLED', 'ENABLED'] as const) {
    const scene = await openControllerScene(1);
    await scene.create({ desiredCount: 4, availabilityZoneRebalancing });
    await scene.pass(60_000);
    await scene.host(2, { cpuUnits: 10, zone: 'us-east-1b' });
    const before = scene.live();
    await scene.pass(180_000);
    assert.deepEqual(scene.live(), before);
    const isTold = (await scene.messages()).some((message) => message.includes('unable to place a task in us-east-1b'));
    assert.deepEqual([isTold, scene.service().isSteady], [availabilityZoneRebalancing === 'ENABLED', true]);
  }
});

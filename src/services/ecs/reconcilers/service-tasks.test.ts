import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openControllerScene } from '../controller-scene.test.ts';
import { deleteService } from '../operations/delete-service.ts';
import { stopTask } from '../operations/stop-task.ts';
import { updateContainerInstancesState } from '../operations/update-container-instances-state.ts';
import { updateTaskProtection } from '../operations/update-task-protection.ts';
import { containerInstances, tasks } from '../tables.ts';

test('a new service comes to as many tasks as it desires, and says so', async () => {
  const scene = await openControllerScene();
  await scene.create({ desiredCount: 3 });
  await scene.pass(5_000);
  const starting = await scene.describe();
  assert.deepEqual([starting.runningCount, starting.pendingCount], [3, 0]);
  assert.equal(starting.deployments?.[0]?.rolloutState, 'IN_PROGRESS');
  await scene.pass(45_000);
  const steady = await scene.describe();
  assert.deepEqual(
    [steady.runningCount, steady.deployments?.length, steady.deployments?.[0]?.rolloutState],
    [3, 1, 'COMPLETED'],
  );
  const ids = scene.live().map((task) => `(task ${task.id})`);
  const messages = await scene.messages();
  assert.match(messages[0] ?? '', /^\(service api\) has started 3 tasks: (\(task [0-9a-f]{32}\) ?){3}\.$/);
  for (const id of ids) assert(messages[0]?.includes(id));
  assert.deepEqual(messages.slice(1), [
    `(service api) (deployment ${steady.deployments?.[0]?.id}) deployment completed.`,
    '(service api) has reached a steady state.',
  ]);
});

test('a rolling update keeps both bounds and ends with the new tasks alone', async () => {
  for (const [minimumHealthyPercent, maximumPercent] of [
    [50, 150],
    [100, 200],
    [50, 100],
    [100, 120],
    [0, 100],
  ] as const) {
    const scene = await openControllerScene();
    await scene.create({ desiredCount: 6, deploymentConfiguration: { minimumHealthyPercent, maximumPercent } });
    await scene.pass(60_000);
    const lower = Math.ceil((6 * minimumHealthyPercent) / 100);
    const upper = Math.floor((6 * maximumPercent) / 100);
    await scene.define();
    await scene.update({ taskDefinition: 'web:2' });
    const now = () => scene.clock.now();
    await scene.pass(600_000, () => {
      const counted = scene.live().filter((task) => task.desiredStatus === 'RUNNING' || task.lastStatus === 'RUNNING');
      const healthy = scene
        .live()
        .filter(
          (task) => task.desiredStatus === 'RUNNING' && (task.startedAt ?? Number.POSITIVE_INFINITY) + 40_000 <= now(),
        );
      assert(counted.length <= upper, `${counted.length} of at most ${upper}`);
      assert(healthy.length >= lower, `${healthy.length} of at least ${lower}`);
    });
    const done = await scene.describe();
    assert.deepEqual(
      [done.runningCount, done.deployments?.length, done.deployments?.[0]?.rolloutState],
      [6, 1, 'COMPLETED'],
      `${minimumHealthyPercent}/${maximumPercent}`,
    );
    assert(scene.live().every((task) => task.taskDefinitionArn.endsWith('web:2')));
    assert.equal((await scene.messages()).at(-1), '(service api) has reached a steady state.');
  }
});

test('old tasks that the lower bound does not need go at once, and do not wait until new ones are healthy', async () => {
  for (const [minimumHealthyPercent, left] of [
    [100, 4],
    [50, 2],
    [0, 0],
  ] as const) {
    const scene = await openControllerScene();
    await scene.create({ desiredCount: 4, deploymentConfiguration: { minimumHealthyPercent, maximumPercent: 200 } });
    await scene.pass(60_000);
    await scene.define();
    await scene.update({ taskDefinition: 'web:2' });
    await scene.pass(10_000);
    assert.equal(scene.live().filter(({ revision }) => revision === 1).length, left, `${minimumHealthyPercent} %`);
    assert.equal(scene.live().filter(({ revision }) => revision === 2).length, 4);
  }
});

test('tasks that are stopped, crash or lose their instance are replaced', async () => {
  const scene = await openControllerScene();
  await scene.create({ desiredCount: 3 });
  await scene.pass(60_000);
  const [stopped, crashed] = scene.live();
  await scene.ask(stopTask, { task: stopped?.arn ?? '' });
  await scene.report(crashed?.arn, { status: 'STOPPED' });
  await scene.pass(60_000);
  assert.deepEqual([scene.live().length, scene.service().isSteady], [3, true]);
  await scene.store.update((tx) => {
    const instance = tx.get(containerInstances, scene.live()[0]?.containerInstanceArn ?? '');
    assert(instance);
    tx.put(containerInstances, { ...instance, status: 'INACTIVE' });
  });
  await scene.pass(60_000);
  assert.equal(scene.live().length, 3);
  assert.equal(new Set(scene.live().map((task) => task.containerInstanceArn)).size, 1);
});

test('a settled service is left alone', async () => {
  const scene = await openControllerScene();
  await scene.create({ desiredCount: 3 });
  await scene.pass(60_000);
  const [tasks, service] = [scene.live(), scene.service()];
  await scene.pass(60_000);
  assert.deepEqual([scene.live(), scene.service()], [tasks, service]);
  for (const [at, task] of scene.live().entries()) assert.equal(task, tasks[at]);
});

test('scaling in and out changes no more tasks than needed', async () => {
  const scene = await openControllerScene();
  await scene.create({ desiredCount: 4 });
  await scene.pass(60_000);
  const four = scene.live().map((task) => task.arn);
  await scene.update({ desiredCount: 2 });
  await scene.pass(5_000);
  const two = scene.live();
  assert.equal(two.length, 2);
  assert(two.every((task) => four.includes(task.arn)));
  // One of two zones each.
  assert.equal(new Set(two.map((task) => task.availabilityZone)).size, 2);
  await scene.update({ desiredCount: 5 });
  await scene.pass(60_000);
  assert.equal(scene.live().length, 5);
  assert(two.every((task) => scene.live().some((other) => other.arn === task.arn)));
});

const checked = { command: ['CMD', 'true'], interval: 5, timeout: 2, retries: 1, startPeriod: 0 };

test('with a health check a task counts once it is HEALTHY, and is replaced when it is not', async () => {
  const scene = await openControllerScene();
  await scene.define({ containerDefinitions: [{ name: 'app', image: 'busybox', memory: 128, healthCheck: checked }] });
  await scene.create({ desiredCount: 2 });
  await scene.pass(60_000);
  assert.equal((await scene.describe()).deployments?.[0]?.rolloutState, 'IN_PROGRESS');
  scene.conduct = 'healthy';
  await scene.pass(5_000);
  assert.equal((await scene.describe()).deployments?.[0]?.rolloutState, 'COMPLETED');
  const [failing] = scene.live();
  scene.conduct = (task) => (task.arn === failing?.arn ? 'unhealthy' : 'healthy');
  let most = 0;
  await scene.pass(30_000, () => {
    most = Math.max(most, scene.live().length);
    assert(scene.live().filter((task) => task.healthStatus === 'HEALTHY').length >= 1);
  });
  // One task to take its place, and one more where that is started before the failing one is told to stop: 200 % of two.
  assert(most > 2 && most <= 4, `${most} tasks at once`);
  assert.equal(scene.live().length, 2);
  const stopped = await scene.described(failing?.arn);
  assert.deepEqual(
    [stopped.stopCode, stopped.stoppedReason],
    ['ServiceSchedulerInitiated', 'Task failed container health checks'],
  );
  assert((await scene.messages()).includes(`(service api) (task ${failing?.id}) failed container health checks.`));
});

test('launches that keep failing wait longer and longer, until one runs or another revision comes', async () => {
  const scene = await openControllerScene();
  scene.conduct = 'fails';
  await scene.create({ desiredCount: 3 });
  const launchedAt: number[] = [];
  const startedAt = scene.clock.now();
  await scene.pass(400_000);
  for (const task of scene.store.view((reader) => [...reader.list(tasks)])) {
    const second = Math.round((task.createdAt - startedAt) / 1000);
    if (!launchedAt.includes(second)) launchedAt.push(second);
  }
  launchedAt.sort((a, b) => a - b);
  const waits = launchedAt.slice(1).map((at, index) => at - (launchedAt[index] ?? 0));
  for (const [index, wait] of waits.entries()) {
    const expected = 10 * 2 ** index;
    assert(wait >= expected && wait <= expected + 10, `${waits.join(', ')} seconds`);
  }
  assert(waits.length >= 4);
  const failing = await scene.describe();
  assert.equal(failing.deployments?.[0]?.failedTasks, launchedAt.length * 3);
  assert((await scene.messages()).some((message) => message.includes('is unable to consistently start tasks')));
  scene.conduct = 'runs';
  await scene.define();
  await scene.update({ taskDefinition: 'web:2' });
  await scene.pass(5_000);
  assert.deepEqual([scene.live().length, scene.service().failedLaunches], [3, 0]);
  assert.equal((await scene.describe()).deployments?.[0]?.failedTasks, 0);
});

test('a draining instance is left: tasks that start at once, tasks that run as they are replaced', async () => {
  const scene = await openControllerScene(3);
  await scene.create({ desiredCount: 3 });
  await scene.pass(60_000);
  const leaving = scene.live()[0]?.containerInstanceArn ?? '';
  await scene.ask(updateContainerInstancesState, { containerInstances: [leaving], status: 'DRAINING' });
  await scene.pass(100_000, () => {
    assert(
      scene.live().filter((task) => task.lastStatus === 'RUNNING' && task.desiredStatus === 'RUNNING').length >= 3,
    );
  });
  assert.deepEqual([scene.live().length, scene.service().isSteady], [3, true]);
  assert(scene.live().every((task) => task.containerInstanceArn !== leaving));
});

test('a DAEMON service has one task on each instance that matches', async () => {
  const scene = await openControllerScene(3);
  await scene.create({ schedulingStrategy: 'DAEMON', desiredCount: undefined });
  await scene.pass(60_000);
  const hosts = (): readonly (string | undefined)[] => scene.live().map((task) => task.containerInstanceArn);
  assert.deepEqual([hosts().length, new Set(hosts()).size, scene.service().desiredCount], [3, 3, 3]);
  assert.equal((await scene.describe()).deployments?.[0]?.rolloutState, 'COMPLETED');
  await scene.host(4);
  await scene.pass(60_000);
  assert.deepEqual([new Set(hosts()).size, scene.service().desiredCount], [4, 4]);
  const leaving = hosts()[0] ?? '';
  await scene.ask(updateContainerInstancesState, { containerInstances: [leaving], status: 'DRAINING' });
  await scene.pass(60_000);
  assert.deepEqual([hosts().length, hosts().includes(leaving), scene.service().desiredCount], [3, false, 3]);
  await scene.define();
  await scene.update({ taskDefinition: 'web:2' });
  await scene.pass(60_000, () => assert.equal(new Set(hosts()).size, hosts().length, 'never two on one instance'));
  assert(scene.live().every((task) => task.revision === 2));
  assert.deepEqual([hosts().length, scene.service().isSteady], [3, true]);
});

test('a deleted service stops its tasks and is INACTIVE then', async () => {
  const scene = await openControllerScene();
  await scene.create({ desiredCount: 3 });
  await scene.pass(10_000);
  scene.conduct = 'slow';
  await scene.ask(deleteService, { service: 'api', force: true });
  await scene.pass(10_000);
  assert.deepEqual([scene.live().length, scene.service().status], [0, 'INACTIVE']);
  assert.equal((await scene.describe()).deployments?.length, 0);
});

test('a cluster without room is told of once, and the tasks come when there is room', async () => {
  const scene = await openControllerScene(0);
  await scene.create({ desiredCount: 2 });
  await scene.pass(120_000);
  assert.deepEqual(await scene.messages(), [
    '(service api) was unable to place a task because no container instance met all of its requirements. Reason: No Container Instances were found in your cluster. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
  ]);
  await scene.host(1);
  await scene.pass(5_000);
  assert.equal(scene.live().length, 2);
});

test('in a full cluster old tasks make room, as far as the lower bound lets them', async () => {
  const scene = await openControllerScene(0);
  await scene.host(1, { cpuUnits: 400 });
  await scene.create({
    desiredCount: 4,
    deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 200 },
  });
  await scene.pass(60_000);
  await scene.define();
  await scene.update({ taskDefinition: 'web:2' });
  await scene.pass(300_000, () => {
    assert(
      scene.live().filter((task) => task.lastStatus === 'RUNNING' && task.desiredStatus === 'RUNNING').length >= 2,
    );
  });
  assert.deepEqual(
    scene.live().map((task) => task.revision),
    [2, 2, 2, 2],
  );
});

test('bounds that leave no move are said, and a new configuration helps at once', async () => {
  const scene = await openControllerScene();
  await scene.create({
    desiredCount: 1,
    // Half a task more is none more, and half a task less is one that must stay.
    deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 150 },
  });
  await scene.pass(60_000);
  await scene.define();
  await scene.update({ taskDefinition: 'web:2' });
  await scene.pass(120_000);
  const stuck = (await scene.messages()).filter((message) => message.includes('unable to stop or start tasks'));
  assert.equal(stuck.length, 1);
  assert.equal(scene.live()[0]?.revision, 1);
  await scene.update({ deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 200 } });
  await scene.pass(90_000);
  assert.deepEqual(
    scene.live().map((task) => task.revision),
    [2],
  );
});

test('protected tasks stay through a deployment until their protection ends', async () => {
  const scene = await openControllerScene();
  await scene.create({ desiredCount: 2 });
  await scene.pass(60_000);
  const [kept] = scene.live();
  await scene.ask(updateTaskProtection, {
    cluster: 'default',
    tasks: [kept?.arn ?? ''],
    protectionEnabled: true,
    expiresInMinutes: 5,
  });
  await scene.define();
  await scene.update({ taskDefinition: 'web:2' });
  await scene.pass(200_000);
  assert(scene.live().some((task) => task.arn === kept?.arn));
  assert.equal((await scene.describe()).deployments?.length, 2);
  await scene.pass(150_000);
  const done = await scene.describe();
  assert.deepEqual([done.deployments?.length, done.runningCount], [1, 2]);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeServiceDeployments } from '../operations/describe-service-deployments.ts';
import { stopTask } from '../operations/stop-task.ts';
import { openControllerScene } from '../controller-scene.test.ts';
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
    await scene.pass(200_000, () => {
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

test('a bad revision trips the circuit breaker at its threshold and goes back to tasks that never stopped', async () => {
  const scene = await openControllerScene();
  await scene.create({
    desiredCount: 4,
    deploymentConfiguration: {
      minimumHealthyPercent: 50,
      maximumPercent: 125,
      deploymentCircuitBreaker: { enable: true, rollback: true },
    },
  });
  await scene.pass(60_000);
  const steady = await scene.describe();
  await scene.define();
  scene.conduct = (task) => (task.revision === 2 ? 'fails' : 'runs');
  await scene.update({ taskDefinition: 'web:2' });
  await scene.pass(120_000);
  const back = await scene.describe();
  assert.match(back.taskDefinition ?? '', /web:1$/);
  assert.deepEqual(
    [back.runningCount, back.deployments?.length, back.deployments?.[0]?.rolloutState],
    [4, 1, 'COMPLETED'],
  );
  assert.equal(back.deployments?.[0]?.id, steady.deployments?.[0]?.id);
  const failed = scene.store.view((reader) => [...reader.list(tasks)].filter((task) => task.revision === 2));
  // At 50/125 one starts, two old ones make room for two more: the first round fails all at once.
  assert(failed.length >= 3 && failed.length <= 4, `${failed.length} launches`);
  const { serviceDeployments: [deployment] = [] } = await scene.ask(describeServiceDeployments, {
    serviceDeploymentArns: [back.currentServiceDeployment ?? ''],
  });
  assert.deepEqual(
    [
      deployment?.status,
      deployment?.deploymentCircuitBreaker?.status,
      deployment?.deploymentCircuitBreaker?.failureCount,
    ],
    ['ROLLBACK_SUCCESSFUL', 'TRIGGERED', failed.length],
  );
  const messages = await scene.messages();
  const at = messages.findIndex((message) => /deployment failed: tasks failed to start\.$/.test(message));
  assert.equal(messages[at + 1], `(service api) rolling back to deployment ${steady.deployments?.[0]?.id}.`);
});

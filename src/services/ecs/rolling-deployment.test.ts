import assert from 'node:assert/strict';
import { test } from 'node:test';
import { putMetricAlarm } from '../cloudwatch/operations/put-metric-alarm.ts';
import { setAlarmState } from '../cloudwatch/operations/set-alarm-state.ts';
import { imageDigest, openControllerScene } from './controller-scene.test.ts';
import { describeServiceDeployments } from './operations/describe-service-deployments.ts';
import { listServiceDeployments } from './operations/list-service-deployments.ts';
import { stopServiceDeployment } from './operations/stop-service-deployment.ts';
import { waitingEvents } from './outbox-tables.ts';
import { tasks } from './tables.ts';

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
  const begun = scene.store
    .view(waitingEvents)
    .filter(({ detailType, detail }) => detailType === 'ECS Deployment State Change' && detail['eventType'] === 'INFO');
  const { id = '' } = steady.deployments?.[0] ?? {};
  assert.deepEqual(
    begun.slice(-2).map(({ detail }) => [detail['eventName'], detail['deploymentId'], detail['reason']]),
    [
      ['SERVICE_DEPLOYMENT_IN_PROGRESS', id, `ECS deployment circuit breaker: rolling back to deploymentId ${id}.`],
      ['SERVICE_DEPLOYMENT_COMPLETED', id, `ECS deployment ${id} completed.`],
    ],
  );
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
  const at = messages.findIndex((message) => message.endsWith('deployment failed: tasks failed to start.'));
  assert.equal(messages[at + 1], `(service api) rolling back to deployment ${steady.deployments?.[0]?.id}.`);
});

const checked = { command: ['CMD', 'true'], interval: 5, timeout: 2, retries: 1, startPeriod: 0 };

test('failed health checks count for the breaker once a task has run, and the grace period hides them', async () => {
  const scene = await openControllerScene();
  await scene.define({ containerDefinitions: [{ name: 'app', image: 'busybox', memory: 128, healthCheck: checked }] });
  scene.conduct = 'unhealthy';
  await scene.create({
    desiredCount: 1,
    healthCheckGracePeriodSeconds: 60,
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
  });
  await scene.pass(60_000);
  assert.equal(scene.live().length, 1);
  assert.equal((await scene.describe()).deployments?.[0]?.failedTasks, 0);
  await scene.pass(300_000);
  const { deployments: [deployment] = [], runningCount } = await scene.describe();
  // There is nothing to go back to: it stands still.
  assert.deepEqual(
    [deployment?.rolloutState, deployment?.rolloutStateReason, deployment?.failedTasks, runningCount],
    ['FAILED', 'ECS deployment circuit breaker: tasks failed container health checks.', 1, 0],
  );
  const all = scene.store.view((reader) => [...reader.list(tasks)]);
  assert.equal(all.length, 3);
});

test('an image is pinned to what the first task of the revision has run', async () => {
  const scene = await openControllerScene();
  await scene.create({ desiredCount: 1 });
  await scene.pass(10_000);
  assert.equal(scene.live()[0]?.containers[0]?.pinnedDigest, undefined);
  await scene.update({ desiredCount: 2 });
  await scene.pass(10_000);
  const later = scene.live().find((task) => task.containers[0]?.pinnedDigest !== undefined);
  assert.deepEqual([later?.containers[0]?.image, later?.containers[0]?.pinnedDigest], ['busybox', imageDigest]);
});

test('an alarm that goes off during a deployment or its bake time takes it back', async () => {
  const scene = await openControllerScene();
  const alarm = {
    AlarmName: 'errors',
    MetricName: 'Errors',
    Namespace: 'api',
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 2,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanThreshold',
  } as const;
  const context = { call: scene.call, store: scene.store, parts: undefined };
  await putMetricAlarm(alarm, context);
  await scene.create({
    desiredCount: 2,
    deploymentConfiguration: { alarms: { alarmNames: ['errors'], enable: true, rollback: true } },
  });
  await scene.pass(60_000);
  // It bakes for as long as its alarm looks back.
  assert.equal((await scene.describe()).deployments?.[0]?.rolloutState, 'IN_PROGRESS');
  await scene.pass(120_000);
  assert.equal((await scene.describe()).deployments?.[0]?.rolloutState, 'COMPLETED');
  await scene.define();
  await scene.update({ taskDefinition: 'web:2' });
  await scene.pass(100_000);
  assert(scene.live().every((task) => task.revision === 2));
  await setAlarmState({ AlarmName: 'errors', StateValue: 'ALARM', StateReason: 'test' }, context);
  await scene.pass(100_000);
  const back = await scene.describe();
  assert(scene.live().every((task) => task.revision === 1));
  assert.deepEqual([back.runningCount, back.deployments?.[0]?.rolloutState], [2, 'COMPLETED']);
  // In ALARM already when the next deployment begins: no alarm says anything about that one.
  await putMetricAlarm({ ...alarm, AlarmName: 'latency' }, context);
  const alarms = { alarmNames: ['latency', 'errors'], enable: true, rollback: true };
  await scene.update({ taskDefinition: 'web:2', deploymentConfiguration: { alarms } });
  await setAlarmState({ AlarmName: 'latency', StateValue: 'ALARM', StateReason: 'test' }, context);
  await scene.pass(60_000);
  assert(scene.live().every((task) => task.revision === 2));
  const { deployments: [done] = [], currentServiceDeployment = '' } = await scene.describe();
  assert.equal(done?.rolloutState, 'COMPLETED', 'and nothing bakes for them');
  const { serviceDeployments: [shown] = [] } = await scene.ask(describeServiceDeployments, {
    serviceDeploymentArns: [currentServiceDeployment],
  });
  assert.deepEqual([shown?.alarms?.status, shown?.alarms?.triggeredAlarmNames], ['DISABLED', []]);
});

test('a bake time that is asked for takes the place of the one that the alarms give', async () => {
  const scene = await openControllerScene();
  const alarm = { AlarmName: 'errors', MetricName: 'Errors', Namespace: 'api', Statistic: 'Sum' } as const;
  const rule = { Period: 3600, EvaluationPeriods: 1, Threshold: 1 } as const;
  const context = { call: scene.call, store: scene.store, parts: undefined };
  await putMetricAlarm({ ...alarm, ...rule, ComparisonOperator: 'GreaterThanThreshold' }, context);
  const alarms = { alarmNames: ['errors'], enable: true, rollback: true };
  await scene.create({ desiredCount: 1, deploymentConfiguration: { alarms, bakeTimeInMinutes: 2 } });
  const state = async () => (await scene.describe()).deployments?.[0]?.rolloutState;
  await scene.pass(150_000);
  assert.equal(await state(), 'IN_PROGRESS');
  await scene.pass(20_000);
  assert.equal(await state(), 'COMPLETED');
});

test('a deployment can be stopped with a roll-back that nobody configured', async () => {
  const scene = await openControllerScene();
  await scene.create({ desiredCount: 2 });
  await scene.pass(60_000);
  await scene.define();
  await scene.update({ taskDefinition: 'web:2' });
  await scene.pass(5_000);
  const { serviceDeployments: [brief] = [] } = await scene.ask(listServiceDeployments, { service: 'api' });
  await scene.ask(stopServiceDeployment, { serviceDeploymentArn: brief?.serviceDeploymentArn ?? '' });
  await scene.pass(60_000);
  const { serviceDeployments: [after] = [] } = await scene.ask(listServiceDeployments, { service: 'api' });
  assert.deepEqual([after?.status, after?.serviceDeploymentArn], ['ROLLBACK_SUCCESSFUL', brief?.serviceDeploymentArn]);
  assert.deepEqual(
    scene.live().map((task) => task.revision),
    [1, 1],
  );
});

test('an update during a deployment takes its place', async () => {
  const scene = await openControllerScene();
  await scene.create({ desiredCount: 3 });
  await scene.pass(60_000);
  for (const revision of [2, 3]) {
    await scene.define();
    await scene.update({ taskDefinition: `web:${revision}` });
    await scene.pass(5_000);
  }
  await scene.pass(120_000, () => {
    assert(
      scene.live().filter((task) => task.lastStatus === 'RUNNING' && task.desiredStatus === 'RUNNING').length >= 3,
    );
  });
  assert.deepEqual(
    scene.live().map((task) => task.revision),
    [3, 3, 3],
  );
  const { serviceDeployments = [] } = await scene.ask(listServiceDeployments, { service: 'api' });
  assert.deepEqual(
    serviceDeployments.map(({ status }) => status),
    ['SUCCESSFUL', 'STOPPED', 'SUCCESSFUL'],
  );
});

/** Blue/green, linear and canary deployments within the bounds of their service, whatever goes wrong meanwhile. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { putMetricAlarm } from '../../cloudwatch/operations/put-metric-alarm.ts';
import { setAlarmState } from '../../cloudwatch/operations/set-alarm-state.ts';
import { stopServiceDeployment } from '../operations/stop-service-deployment.ts';
import { updateService } from '../operations/update-service.ts';
import { type TaskRecord, tasks } from '../tables.ts';
import { type FleetScene, openFleetScene } from './fleet-scene.test.ts';

const minute = 60_000;
/** The two hosts of the scene hold three tasks each of this size: blue and green of three tasks fill them. */
const large = { name: 'app', image: 'busybox:3', cpu: 5_000, memory: 128 };

/** Tasks that are wanted and have run for 40 seconds, by the revision of their definition. */
function healthy(scene: FleetScene): readonly TaskRecord[] {
  const since = scene.clock.now() - 40_000;
  return scene
    .live()
    .filter(
      ({ desiredStatus, lastStatus, startedAt }) =>
        desiredStatus === 'RUNNING' && lastStatus === 'RUNNING' && (startedAt ?? since + 1) <= since,
    );
}

/** Time goes by, and `count` is taken each time that a task has changed: the least and the most of it. */
async function extremes(scene: FleetScene, ms: number, count: () => number): Promise<readonly [number, number]> {
  const seen = [count()];
  const stopWatching = scene.store().watch(tasks, () => void seen.push(count()));
  await scene.pass(ms);
  stopWatching();
  return [Math.min(...seen), Math.max(...seen)];
}

/** The fewest healthy tasks at any moment while time goes by. */
async function fewestHealthy(scene: FleetScene, ms: number): Promise<number> {
  const [fewest] = await extremes(scene, ms, () => healthy(scene).length);
  return fewest;
}

/** A settled blue of three large tasks, of which one has died and cannot be replaced, and a green that is healthy. */
async function crippledBlue(): Promise<FleetScene> {
  const scene = await openFleetScene();
  await scene.scene.define({ containerDefinitions: [large] });
  await scene.scene.define({ containerDefinitions: [large] });
  await scene.create({
    taskDefinition: 'web:3',
    deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 60 },
  });
  await scene.ask(updateService, { service: 'web', taskDefinition: 'web:4' });
  await scene.pass(2 * minute);
  assert.deepEqual(scene.running(), { 3: 3, 4: 3 });
  scene.failing.add(3);
  await scene.crash(3);
  await scene.pass(5_000);
  assert.equal(healthy(scene).length, 5);
  return scene;
}

test('a roll-back to a fleet that has lost tasks keeps as many of the other as the lower bound asks for', async () => {
  const scene = await crippledBlue();
  await scene.ask(stopServiceDeployment, { serviceDeploymentArn: scene.deployment().arn });
  assert.equal(await fewestHealthy(scene, 10 * minute), 3);
  assert.deepEqual(scene.running(), { 3: 2, 4: 1 }, 'one of green serves for the one that blue has lost');
  assert.equal((await scene.described()).status, 'ROLLBACK_IN_PROGRESS');
  scene.failing.clear();
  assert.equal(await fewestHealthy(scene, 20 * minute), 3);
  assert.deepEqual(scene.running(), { 3: 3 });
  assert.equal((await scene.described()).status, 'ROLLBACK_SUCCESSFUL');
});

test('more tasks wanted in the middle of a roll-back stop none that are healthy', async () => {
  const scene = await crippledBlue();
  await scene.ask(updateService, { service: 'web', desiredCount: 5 });
  await scene.ask(stopServiceDeployment, { serviceDeploymentArn: scene.deployment().arn });
  const before = healthy(scene).length;
  assert.equal(await fewestHealthy(scene, 5 * minute), before);
});

test('a service whose steady revision does not start any more is deployed anew beside what an unfinished deployment left', async () => {
  const scene = await crippledBlue();
  await scene.crash(3);
  await scene.pass(minute);
  assert.deepEqual(scene.running(), { 3: 1, 4: 3 });
  await scene.scene.define({ containerDefinitions: [large] });
  await scene.ask(updateService, { service: 'web', taskDefinition: 'web:5' });
  assert.equal((await scene.described()).lifecycleStage, 'RECONCILE_SERVICE');
  assert.equal(await fewestHealthy(scene, 2 * minute), 3);
  assert.equal((await scene.described()).lifecycleStage, 'BAKE_TIME');
  assert.deepEqual(
    scene.running(),
    { 3: 1, 5: 3 },
    'what was left between the two has gone when it was needed no more',
  );
});

test('blue and green together are never more than 200 %', async () => {
  const healthCheck = { command: ['CMD', 'true'] };
  const checked = { ...large, cpu: 100, healthCheck };
  const scene = await openFleetScene();
  await scene.scene.define({ containerDefinitions: [checked] });
  await scene.scene.define({ containerDefinitions: [checked] });
  const deploymentConfiguration = { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 30, maximumPercent: 200 } as const;
  await scene.create({ taskDefinition: 'web:3', deploymentConfiguration });
  await scene.health(3, 'HEALTHY');
  await scene.pass(minute);
  await scene.health(3, 'UNHEALTHY');
  await scene.ask(updateService, { service: 'web', taskDefinition: 'web:4' });
  const most = async (): Promise<number> => {
    const wanted = (): number => scene.live().filter(({ desiredStatus }) => desiredStatus === 'RUNNING').length;
    const [, highest] = await extremes(scene, minute, wanted);
    return highest;
  };
  assert.equal(await most(), 6);
  await scene.health(4, 'HEALTHY');
  assert.equal(await most(), 6);
  await scene.health(3, 'UNHEALTHY');
  assert.equal(await most(), 6);
  await scene.health(3, 'HEALTHY');
  assert.equal(await most(), 6);
  assert.deepEqual(scene.running(), { 3: 3, 4: 3 });
});

test('a deployment without room says so once, and goes on as soon as there is some', async () => {
  const scene = await crippledBlue();
  await scene.ask(stopServiceDeployment, { serviceDeploymentArn: scene.deployment().arn });
  scene.failing.clear();
  await scene.pass(10 * minute);
  assert.deepEqual(scene.running(), { 3: 3 });
  await scene.ask(updateService, { service: 'web', desiredCount: 4 });
  await scene.pass(minute);
  // Six fit: two of green do not.
  await scene.ask(updateService, { service: 'web', taskDefinition: 'web:4' });
  await scene.pass(9 * minute + 7_000);
  assert.deepEqual(scene.running(), { 3: 4, 4: 2 });
  const { events = [] } = await scene.show();
  const told = events.filter(({ message = '' }) => message.includes('was unable to place a task'));
  assert.equal(told.length, 1, told.map(({ message }) => message).join('\n'));
  await scene.scene.host(3, { cpuUnits: 16_384, memoryMiB: 16_384 });
  await scene.pass(1_000);
  assert.deepEqual(scene.running(), { 3: 4, 4: 4 }, 'it did not wait for a timer');
});

test('an alarm that was in ALARM when a deployment in stages began does not take it back', async () => {
  const alarms = { alarmNames: ['errors'], enable: true, rollback: true };
  const scene = await openFleetScene();
  await scene.create({ deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5 } });
  const context = { call: scene.scene.call, store: scene.store(), parts: undefined };
  const alarm = {
    AlarmName: 'errors',
    MetricName: 'Errors',
    Namespace: 'App',
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanThreshold',
  } as const;
  await putMetricAlarm(alarm, context);
  await setAlarmState({ AlarmName: 'errors', StateValue: 'ALARM', StateReason: 'before' }, context);
  await scene.pass(1_000);
  await scene.ask(updateService, {
    service: 'web',
    taskDefinition: 'web:2',
    deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5, alarms },
  });
  await scene.pass(10 * minute);
  const { status, alarms: seen } = await scene.described();
  assert.deepEqual([status, seen?.triggeredAlarmNames], ['SUCCESSFUL', []]);
});

test('green waits while protected tasks of blue leave it no room within 200 %', async () => {
  const scene = await openFleetScene();
  await scene.create();
  await scene.store().update((tx, env) => {
    for (const task of scene.live()) tx.put(tasks, { ...task, protectedUntil: env.now + 30 * minute });
  });
  await scene.ask(updateService, { service: 'web', desiredCount: 2 });
  await scene.pass(minute);
  assert.deepEqual(scene.running(), { 1: 3 });
  await scene.ask(updateService, { service: 'web', taskDefinition: 'web:2' });
  await scene.pass(2 * minute);
  assert.deepEqual(scene.running(), { 1: 3, 2: 1 });
  await scene.pass(32 * minute);
  assert.deepEqual(scene.running(), { 1: 2, 2: 2 });
  assert.equal((await scene.described()).lifecycleStage, 'BAKE_TIME');
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DeploymentConfiguration } from '@aws-sdk/client-ecs';
import { putMetricAlarm } from '../../cloudwatch/operations/put-metric-alarm.ts';
import { setAlarmState } from '../../cloudwatch/operations/set-alarm-state.ts';
import { continueServiceDeployment } from '../operations/continue-service-deployment.ts';
import { stopServiceDeployment } from '../operations/stop-service-deployment.ts';
import { updateService } from '../operations/update-service.ts';
import { type Kept, tasks } from '../tables.ts';
import {
  type FleetScene,
  type FleetSceneOptions,
  openFleetScene,
  shownDeployments,
  TrafficRecorder,
} from './fleet-scene.test.ts';

const minute = 60_000;

/** A settled service of web:1 that has just been asked for web:2. */
async function deploying(
  deploymentConfiguration: Kept<DeploymentConfiguration> = {},
  prepare: (scene: FleetScene) => void = () => undefined,
  options: FleetSceneOptions = {},
): Promise<FleetScene> {
  const scene = await openFleetScene(options);
  await scene.create();
  prepare(scene);
  await scene.ask(updateService, { service: 'web', taskDefinition: 'web:2', deploymentConfiguration });
  return scene;
}

async function messages(scene: FleetScene): Promise<readonly string[]> {
  const { events = [] } = await scene.show();
  return events.map(({ message = '' }) => message).reverse();
}

test('the first deployment has nothing to bake beside and completes when all tasks are healthy', async () => {
  const scene = await openFleetScene();
  await scene.create();
  const service = await scene.show();
  assert.deepEqual(shownDeployments(service), [['PRIMARY', 1, 'COMPLETED']]);
  assert.deepEqual(scene.running(), { 1: 3 });
  const { status, finishedAt } = await scene.described();
  assert.equal(status, 'SUCCESSFUL');
  assert.ok(finishedAt);
});

test('blue/green runs both fleets while it bakes and then stops blue', async () => {
  const scene = await deploying();
  await scene.pass(20_000);
  assert.equal((await scene.described()).lifecycleStage, 'SCALE_UP', 'green is not healthy for 40 seconds');
  assert.deepEqual(scene.running(), { 1: 3, 2: 3 });
  assert.deepEqual(shownDeployments(await scene.show()), [
    ['PRIMARY', 2, 'IN_PROGRESS'],
    ['ACTIVE', 1, 'COMPLETED'],
  ]);
  await scene.pass(4 * minute);
  const baking = await scene.described();
  assert.deepEqual([baking.status, baking.lifecycleStage], ['IN_PROGRESS', 'BAKE_TIME']);
  assert.deepEqual(scene.running(), { 1: 3, 2: 3 });
  await scene.pass(2 * minute);
  assert.deepEqual(scene.running(), { 2: 3 });
  assert.equal((await scene.described()).status, 'SUCCESSFUL');
  assert.deepEqual(shownDeployments(await scene.show()), [['PRIMARY', 2, 'COMPLETED']]);
  const { id } = (await scene.show()).deployments?.[0] ?? {};
  assert.deepEqual((await messages(scene)).slice(-2), [
    `(service web) (deployment ${id}) deployment completed.`,
    '(service web) has reached a steady state.',
  ]);
});

test('crashed tasks of both fleets are replaced while a deployment bakes', async () => {
  const scene = await deploying();
  await scene.pass(2 * minute);
  await scene.crash(1);
  await scene.crash(2);
  await scene.pass(minute);
  assert.deepEqual(scene.running(), { 1: 3, 2: 3 });
});

test('both fleets follow the desired count of the service', async () => {
  const scene = await deploying({ bakeTimeInMinutes: 60 });
  await scene.pass(2 * minute);
  await scene.ask(updateService, { service: 'web', desiredCount: 5 });
  await scene.pass(minute);
  assert.deepEqual(scene.running(), { 1: 5, 2: 5 });
  await scene.ask(updateService, { service: 'web', desiredCount: 2 });
  await scene.pass(minute);
  assert.deepEqual(scene.running(), { 1: 2, 2: 2 });
});

describe('the way back', () => {
  test('a user may ask for it, and the service is as before', async () => {
    const scene = await deploying();
    await scene.pass(2 * minute);
    const before = scene.live().filter(({ revision }) => revision === 1);
    await scene.ask(stopServiceDeployment, { serviceDeploymentArn: scene.deployment().arn });
    await scene.pass(minute);
    const { status, rollback } = await scene.described();
    assert.equal(status, 'ROLLBACK_SUCCESSFUL');
    const service = await scene.show();
    assert.equal(rollback?.serviceRevisionArn, service.currentServiceRevisions?.[0]?.arn);
    assert.match(service.taskDefinition ?? '', /web:1$/);
    assert.deepEqual(shownDeployments(service), [['PRIMARY', 1, 'COMPLETED']]);
    assert.deepEqual(scene.running(), { 1: 3 });
    assert.deepEqual(
      scene.live().map(({ arn }) => arn),
      before.map(({ arn }) => arn),
      'blue was there all the time',
    );
  });

  test('a green that cannot start trips the circuit breaker', async () => {
    const deploymentCircuitBreaker = { enable: true, rollback: true };
    const scene = await deploying({ deploymentCircuitBreaker }, ({ failing }) => failing.add(2));
    await scene.pass(10 * minute);
    const described = await scene.described();
    assert.deepEqual(
      [described.status, described.deploymentCircuitBreaker?.status],
      ['ROLLBACK_SUCCESSFUL', 'TRIGGERED'],
    );
    assert.deepEqual(scene.running(), { 1: 3 });
    const said = await messages(scene);
    assert.ok(said.some((message) => message.endsWith('deployment failed: tasks failed to start.')));
    assert.ok(said.some((message) => message.includes('rolling back to deployment')));
  });

  test('one that goes back to what does not come up any more fails, and what runs stays', async () => {
    const timeoutConfiguration = { timeoutInMinutes: 2 };
    const scene = await deploying({
      deploymentCircuitBreaker: { enable: true, rollback: true },
      lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['POST_SCALE_UP'], timeoutConfiguration }],
    });
    await scene.pass(minute);
    scene.failing.add(1);
    for (let crashed = 0; crashed < 3; crashed += 1) await scene.crash(1);
    await scene.pass(20 * minute);
    const { status, statusReason } = await scene.described();
    assert.deepEqual([status, statusReason], ['ROLLBACK_FAILED', 'Tasks failed to start.']);
    assert.deepEqual(shownDeployments(await scene.show()), [
      ['PRIMARY', 1, 'FAILED'],
      ['ACTIVE', 2, 'FAILED'],
    ]);
    assert.deepEqual(scene.running(), { 2: 3 }, 'nothing else is left to keep the lower bound');
  });

  test('without a circuit breaker it fails after a day', async () => {
    const scene = await deploying({}, ({ failing }) => failing.add(2));
    await scene.pass(23 * 60 * minute);
    assert.equal((await scene.described()).lifecycleStage, 'SCALE_UP');
    await scene.pass(2 * 60 * minute);
    const { status, statusReason } = await scene.described();
    assert.deepEqual(
      [status, statusReason],
      ['ROLLBACK_SUCCESSFUL', 'Lifecycle stage SCALE_UP did not complete within 24 hours.'],
    );
  });

  test('a first deployment has none: it stalls', async () => {
    const scene = await openFleetScene();
    scene.failing.add(1);
    await scene.create({
      deploymentConfiguration: {
        strategy: 'BLUE_GREEN',
        bakeTimeInMinutes: 1,
        deploymentCircuitBreaker: { enable: true, rollback: true },
      },
    });
    await scene.pass(10 * minute);
    const { status, statusReason } = await scene.described();
    assert.equal(status, 'ROLLBACK_FAILED');
    assert.equal(statusReason, 'Tasks failed to start. No rollback candidate was found to run the rollback.');
    const launched = scene.live().length;
    await scene.pass(60 * minute);
    assert.equal(scene.live().length, launched);
    assert.deepEqual(shownDeployments(await scene.show()), [['PRIMARY', 1, 'FAILED']]);
  });
});

describe('lifecycle hooks', () => {
  const pausing = (stage: 'POST_SCALE_UP' | 'PRE_PRODUCTION_TRAFFIC_SHIFT'): Kept<DeploymentConfiguration> => ({
    bakeTimeInMinutes: 1,
    lifecycleHooks: [
      { targetType: 'PAUSE', lifecycleStages: [stage], timeoutConfiguration: { timeoutInMinutes: 20_160 } },
    ],
  });

  test('a pause shows its hook and waits until it is answered', async () => {
    const scene = await deploying(pausing('POST_SCALE_UP'));
    await scene.pass(60 * minute);
    const { lifecycleStage, lifecycleHookDetails: [hook, ...others] = [] } = await scene.described();
    assert.equal(lifecycleStage, 'POST_SCALE_UP');
    assert.deepEqual([hook?.status, hook?.targetType, hook?.timeoutAction], ['AWAITING_ACTION', 'PAUSE', 'ROLLBACK']);
    assert.deepEqual(others, []);
    assert(hook?.hookId);
    const { arn } = scene.deployment();
    await scene.ask(continueServiceDeployment, { serviceDeploymentArn: arn, hookId: hook.hookId });
    await scene.pass(3 * minute);
    const { status, stages } = scene.deployment();
    assert.deepEqual([status, stages?.hooks[0]?.status], ['SUCCESSFUL', 'SUCCEEDED']);
    assert.deepEqual(scene.running(), { 2: 3 });
  });

  test('a pause may be answered with the way back', async () => {
    const scene = await deploying(pausing('PRE_PRODUCTION_TRAFFIC_SHIFT'));
    await scene.pass(2 * minute);
    const { lifecycleStage, lifecycleHookDetails: [hook] = [] } = await scene.described();
    assert.equal(lifecycleStage, 'PRODUCTION_TRAFFIC_SHIFT');
    assert(hook?.hookId);
    const { arn } = scene.deployment();
    await scene.ask(continueServiceDeployment, { serviceDeploymentArn: arn, hookId: hook.hookId, action: 'ROLLBACK' });
    await scene.pass(minute);
    assert.equal((await scene.described()).status, 'ROLLBACK_SUCCESSFUL');
    assert.deepEqual(scene.running(), { 1: 3 });
  });
});

test('a deployment in the middle of another leaves the fleet between them, and goes back to what was steady', async () => {
  const scene = await deploying({ bakeTimeInMinutes: 60 });
  await scene.pass(2 * minute);
  await scene.scene.define({ containerDefinitions: [{ name: 'app', image: 'busybox:3', cpu: 100, memory: 128 }] });
  await scene.ask(updateService, { service: 'web', taskDefinition: 'web:3' });
  const reconciling = await scene.described();
  assert.equal(reconciling.lifecycleStage, 'RECONCILE_SERVICE');
  assert.equal(reconciling.sourceServiceRevisions?.length, 2);
  await scene.pass(2 * minute);
  assert.deepEqual(scene.running(), { 1: 3, 3: 3 });
  assert.equal((await scene.described()).lifecycleStage, 'BAKE_TIME');
  await scene.ask(stopServiceDeployment, { serviceDeploymentArn: scene.deployment().arn });
  await scene.pass(minute);
  assert.deepEqual(scene.running(), { 1: 3 });
  assert.deepEqual(shownDeployments(await scene.show()), [['PRIMARY', 1, 'COMPLETED']]);
});

test('a server that crashes at every stage brings a deployment to the same end', async () => {
  const stages: string[] = [];
  const scene = await deploying({
    strategy: 'LINEAR',
    bakeTimeInMinutes: 3,
    linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 2 },
  });
  for (let rounds = 0; rounds < 200 && scene.deployment().finishedAt === undefined; rounds += 1) {
    const { stage, productionWeight } = scene.deployment().stages ?? {};
    const line = `${stage} ${productionWeight}`;
    if (stages.at(-1) !== line) stages.push(line);
    await scene.restart();
    await scene.pass(7_000);
  }
  assert.equal((await scene.described()).status, 'SUCCESSFUL');
  assert.deepEqual(scene.running(), { 2: 3 });
  assert.ok(stages.includes('PRODUCTION_TRAFFIC_SHIFT 50') && stages.includes('BAKE_TIME 100'), stages.join(', '));
});

test('a service at rest is written no more', async () => {
  const scene = await deploying({ bakeTimeInMinutes: 1 });
  await scene.pass(5 * minute);
  const { commits } = scene.scene.journal;
  await scene.pass(30 * minute);
  assert.equal(scene.scene.journal.commits, commits);
});

describe('traffic', () => {
  /** A deployment whose tasks stand behind a load balancer with a rule for test traffic. */
  async function balanced(
    recorder: TrafficRecorder,
    configuration: Kept<DeploymentConfiguration> = {},
  ): Promise<FleetScene> {
    const scene = await deploying(configuration, undefined, { reconcilers: [recorder.reconciler] });
    await scene.balance();
    recorder.shifts.length = 0;
    return scene;
  }

  test('goes over as the deployment says, test before production', async () => {
    const recorder = new TrafficRecorder();
    const linearConfiguration = { stepPercent: 40, stepBakeTimeInMinutes: 1 };
    const scene = await balanced(recorder, { strategy: 'LINEAR', bakeTimeInMinutes: 1, linearConfiguration });
    await scene.pass(10 * minute);
    assert.equal((await scene.described()).status, 'SUCCESSFUL');
    assert.deepEqual(recorder.shifts, [
      [0, 0],
      [0, 100],
      [40, 100],
      [80, 100],
      [100, 100],
    ]);
  });

  test('holds the deployment up until it is where it is wanted', async () => {
    const recorder = new TrafficRecorder();
    const scene = await balanced(recorder);
    recorder.isHeldUp = true;
    await scene.pass(60 * minute);
    const waiting = await scene.described();
    assert.equal(waiting.lifecycleStage, 'TEST_TRAFFIC_SHIFT');
    assert.equal(waiting.targetServiceRevision?.requestedTestTrafficWeight, 100);
    recorder.isHeldUp = false;
    await scene.pass(2 * minute);
    assert.equal((await scene.described()).lifecycleStage, 'BAKE_TIME');
  });

  test('comes back before green is stopped', async () => {
    const recorder = new TrafficRecorder();
    const scene = await balanced(recorder, { bakeTimeInMinutes: 60 });
    await scene.pass(5 * minute);
    recorder.isHeldUp = true;
    await scene.ask(stopServiceDeployment, { serviceDeploymentArn: scene.deployment().arn });
    await scene.pass(10 * minute);
    assert.deepEqual(scene.running(), { 1: 3, 2: 3 }, 'green still serves');
    assert.equal((await scene.described()).status, 'ROLLBACK_IN_PROGRESS');
    recorder.isHeldUp = false;
    await scene.pass(2 * minute);
    assert.deepEqual(scene.running(), { 1: 3 });
    assert.deepEqual(recorder.shifts.at(-1), [0, 0]);
  });
});

test('green with a health check takes traffic when all of it is healthy, and a hanging check holds it up', async () => {
  const scene = await openFleetScene();
  await scene.create();
  await scene.scene.define({
    containerDefinitions: [
      { name: 'app', image: 'busybox:3', cpu: 100, memory: 128, healthCheck: { command: ['CMD', 'true'] } },
    ],
  });
  await scene.ask(updateService, { service: 'web', taskDefinition: 'web:3' });
  await scene.pass(10 * minute);
  assert.equal((await scene.described()).lifecycleStage, 'SCALE_UP');
  await scene.health(3, 'HEALTHY');
  await scene.pass(minute);
  assert.equal((await scene.described()).lifecycleStage, 'BAKE_TIME');
});

test('green whose health checks fail trips the circuit breaker', async () => {
  const deploymentCircuitBreaker = { enable: true, rollback: true };
  const scene = await openFleetScene();
  await scene.create({
    deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 1, deploymentCircuitBreaker },
  });
  await scene.scene.define({
    containerDefinitions: [
      { name: 'app', image: 'busybox:3', cpu: 100, memory: 128, healthCheck: { command: ['CMD', 'false'] } },
    ],
  });
  await scene.ask(updateService, { service: 'web', taskDefinition: 'web:3' });
  for (let rounds = 0; rounds < 10 && scene.deployment().finishedAt === undefined; rounds += 1) {
    await scene.pass(minute);
    await scene.health(3, 'UNHEALTHY');
  }
  const described = await scene.described();
  assert.deepEqual(
    [described.status, described.deploymentCircuitBreaker?.status],
    ['ROLLBACK_SUCCESSFUL', 'TRIGGERED'],
  );
  assert.deepEqual(scene.running(), { 1: 3 });
});

test('a protected task of blue is waited for', async () => {
  const scene = await deploying({ bakeTimeInMinutes: 1 });
  const [task] = scene.live().filter(({ revision }) => revision === 1);
  assert(task);
  await scene.store().update((tx, env) => tx.put(tasks, { ...task, protectedUntil: env.now + 60 * minute }));
  await scene.pass(30 * minute);
  assert.deepEqual(scene.running(), { 1: 1, 2: 3 });
  assert.equal((await scene.described()).lifecycleStage, 'CLEAN_UP');
  await scene.pass(45 * minute);
  assert.deepEqual(scene.running(), { 2: 3 });
  assert.equal((await scene.described()).status, 'SUCCESSFUL');
});

test('a deployment of more tasks than one transaction holds comes to its end', async () => {
  const scene = await openFleetScene();
  await scene.create({ desiredCount: 100 });
  await scene.ask(updateService, { service: 'web', taskDefinition: 'web:2' });
  await scene.pass(3 * minute);
  assert.deepEqual(scene.running(), { 1: 100, 2: 100 });
  await scene.pass(10 * minute);
  assert.deepEqual(scene.running(), { 2: 100 });
});

test('an alarm that goes off while a deployment bakes takes it back', async () => {
  const alarms = { alarmNames: ['errors'], enable: true, rollback: true };
  const scene = await deploying({ bakeTimeInMinutes: 60, alarms });
  await scene.pass(5 * minute);
  const context = { call: scene.scene.call, store: scene.store(), parts: undefined };
  await putMetricAlarm(
    {
      AlarmName: 'errors',
      MetricName: 'Errors',
      Namespace: 'App',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
    },
    context,
  );
  await setAlarmState({ AlarmName: 'errors', StateValue: 'ALARM', StateReason: 'test' }, context);
  await scene.pass(minute);
  const { status, alarms: seen } = await scene.described();
  assert.deepEqual([status, seen?.status, seen?.triggeredAlarmNames], ['ROLLBACK_SUCCESSFUL', 'TRIGGERED', ['errors']]);
  assert.deepEqual(scene.running(), { 1: 3 });
});

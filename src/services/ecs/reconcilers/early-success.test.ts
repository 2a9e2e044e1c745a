import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ControllerScene, openControllerScene } from '../controller-scene.test.ts';
import { describeServiceDeployments } from '../operations/describe-service-deployments.ts';
import { updateTaskProtection } from '../operations/update-task-protection.ts';

/** A settled service of four, and a revision of which every other task is slow to come. */
async function updated(
  sourceServiceRevisionCleanup: 'BLOCKING' | 'DEFERRED',
  prepare: (scene: ControllerScene) => Promise<void> = async () => undefined,
): Promise<ControllerScene> {
  const scene = await openControllerScene();
  const earlySuccessCriteria = { enable: true, healthyPercent: 50, sourceServiceRevisionCleanup };
  const deploymentConfiguration = { minimumHealthyPercent: 50, maximumPercent: 200, earlySuccessCriteria };
  await scene.create({ desiredCount: 4, deploymentConfiguration });
  await scene.pass(60_000);
  await prepare(scene);
  await scene.define();
  scene.conduct = (task) => (task.revision === 2 && slowOnes(scene).has(task.arn) ? 'slow' : 'runs');
  await scene.update({ taskDefinition: 'web:2' });
  await scene.pass(70_000);
  return scene;
}

function slowOnes(scene: ControllerScene): ReadonlySet<string> {
  const arns = scene
    .live()
    .filter(({ revision }) => revision === 2)
    .map(({ arn }) => arn);
  return new Set(arns.toSorted().slice(2));
}

async function stateOf(scene: ControllerScene) {
  const { deployments = [], currentServiceDeployment = '' } = await scene.describe();
  const { serviceDeployments: [shown] = [] } = await scene.ask(describeServiceDeployments, {
    serviceDeploymentArns: [currentServiceDeployment],
  });
  const running = [1, 2].map(
    (revision) => scene.live().filter((task) => task.revision === revision && task.lastStatus === 'RUNNING').length,
  );
  return { status: shown?.status, rolloutState: deployments[0]?.rolloutState, running, shown };
}

test('a deployment is complete with enough healthy tasks and none of its source, and the rest come afterwards', async () => {
  const scene = await updated('BLOCKING');
  const { shown, ...early } = await stateOf(scene);
  assert.deepEqual(early, { status: 'SUCCESSFUL', rolloutState: 'COMPLETED', running: [0, 2] });
  assert.equal(shown?.deploymentConfiguration?.earlySuccessCriteria?.healthyPercent, 50);
  assert.equal(scene.service().isSteady, false, 'two of its tasks are still to come');
  scene.conduct = 'runs';
  await scene.pass(60_000);
  const later = await stateOf(scene);
  assert.deepEqual(later.running, [0, 4]);
  const { runningTaskCount, requestedTaskCount, pendingTaskCount } = later.shown?.targetServiceRevision ?? {};
  assert.deepEqual([runningTaskCount, pendingTaskCount, requestedTaskCount], [2, 2, 4], 'as it was when it ended');
  const messages = await scene.messages();
  assert.equal(messages.at(-1), '(service api) has reached a steady state.');
});

const protect = async (scene: ControllerScene): Promise<void> => {
  const tasks = scene.live().map(({ arn }) => arn);
  await scene.ask(updateTaskProtection, { cluster: 'default', tasks, protectionEnabled: true, expiresInMinutes: 5 });
};

test('tasks of the source that will not go hold it back only where it is to wait for them', async () => {
  for (const [cleanup, status] of [
    ['BLOCKING', 'IN_PROGRESS'],
    ['DEFERRED', 'SUCCESSFUL'],
  ] as const) {
    const scene = await updated(cleanup, protect);
    const { shown: _shown, ...held } = await stateOf(scene);
    assert.deepEqual([held.status, held.running], [status, [4, 2]], cleanup);
    scene.conduct = 'runs';
    await scene.pass(360_000);
    const { shown: _after, ...left } = await stateOf(scene);
    assert.deepEqual(left, { status: 'SUCCESSFUL', rolloutState: 'COMPLETED', running: [0, 4] }, cleanup);
  }
});

test('what goes wrong after an early success is not taken back', async () => {
  const scene = await updated('DEFERRED');
  scene.conduct = (task) => (task.revision === 2 && task.lastStatus !== 'RUNNING' ? 'fails' : 'runs');
  await scene.pass(600_000);
  const { shown: _shown, ...after } = await stateOf(scene);
  assert.deepEqual(after, { status: 'SUCCESSFUL', rolloutState: 'COMPLETED', running: [0, 2] });
  scene.conduct = 'runs';
  await scene.pass(1_500_000);
  assert.deepEqual((await stateOf(scene)).running, [0, 4]);
});

/** What befalls many tasks of a service at once: no step writes more than a transaction holds. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ControllerScene, openControllerScene } from '../controller-scene.test.ts';
import { applyHealthReport, applyTaskReport } from '../rules/lifecycle.ts';
import { tasks } from '../tables.ts';

const checked = {
  containerDefinitions: [
    { name: 'app', image: 'busybox', cpu: 10, memory: 16, healthCheck: { command: ['CMD', 'true'] } },
  ],
};

/** All running tasks fail their health checks in one moment, and all that are on their way fail to start. */
async function storm(scene: ControllerScene): Promise<void> {
  await scene.store.update((tx, env) => {
    for (const task of scene.live()) {
      if (task.desiredStatus === 'STOPPED') continue;
      const containers = task.containers.map(({ name }) => ({ name, healthStatus: 'UNHEALTHY' }) as const);
      const isRunning = task.lastStatus === 'RUNNING';
      const report = { status: 'STOPPED', reason: 'CannotPullContainerError', containers: [] } as const;
      tx.put(tasks, isRunning ? applyHealthReport(task, containers, env.now) : applyTaskReport(task, report, env.now));
    }
  });
}

test('a deployment whose tasks all fail at once, those that run and those that start, trips its breaker and goes back', async () => {
  const scene = await openControllerScene();
  await scene.define(checked);
  scene.conduct = 'healthy';
  const percents = { minimumHealthyPercent: 100, maximumPercent: 200 };
  const breaker = { enable: true, rollback: true, thresholdConfiguration: { type: 'COUNT', value: 30 } } as const;
  const deploymentConfiguration = { ...percents, deploymentCircuitBreaker: breaker };
  await scene.create({ taskDefinition: 'web:2', desiredCount: 60, deploymentConfiguration });
  await scene.pass(60_000);
  assert.equal(scene.service().isSteady, true);
  for (let round = 0; round < 3; round += 1) {
    await storm(scene);
    await scene.pass(60_000);
  }
  assert.equal((await scene.describe()).events?.length, 100);
  await scene.define(checked);
  let started = 0;
  scene.conduct = (task) => (task.revision === 2 ? 'healthy' : (started += 1) <= 34 ? 'runs' : 'slow');
  await scene.update({ taskDefinition: 'web:3' });
  await scene.pass(5_000);
  const counts = Map.groupBy(scene.live(), ({ revision, lastStatus }) => `${revision} ${lastStatus}`);
  assert.deepEqual(
    ['2 RUNNING', '3 RUNNING', '3 PENDING'].map((kind) => counts.get(kind)?.length),
    [60, 34, 26],
  );
  await storm(scene);
  scene.conduct = (task) => (task.revision === 2 ? 'healthy' : 'fails');
  await scene.pass(300_000);
  assert.deepEqual(scene.errors(), []);
  const { deployments = [] } = await scene.describe();
  assert.deepEqual(
    deployments.map(({ taskDefinition, rolloutState, runningCount }) => [
      taskDefinition?.split(':').at(-1),
      rolloutState,
      runningCount,
    ]),
    [['2', 'COMPLETED', 60]],
  );
});

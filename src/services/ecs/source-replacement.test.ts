import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ControllerScene, openControllerScene } from './controller-scene.test.ts';
import { requestStop } from './rules/lifecycle.ts';
import { deployments } from './service-tables.ts';
import { type TaskRecord, tasks } from './tables.ts';

/** The tasks that are there, by the deployment they belong to: of the first one and of the second. */
async function openUpdate(more: Parameters<ControllerScene['create']>[0] = {}) {
  const scene = await openControllerScene(4);
  await scene.create({ desiredCount: 4, ...more });
  await scene.pass(60_000);
  const [first] = (await scene.describe()).deployments ?? [];
  assert.ok(first?.id);
  const old = first.id;
  const of = (isOld: boolean): readonly TaskRecord[] =>
    scene.live().filter((task) => (task.startedBy === old) === isOld && task.desiredStatus === 'RUNNING');
  const end = async (task: TaskRecord | undefined): Promise<void> => {
    assert(task);
    await scene.report(task.arn, { status: 'STOPPED', reason: 'Essential container in task exited' });
  };
  const shown = async (isOld: boolean) =>
    (await scene.describe()).deployments?.find((deployment) => (deployment.id === old) === isOld);
  return { scene, old, of, end, shown };
}

test('a task of the source that ends during a roll-out is replaced by one of the source, whatever becomes of the new ones', async () => {
  const { scene, old, of, end, shown } = await openUpdate();
  scene.conduct = ({ startedBy }) => (startedBy === old ? 'runs' : 'fails');
  await scene.update({ forceNewDeployment: true });
  await scene.pass(20_000);
  assert.deepEqual([of(true).length, (await shown(true))?.desiredCount, (await shown(true))?.status], [4, 4, 'ACTIVE']);
  await end(of(true)[0]);
  await scene.pass(20_000);
  assert.equal(of(true).length, 4);
  // It counts neither for the new deployment nor against it.
  assert.equal((await shown(true))?.failedTasks, 0);
  scene.conduct = 'runs';
  await scene.pass(150_000);
  assert.equal(of(true).length, 0);
  assert.equal(of(false).length, 4);
  assert.equal(scene.service().isSteady, true);
});

test('what the lower bound does not need of the source is replaced by the new deployment', async () => {
  const { scene, old, of, end, shown } = await openUpdate({
    deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 200 },
  });
  scene.conduct = ({ startedBy }) => (startedBy === old ? 'runs' : 'slow');
  await scene.update({ forceNewDeployment: true });
  await scene.pass(10_000);
  assert.deepEqual([of(true).length, of(false).length, (await shown(true))?.desiredCount], [2, 4, 2]);
  await end(of(true)[0]);
  await scene.pass(10_000);
  assert.deepEqual([of(true).length, of(false).length], [2, 4]);
});

test('what fails of the source when nothing runs any more is replaced also where the new deployment has failed for good', async () => {
  const deploymentCircuitBreaker = { enable: true, rollback: false };
  const { scene, old, of, end, shown } = await openUpdate({ deploymentConfiguration: { deploymentCircuitBreaker } });
  scene.conduct = ({ startedBy }) => (startedBy === old ? 'runs' : 'fails');
  await scene.update({ forceNewDeployment: true });
  await scene.pass(20_000);
  assert.equal((await shown(false))?.rolloutState, 'FAILED');
  assert.equal(of(true).length, 4);
  for (const task of of(true)) await end(task);
  await scene.pass(60_000);
  assert.deepEqual([of(true).length, of(false).length], [4, 0]);
  await scene.update({ desiredCount: 6 });
  await scene.pass(60_000);
  assert.deepEqual([of(true).length, (await shown(true))?.desiredCount], [6, 6]);
});

test('a service that is scaled out during a roll-out gets tasks of both', async () => {
  const { scene, old, of } = await openUpdate();
  scene.conduct = ({ startedBy }) => (startedBy === old ? 'runs' : 'slow');
  await scene.update({ forceNewDeployment: true });
  await scene.pass(10_000);
  await scene.update({ desiredCount: 7 });
  await scene.pass(10_000);
  assert.deepEqual([of(true).length, of(false).length], [7, 7]);
});

test('a replacement in the source that cannot start waits longer each time, and counts in its own deployment', async () => {
  const { scene, of, end, shown } = await openUpdate();
  scene.conduct = 'slow';
  await scene.update({ forceNewDeployment: true });
  await scene.pass(10_000);
  scene.conduct = ({ startedBy }) => (startedBy === of(true)[0]?.startedBy ? 'fails' : 'slow');
  await end(of(true)[0]);
  const made = new Set<string>();
  await scene.pass(150_000, () => {
    for (const { arn } of of(true)) made.add(arn);
  });
  assert.ok(made.size >= 5 && made.size <= 8, `${made.size} tasks of the source`);
  assert.ok(((await shown(true))?.failedTasks ?? 0) >= 2);
  assert.equal((await shown(false))?.failedTasks, 0);
});

test('what did not run when it was left, and what is gone back from, is not replaced', async () => {
  const { scene, old, of } = await openUpdate();
  scene.conduct = ({ startedBy }) => (startedBy === old ? 'runs' : 'slow');
  await scene.update({ forceNewDeployment: true });
  await scene.pass(10_000);
  await scene.update({ forceNewDeployment: true });
  await scene.pass(10_000);
  const kept = scene.store.view((reader) =>
    Array.from(
      reader.find(deployments, 'service', scene.service().arn),
      ({ status, desiredCount }) => `${status} ${desiredCount}`,
    ),
  );
  assert.deepEqual(new Set(kept), new Set(['ACTIVE 4', 'PRIMARY 4']));
  assert.deepEqual([of(true).length, of(false).length], [4, 4]);
});

test('what its user stops of the source is replaced before it has stopped', async () => {
  const { scene, old, of } = await openUpdate();
  scene.conduct = ({ startedBy }) => (startedBy === old ? 'runs' : 'slow');
  await scene.update({ forceNewDeployment: true, deploymentConfiguration: { maximumPercent: 300 } });
  await scene.pass(10_000);
  await scene.store.update((tx, env) => {
    const task = tx.get(tasks, of(true)[0]?.arn ?? '');
    if (task) tx.put(tasks, requestStop(task, { stopCode: 'UserInitiated', reason: 'stopped' }, env.now));
  });
  await scene.clock.advance(1_000);
  assert.equal(of(true).length, 4);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openControllerScene } from './controller-scene.test.ts';
import { containerInstances, tasks } from './tables.ts';
import { forgetTasks, tasksOfService } from './task-ledger.ts';

const healthyAfterMs = 40_000;

test('what is remembered of tasks is what all of them say, while they come, change, are protected, drain and go', async () => {
  const scene = await openControllerScene(4);
  let compared = 0;
  const compare = (): void => {
    const now = scene.clock.now();
    scene.store.view((reader) => {
      const look = () => {
        const seen = tasksOfService(reader, scene.service(), healthyAfterMs, now);
        const { changesAt, protectedUntil, cohorts } = seen;
        const sizes = Array.from(cohorts, ({ tasks: found }) => found.map(({ arn }) => arn).join(' ')).toSorted();
        return { changesAt, protectedUntil, sizes, tasks: [...seen] };
      };
      const remembered = look();
      forgetTasks(reader, scene.service().arn);
      assert.deepEqual(remembered, look());
      compared += remembered.tasks.length;
    });
  };
  await scene.create({ desiredCount: 12 });
  await scene.pass(60_000, compare);
  await scene.store.update((tx, env) => {
    for (const { arn } of scene.live().slice(0, 5)) {
      const task = tx.get(tasks, arn);
      if (task) tx.put(tasks, { ...task, protectedUntil: env.now + 30_000 });
    }
    const [instance] = tx.list(containerInstances);
    if (instance) tx.put(containerInstances, { ...instance, status: 'DRAINING' });
  });
  scene.conduct = ({ id }) => (id.charCodeAt(0) % 4 === 0 ? 'fails' : 'runs');
  await scene.update({ forceNewDeployment: true });
  await scene.pass(120_000, compare);
  await scene.store.update((tx) => {
    const draining = Array.from(tx.list(containerInstances)).filter(({ status }) => status === 'DRAINING');
    for (const instance of draining) tx.put(containerInstances, { ...instance, status: 'ACTIVE' });
  });
  scene.conduct = 'runs';
  await scene.pass(300_000, compare);
  assert.ok(compared > 1_000);
  assert.equal(scene.service().isSteady, true);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Transaction } from '../../store/store.ts';
import { simHash } from '../../world/sim/sim-hash.ts';
import { SimLog } from '../../world/sim/sim-log.ts';
import { SimRandom } from '../../world/sim/sim-random.ts';

import { openControllerScene } from './controller-scene.test.ts';
import { createEcsParts } from './parts.ts';
import { serviceTasks } from './reconcilers/service-tasks.ts';
import { ecsService } from './service.ts';
import { services } from './service-tables.ts';
import { tasks } from './tables.ts';
import { taskLedgers } from './task-ledger.ts';

const desiredCount = 1_000;

test('a look at an unchanged service of 1,000 tasks, and a full round of all reconcilers, touch none of its tasks', async () => {
  const scene = await openControllerScene(20);
  await scene.create({ desiredCount });
  await scene.pass(60_000);
  assert.equal(scene.service().isSteady, true);
  assert.equal(scene.live().filter(({ lastStatus }) => lastStatus === 'RUNNING').length, desiredCount);
  const parts = { clock: scene.clock, random: new SimRandom(3), hash: simHash, log: new SimLog(scene.clock) };
  const { reconcilers } = ecsService(createEcsParts(parts));
  assert.ok(reconcilers.some(({ name }) => name === 'ecs.service-tasks'));
  let touched = 0;
  let reconciled: string[] = [];
  await scene.store.update((tx, env) => {
    const counting = countTasks(tx, () => (touched += 1));
    for (const reconciler of reconcilers) {
      for (const key of reconciler.all(counting)) {
        reconciler.reconcile(counting, env, key);
        reconciled.push(`${reconciler.name} ${key}`);
      }
    }
  });
  assert.ok(reconciled.includes(`ecs.service-tasks ${scene.service().arn}`), reconciled.join('\n'));
  assert.equal(touched, 0);

  // The same count sees what a change costs, or it would prove nothing.
  await scene.store.update((tx, env) => {
    tx.put(services, { ...scene.service(), desiredCount: desiredCount - 1 });
    const counting = countTasks(tx, () => (touched += 1));
    reconciled = [];
    for (const reconciler of reconcilers) {
      if (reconciler.name === 'ecs.service-tasks') reconciler.reconcile(counting, env, scene.service().arn);
    }
  });
  assert.ok(touched >= desiredCount, `${touched} tasks were looked at`);
});

test('a step of a roll-out looks at the tasks that have changed, and nothing is remembered when it is over', async () => {
  const scene = await openControllerScene(20);
  const remembered = (): number => scene.store.view((reader) => reader.projected(taskLedgers).size);
  await scene.create({
    desiredCount: 400,
    deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 200 },
  });
  await scene.pass(60_000);
  assert.equal(remembered(), 0);
  await scene.update({ forceNewDeployment: true });
  await scene.pass(10_000);
  assert.equal(remembered(), 1);
  let touched = 0;
  await scene.store.update((tx, env) => {
    const counting = countTasks(tx, () => (touched += 1));
    serviceTasks({ healthyAfterMs: 40_000 }).reconcile(counting, env, scene.service().arn);
  });
  assert.ok(touched > 0 && touched < 100, `${touched} looks at tasks`);
  await scene.pass(120_000);
  assert.equal(scene.service().isSteady, true);
  assert.equal(remembered(), 0);
});

/** The transaction, telling of each task that is read or written through it. */
function countTasks(tx: Transaction, tell: () => void): Transaction {
  const ofTasks = (table: { readonly name: string }): boolean => table.name === tasks.name;
  function* told<R>(records: Iterable<R>, isTold: boolean): Generator<R> {
    for (const record of records) {
      if (isTold) tell();
      yield record;
    }
  }
  return {
    ...tx,
    get: (table, key) => {
      if (ofTasks(table)) tell();
      return tx.get(table, key);
    },
    list: (table, afterKey) => told(tx.list(table, afterKey), ofTasks(table)),
    find: (table, index, value, afterKey) => told(tx.find(table, index, value, afterKey), ofTasks(table)),
    put: (table, record) => {
      if (ofTasks(table)) tell();
      tx.put(table, record);
    },
    delete: (table, key) => {
      if (ofTasks(table)) tell();
      tx.delete(table, key);
    },
  };
}

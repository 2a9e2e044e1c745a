import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openEcs, someInstance, someTask } from '../open-ecs.test.ts';
import { containerInstances, tasks, taskStatuses } from '../tables.ts';
import { createCluster } from './create-cluster.ts';
import { describeClusters } from './describe-clusters.ts';

test('without names the default cluster is described, and is MISSING when there is none', async () => {
  const ecs = await openEcs();
  const before = await ecs.ask(describeClusters, {});
  const arn = 'arn:aws:ecs:us-east-1:123456789012:cluster/default';
  assert.deepEqual(before, { clusters: [], failures: [{ arn, reason: 'MISSING' }] });
  await ecs.ask(createCluster, {});
  const after = await ecs.ask(describeClusters, { clusters: [] });
  assert.equal(after.clusters?.[0]?.clusterArn, arn);
});

test('names and ARNs are the same to it, and details come only when asked for', async () => {
  const ecs = await openEcs();
  const executeCommandConfiguration = { logging: 'NONE' } as const;
  const { cluster } = await ecs.ask(createCluster, {
    clusterName: 'a',
    tags: [{ key: 'k', value: 'v' }],
    configuration: { executeCommandConfiguration },
  });
  const plain = (await ecs.ask(describeClusters, { clusters: ['a', cluster?.clusterArn ?? '', 'b'] })).clusters;
  assert.equal(plain?.length, 2);
  assert.deepEqual(plain?.[0], plain?.[1]);
  assert.deepEqual([plain?.[0]?.tags, plain?.[0]?.settings, plain?.[0]?.statistics], [[], [], []]);
  assert.equal(plain?.[0]?.configuration, undefined);
  const include = ['TAGS', 'SETTINGS', 'STATISTICS', 'CONFIGURATIONS'] as const;
  const full = (await ecs.ask(describeClusters, { clusters: ['a'], include })).clusters?.[0];
  assert.deepEqual(full?.tags, [{ key: 'k', value: 'v' }]);
  assert.deepEqual(full?.configuration, { executeCommandConfiguration });
  assert.equal(full?.statistics?.find((one) => one.name === 'runningEC2TasksCount')?.value, '0');
});

test('a name of another place or kind is refused', async () => {
  const ecs = await openEcs();
  const invalid = 'InvalidParameterException';
  await ecs.refuses(describeClusters, { clusters: ['a/b'] }, invalid);
  await ecs.refuses(
    describeClusters,
    { clusters: ['arn:aws:ecs:eu-west-1:123456789012:cluster/a'] },
    invalid,
    /eu-west-1/,
  );
  await ecs.refuses(describeClusters, { clusters: ['arn:aws:ecs:us-east-1:123456789012:task/a/b'] }, invalid);
  await ecs.refuses(describeClusters, { include: ['EVERYTHING' as never] }, invalid);
  await ecs.refuses(describeClusters, { clusters: Array.from({ length: 101 }, (_, at) => `c${at}`) }, invalid);
});

test('counts are those of the tasks and instances there are, after every change', async () => {
  const ecs = await openEcs();
  await ecs.ask(createCluster, {});
  const change = fc.record({
    at: fc.integer({ min: 1, max: 6 }),
    lastStatus: fc.constantFrom(...taskStatuses),
    desiredStatus: fc.constantFrom('RUNNING' as const, 'STOPPED' as const),
    launchType: fc.constantFrom('EC2' as const, 'FARGATE' as const),
    removed: fc.boolean(),
    instance: fc.constantFrom('ACTIVE' as const, 'DRAINING' as const, 'INACTIVE' as const),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 20 }), async (changes) => {
      for (const { at, removed, instance, ...more } of changes) {
        const task = someTask({ id: `a000000000000000000000000000000${at}`, ...more });
        await ecs.store.update((tx) => {
          if (removed) tx.delete(tasks, task.arn);
          else tx.put(tasks, task);
          tx.put(containerInstances, someInstance({ id: `0000000000000000000000000000000${at}`, status: instance }));
        });
      }
      const all = ecs.store.view((reader) => [...reader.list(tasks)]);
      const instances = ecs.store.view((reader) => [...reader.list(containerInstances)]);
      const cluster = (await ecs.ask(describeClusters, { include: ['STATISTICS'] })).clusters?.[0];
      const pending = ['PROVISIONING', 'PENDING', 'ACTIVATING'];
      const isPending = (task: (typeof all)[number]) =>
        pending.includes(task.lastStatus) && task.desiredStatus === 'RUNNING';
      assert.equal(cluster?.runningTasksCount, all.filter((task) => task.lastStatus === 'RUNNING').length);
      assert.equal(cluster?.pendingTasksCount, all.filter(isPending).length);
      assert.equal(
        cluster?.statistics?.find((one) => one.name === 'pendingFargateTasksCount')?.value,
        String(all.filter((task) => isPending(task) && task.launchType === 'FARGATE').length),
      );
      assert.equal(
        cluster?.registeredContainerInstancesCount,
        instances.filter((one) => one.status !== 'INACTIVE').length,
      );
    }),
    { numRuns: 25 },
  );
});

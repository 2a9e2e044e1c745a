import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEcs, someInstance, someTask } from '../open-ecs.test.ts';
import { deletedClusters } from '../reconcilers/deleted-clusters.ts';
import { limits } from '../rules/limits.ts';
import { containerInstances, tasks } from '../tables.ts';
import { createCluster } from './create-cluster.ts';
import { deleteCluster } from './delete-cluster.ts';
import { describeClusters } from './describe-clusters.ts';
import { listClusters } from './list-clusters.ts';
import { tagResource } from './tag-resource.ts';
import { updateClusterSettings } from './update-cluster-settings.ts';

test('a deleted cluster is described, not listed, and cannot be used', async () => {
  const ecs = await openEcs();
  await ecs.ask(createCluster, { clusterName: 'a', tags: [{ key: 'k', value: 'v' }] });
  const { cluster } = await ecs.ask(deleteCluster, { cluster: 'a' });
  assert.equal(cluster?.status, 'INACTIVE');
  const described = await ecs.ask(describeClusters, { clusters: ['a'], include: ['TAGS'] });
  assert.equal(described.clusters?.[0]?.status, 'INACTIVE');
  assert.deepEqual(described.clusters?.[0]?.tags, []);
  assert.deepEqual((await ecs.ask(listClusters, {})).clusterArns, []);
  const gone = ['ClusterNotFoundException', 'The referenced cluster was inactive.'] as const;
  await ecs.refuses(deleteCluster, { cluster: 'a' }, ...gone);
  await ecs.refuses(
    updateClusterSettings,
    { cluster: 'a', settings: [{ name: 'containerInsights', value: 'enabled' }] },
    ...gone,
  );
  await ecs.refuses(tagResource, { resourceArn: cluster?.clusterArn ?? '', tags: [] }, ...gone);
});

test('a deleted cluster is forgotten after a day, unless it was created again', async () => {
  const ecs = await openEcs();
  for (const clusterName of ['a', 'b']) {
    await ecs.ask(createCluster, { clusterName });
    await ecs.ask(deleteCluster, { cluster: clusterName });
  }
  await ecs.clock.advance(limits.deletedClusterMs - 10_000);
  await ecs.settle([deletedClusters]);
  await ecs.ask(createCluster, { clusterName: 'b' });
  assert.equal((await ecs.ask(describeClusters, { clusters: ['a', 'b'] })).clusters?.length, 2);
  await ecs.clock.advance(10_000);
  await ecs.settle([deletedClusters]);
  const { clusters, failures } = await ecs.ask(describeClusters, { clusters: ['a', 'b'] });
  assert.deepEqual(
    clusters?.map((cluster) => cluster.clusterName),
    ['b'],
  );
  assert.equal(failures?.[0]?.reason, 'MISSING');
});

test('a cluster that never was is not found', async () => {
  const ecs = await openEcs();
  await ecs.refuses(deleteCluster, { cluster: 'a' }, 'ClusterNotFoundException', 'Cluster not found.');
});

test('a cluster with container instances cannot be deleted, whether they are active or draining', async () => {
  const ecs = await openEcs();
  await ecs.ask(createCluster, {});
  for (const status of ['ACTIVE', 'DRAINING'] as const) {
    await ecs.store.update((tx) => tx.put(containerInstances, someInstance({ status })));
    await ecs.refuses(
      deleteCluster,
      { cluster: 'default' },
      'ClusterContainsContainerInstancesException',
      'The Cluster cannot be deleted while Container Instances are active or draining.',
    );
  }
  await ecs.store.update((tx) => tx.put(containerInstances, someInstance({ status: 'INACTIVE' })));
  assert.equal((await ecs.ask(deleteCluster, { cluster: 'default' })).cluster?.status, 'INACTIVE');
});

test('a cluster with a task that has not stopped cannot be deleted', async () => {
  const ecs = await openEcs();
  await ecs.ask(createCluster, {});
  await ecs.store.update((tx) => tx.put(tasks, someTask({ desiredStatus: 'STOPPED', lastStatus: 'STOPPING' })));
  await ecs.refuses(
    deleteCluster,
    { cluster: 'default' },
    'ClusterContainsTasksException',
    'The Cluster cannot be deleted while Tasks are active.',
  );
  await ecs.store.update((tx) => tx.put(tasks, someTask({ desiredStatus: 'STOPPED', lastStatus: 'STOPPED' })));
  await ecs.ask(deleteCluster, { cluster: 'default' });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEcs } from '../open-ecs.test.ts';
import { createCluster } from './create-cluster.ts';
import { deleteCluster } from './delete-cluster.ts';
import { putAccountSetting } from './put-account-setting.ts';

test('a cluster without a name is called default and is ACTIVE at once', async () => {
  const ecs = await openEcs();
  const { cluster } = await ecs.ask(createCluster, {});
  assert.deepEqual(cluster, {
    clusterArn: 'arn:aws:ecs:us-east-1:123456789012:cluster/default',
    clusterName: 'default',
    status: 'ACTIVE',
    registeredContainerInstancesCount: 0,
    runningTasksCount: 0,
    pendingTasksCount: 0,
    activeServicesCount: 0,
    statistics: [],
    tags: [],
    settings: [{ name: 'containerInsights', value: 'disabled' }],
    capacityProviders: [],
    defaultCapacityProviderStrategy: [],
  });
});

test('creating a cluster that is ACTIVE gives it back unchanged', async () => {
  const ecs = await openEcs();
  const first = await ecs.ask(createCluster, { clusterName: 'a', tags: [{ key: 'k', value: '1' }] });
  const second = await ecs.ask(createCluster, { clusterName: 'a', tags: [{ key: 'k', value: '2' }] });
  assert.deepEqual(second, first);
});

test('a deleted cluster is created afresh', async () => {
  const ecs = await openEcs();
  await ecs.ask(createCluster, { capacityProviders: ['FARGATE'], tags: [{ key: 'k', value: '1' }] });
  await ecs.ask(deleteCluster, { cluster: 'default' });
  const { cluster } = await ecs.ask(createCluster, {});
  assert.equal(cluster?.status, 'ACTIVE');
  assert.deepEqual(cluster?.capacityProviders, []);
  assert.deepEqual(cluster?.tags, []);
});

test('Container Insights starts as the account has it', async () => {
  const ecs = await openEcs();
  await ecs.ask(putAccountSetting, { name: 'containerInsights', value: 'enhanced' });
  const { cluster } = await ecs.ask(createCluster, {}, 'arn:aws:iam::123456789012:user/ada');
  assert.deepEqual(cluster?.settings, [{ name: 'containerInsights', value: 'enhanced' }]);
});

test('a strategy is written out with its weights and bases', async () => {
  const ecs = await openEcs();
  const { cluster } = await ecs.ask(createCluster, {
    capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    defaultCapacityProviderStrategy: [
      { capacityProvider: 'FARGATE', base: 1 },
      { capacityProvider: 'FARGATE_SPOT', weight: 4 },
    ],
  });
  assert.deepEqual(cluster?.defaultCapacityProviderStrategy, [
    { capacityProvider: 'FARGATE', weight: 0, base: 1 },
    { capacityProvider: 'FARGATE_SPOT', weight: 4, base: 0 },
  ]);
});

test('what cannot be is refused and creates nothing', async () => {
  const ecs = await openEcs();
  const invalid = 'InvalidParameterException';
  await ecs.refuses(createCluster, { clusterName: 'a b' }, invalid);
  await ecs.refuses(createCluster, { clusterName: 'a'.repeat(256) }, invalid);
  await ecs.refuses(createCluster, { settings: [{ name: 'containerInsights', value: 'on' }] }, invalid);
  await ecs.refuses(createCluster, { capacityProviders: ['mine'] }, 'ClientException', /'mine' was not found/);
  await ecs.refuses(
    createCluster,
    { defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE' }] },
    invalid,
    /not associated with the cluster/,
  );
  await ecs.refuses(
    createCluster,
    { configuration: { executeCommandConfiguration: { logging: 'OVERRIDE' } } },
    invalid,
    /logConfiguration/,
  );
  await ecs.refuses(createCluster, { serviceConnectDefaults: { namespace: 'n' } }, invalid, /not support/);
  assert.equal(ecs.journal.commits, 0);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEcs, someTask } from '../open-ecs.test.ts';
import { tasks } from '../tables.ts';
import { createCluster } from './create-cluster.ts';
import { putClusterCapacityProviders } from './put-cluster-capacity-providers.ts';

const invalid = 'InvalidParameterException';

test('both lists are replaced', async () => {
  const ecs = await openEcs();
  await ecs.ask(createCluster, {});
  const both = {
    cluster: 'default',
    capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
  };
  const { cluster } = await ecs.ask(putClusterCapacityProviders, both);
  assert.deepEqual(cluster?.capacityProviders, both.capacityProviders);
  const empty = { cluster: 'default', capacityProviders: [], defaultCapacityProviderStrategy: [] };
  assert.deepEqual((await ecs.ask(putClusterCapacityProviders, empty)).cluster?.defaultCapacityProviderStrategy, []);
});

test('a provider that runs a task cannot be taken away until the task has stopped', async () => {
  const ecs = await openEcs();
  await ecs.ask(createCluster, { capacityProviders: ['FARGATE', 'FARGATE_SPOT'] });
  const fewer = { cluster: 'default', capacityProviders: ['FARGATE'], defaultCapacityProviderStrategy: [] };
  const task = someTask({ launchType: 'FARGATE', capacityProviderName: 'FARGATE_SPOT' });
  await ecs.store.update((tx) => tx.put(tasks, task));
  await ecs.refuses(
    putClusterCapacityProviders,
    fewer,
    'ResourceInUseException',
    'The specified capacity provider is in use and cannot be removed.',
  );
  await ecs.store.update((tx) => tx.put(tasks, { ...task, desiredStatus: 'STOPPED', lastStatus: 'STOPPED' }));
  await ecs.ask(putClusterCapacityProviders, fewer);
});

test('strategies that cannot work are refused', async () => {
  const ecs = await openEcs();
  await ecs.ask(createCluster, {});
  const providers = { cluster: 'default', capacityProviders: ['FARGATE', 'FARGATE_SPOT'] };
  const on = (capacityProvider: string, more: { weight?: number; base?: number }) => ({ capacityProvider, ...more });
  for (const defaultCapacityProviderStrategy of [
    [on('FARGATE', { weight: 0 }), on('FARGATE_SPOT', {})],
    [on('FARGATE', { weight: 1, base: 1 }), on('FARGATE_SPOT', { base: 1 })],
    [on('FARGATE', { weight: 1001 })],
    [on('FARGATE', { weight: 1, base: 100_001 })],
    [on('FARGATE', { weight: 1 }), on('FARGATE', { weight: 2 })],
  ]) {
    await ecs.refuses(putClusterCapacityProviders, { ...providers, defaultCapacityProviderStrategy }, invalid);
  }
});

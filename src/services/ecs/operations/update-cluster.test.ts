import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEcs } from '../open-ecs.test.ts';
import { createCluster } from './create-cluster.ts';
import { updateCluster } from './update-cluster.ts';
import { updateClusterSettings } from './update-cluster-settings.ts';

test('what is given changes and the rest stays', async () => {
  const ecs = await openEcs();
  await ecs.ask(createCluster, { tags: [{ key: 'k', value: 'v' }], capacityProviders: ['FARGATE'] });
  const configuration = { managedStorageConfiguration: { kmsKeyId: 'key' } };
  await ecs.ask(updateCluster, { cluster: 'default', configuration });
  const { cluster } = await ecs.ask(updateCluster, {
    cluster: 'default',
    settings: [{ name: 'containerInsights', value: 'enabled' }],
  });
  assert.deepEqual(cluster?.configuration, configuration);
  assert.deepEqual(cluster?.settings, [{ name: 'containerInsights', value: 'enabled' }]);
  assert.deepEqual(cluster?.tags, [{ key: 'k', value: 'v' }]);
  assert.deepEqual(cluster?.capacityProviders, ['FARGATE']);
});

test('settings are set, and must be ones that exist', async () => {
  const ecs = await openEcs();
  await ecs.ask(createCluster, {});
  const settings = [{ name: 'containerInsights', value: 'enhanced' }] as const;
  const { cluster } = await ecs.ask(updateClusterSettings, { cluster: 'default', settings });
  assert.deepEqual(cluster?.settings, settings);
  const invalid = 'InvalidParameterException';
  await ecs.refuses(updateClusterSettings, { cluster: 'default', settings: [] }, invalid);
  await ecs.refuses(
    updateClusterSettings,
    { cluster: 'default', settings: [{ name: 'x' as never, value: 'y' }] },
    invalid,
  );
});

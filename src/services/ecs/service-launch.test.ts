import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createService } from './operations/create-service.ts';
import { updateService } from './operations/update-service.ts';
import { startTasks } from './service-launch.ts';
import { services } from './service-tables.ts';
import { openTaskScene } from './task-scene.test.ts';

const roleArn = 'arn:aws:iam::123456789012:role/ecsInfrastructureRole';
const volumeConfigurations = [
  { name: 'data', managedEBSVolume: { roleArn, sizeInGiB: 10, filesystemType: 'ext4' } },
] as const;

test('each task of a service gets a volume of its own, which goes with it', async () => {
  const ecs = await openTaskScene();
  await ecs.host(1, { attributes: [{ name: 'ecs.capability.storage.ebs-task-volume-attach' }] });
  await ecs.define({ volumes: [{ name: 'data', configuredAtLaunch: true }] });
  const { service } = await ecs.ask(createService, {
    serviceName: 'db',
    taskDefinition: 'web',
    desiredCount: 2,
    volumeConfigurations,
  });
  assert.deepEqual(service?.deployments?.[0]?.volumeConfigurations, volumeConfigurations);
  const { started } = await ecs.store.update((tx, env) => {
    const [record] = [...tx.list(services)];
    assert.ok(record?.settings);
    return startTasks(tx, env, { service: record, settings: record.settings, deploymentId: 'ecs-svc/1' }, 2);
  });
  const volumes = started.map((task) => task.managedVolumes ?? []);
  assert.deepEqual(
    volumes.map((of) =>
      of.map(({ name, sizeGiB, filesystemType, deleteOnTermination }) => [
        name,
        sizeGiB,
        filesystemType,
        deleteOnTermination,
      ]),
    ),
    [[['data', 10, 'ext4', true]], [['data', 10, 'ext4', true]]],
  );
  assert.notEqual(volumes[0]?.[0]?.volumeId, volumes[1]?.[0]?.volumeId);
  const attachment = (await ecs.described(started[0]?.arn)).attachments?.[0];
  assert.equal(attachment?.type, 'AmazonElasticBlockStorage');
  assert.equal(attachment?.status, 'ATTACHING');
});

test('other volumes are a new deployment, and a definition without them none', async () => {
  const ecs = await openTaskScene();
  await ecs.define({ volumes: [{ name: 'data', configuredAtLaunch: true }] });
  await ecs.define();
  await ecs.ask(createService, { serviceName: 'db', taskDefinition: 'web:1', desiredCount: 1, volumeConfigurations });
  const larger = [{ name: 'data', managedEBSVolume: { roleArn, sizeInGiB: 20 } }] as const;
  const { service } = await ecs.ask(updateService, { service: 'db', volumeConfigurations: larger });
  assert.equal(service?.deployments?.length, 2);
  await ecs.refuses(
    updateService,
    { service: 'db', taskDefinition: 'web:2' },
    'InvalidParameterException',
    /'data' is not a volume/,
  );
  await ecs.ask(updateService, { service: 'db', taskDefinition: 'web:2', volumeConfigurations: [] });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inactiveServices } from '../reconcilers/inactive-services.ts';
import { limits } from '../rules/limits.ts';
import { addServiceEvent } from '../service-events.ts';
import { openServiceScene, type ServiceScene } from '../service-records.test.ts';
import { deployments, serviceDeployments, serviceEvents, serviceRevisions, services } from '../service-tables.ts';
import { tasks } from '../tables.ts';
import { createService } from './create-service.ts';
import { deleteCluster } from './delete-cluster.ts';
import { deleteService } from './delete-service.ts';
import { describeServices } from './describe-services.ts';
import { listServices } from './list-services.ts';
import { updateService } from './update-service.ts';

const scaled = 'The service cannot be stopped while it is scaled above 0.';

test('a service with tasks is deleted only by force', async () => {
  const ecs = await openServiceScene();
  await ecs.create();
  await ecs.refuses(deleteService, { service: 'web' }, 'InvalidParameterException', scaled);
  await ecs.ask(updateService, { service: 'web', desiredCount: 0 });
  await ecs.runTask(1);
  await ecs.refuses(deleteService, { service: 'web' }, 'InvalidParameterException', scaled);
  const { service } = await ecs.ask(deleteService, { service: 'web', force: true });
  assert.deepEqual([service?.status, service?.desiredCount, service?.runningCount], ['DRAINING', 0, 1]);
});

test('a service without tasks, or a DAEMON with them, needs no force', async () => {
  const ecs = await openServiceScene();
  await ecs.create({ desiredCount: 0 });
  assert.equal((await ecs.ask(deleteService, { service: 'web' })).service?.status, 'DRAINING');
  await ecs.ask(createService, { serviceName: 'each', taskDefinition: 'web', schedulingStrategy: 'DAEMON' });
  await ecs.write('each', { desiredCount: 3 });
  assert.equal((await ecs.ask(deleteService, { service: 'each' })).service?.status, 'DRAINING');
});

test('a DRAINING service wants no task, deploys no more, and is described but not listed', async () => {
  const ecs = await openServiceScene();
  await ecs.create();
  await ecs.ask(deleteService, { service: 'web', force: true });
  assert.deepEqual(
    ecs.shown().map(({ desiredCount }) => desiredCount),
    [0],
  );
  assert.equal(ecs.history()[0]?.status, 'STOPPED');
  assert.deepEqual((await ecs.ask(listServices, {})).serviceArns, []);
  assert.equal((await ecs.show()).status, 'DRAINING');
  assert.equal((await ecs.ask(deleteService, { service: 'web' })).service?.status, 'DRAINING');
});

test('a name can be taken again when its service is INACTIVE, and not before', async () => {
  const ecs = await openServiceScene();
  await ecs.create();
  await ecs.store.update((tx, env) => addServiceEvent(tx, env, ecs.service(), 'of the first'));
  await ecs.ask(deleteService, { service: 'web', force: true });
  const again = { serviceName: 'web', taskDefinition: 'web', desiredCount: 1 };
  await ecs.refuses(
    createService,
    again,
    'InvalidParameterException',
    'Unable to Start a service that is still Draining.',
  );
  await endDeletion(ecs);
  await ecs.refuses(deleteService, { service: 'web' }, 'ServiceNotFoundException');
  const { service } = await ecs.ask(createService, again);
  assert.deepEqual([service?.status, service?.desiredCount, service?.events], ['ACTIVE', 1, []]);
  assert.equal(service?.deployments?.length, 1);
});

test('a deleted service can be described for a day and is then gone with all it had', async () => {
  const ecs = await openServiceScene();
  await ecs.create();
  for (let number = 0; number < 70; number += 1) {
    await ecs.store.update((tx, env) => addServiceEvent(tx, env, ecs.service(), `event ${number}`));
    await ecs.ask(updateService, { service: 'web', forceNewDeployment: true });
  }
  await ecs.create({ serviceName: 'other' });
  await ecs.ask(deleteService, { service: 'web', force: true });
  await endDeletion(ecs);
  await ecs.clock.advance(limits.inactiveServiceMs - 2_000);
  await ecs.settle([inactiveServices]);
  assert.equal((await ecs.show()).status, 'INACTIVE');
  await ecs.clock.advance(2_000);
  await ecs.settle([inactiveServices]);
  const { failures } = await ecs.ask(describeServices, { services: ['web'] });
  assert.deepEqual(
    failures?.map(({ reason }) => reason),
    ['MISSING'],
  );
  ecs.store.view((reader) => {
    const owners = (found: Iterable<{ readonly serviceArn: string }>): readonly string[] =>
      Array.from(found, ({ serviceArn }) => serviceArn);
    const left = [
      owners(reader.list(serviceEvents)),
      owners(reader.list(serviceRevisions)),
      owners(reader.list(serviceDeployments)),
      owners(reader.list(deployments)),
    ];
    const other = ecs.service('other').arn;
    assert.deepEqual(left, [[], [other], [other], [other]]);
  });
});

test('a cluster with services is not deleted until they are INACTIVE', async () => {
  const ecs = await openServiceScene();
  await ecs.create({ desiredCount: 0 });
  const message = 'The Cluster cannot be deleted while Services are active.';
  await ecs.refuses(deleteCluster, { cluster: 'default' }, 'ClusterContainsServicesException', message);
  await ecs.ask(deleteService, { service: 'web' });
  await ecs.refuses(deleteCluster, { cluster: 'default' }, 'ClusterContainsServicesException', message);
  await endDeletion(ecs);
  await ecs.ask(deleteCluster, { cluster: 'default' });
});

/** What the controller does when the last task is gone. */
async function endDeletion(ecs: ServiceScene): Promise<void> {
  await ecs.store.update((tx, env) => {
    const service = ecs.service();
    const left = [...tx.find(tasks, 'service', service.arn)];
    for (const task of left) tx.delete(tasks, task.arn);
    for (const deployment of ecs.shown()) tx.put(deployments, { ...deployment, status: 'INACTIVE' });
    tx.put(services, { ...service, status: 'INACTIVE', inactiveAt: env.now });
  });
  await ecs.clock.advance(1);
}

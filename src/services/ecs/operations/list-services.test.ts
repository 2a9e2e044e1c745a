import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openServiceScene, type ServiceScene } from '../service-records.test.ts';
import { createService } from './create-service.ts';
import { describeServices } from './describe-services.ts';
import { listServicesByNamespace } from './list-services-by-namespace.ts';
import { listServices } from './list-services.ts';
import { listTagsForResource } from './list-tags-for-resource.ts';
import { listTasks } from './list-tasks.ts';
import { tagResource } from './tag-resource.ts';

async function names(ecs: ServiceScene, filter: Parameters<typeof listServices>[0] = {}): Promise<readonly string[]> {
  const { serviceArns = [] } = await ecs.ask(listServices, { maxResults: 100, ...filter });
  return serviceArns.map((arn) => arn.slice(arn.lastIndexOf('/') + 1));
}

test('pages hold ten services where nothing else is asked, and together every service once', async () => {
  const ecs = await openServiceScene();
  const expected: string[] = [];
  for (let number = 10; number < 35; number += 1) {
    expected.push(`s${number}`);
    await ecs.ask(createService, { serviceName: `s${number}`, taskDefinition: 'web', desiredCount: 0 });
  }
  assert.equal((await ecs.ask(listServices, {})).serviceArns?.length, 10);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 40 }), async (maxResults) => {
      const found: string[] = [];
      let nextToken: string | undefined;
      do {
        const page = await ecs.ask(listServices, { maxResults, ...(nextToken !== undefined && { nextToken }) });
        found.push(...(page.serviceArns ?? []).map((arn) => arn.slice(arn.lastIndexOf('/') + 1)));
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      assert.deepEqual(found, expected);
    }),
    { numRuns: 20 },
  );
  for (const wrong of [{ maxResults: 0 }, { maxResults: 101 }, { nextToken: 'x' }]) {
    await ecs.refuses(listServices, wrong, 'InvalidParameterException');
  }
});

test('services are filtered by where they run and how they are scheduled', async () => {
  const ecs = await openServiceScene();
  const networkConfiguration = { awsvpcConfiguration: { subnets: [ecs.subnetIds[0]] } };
  await ecs.define({
    family: 'f',
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    requiresCompatibilities: ['FARGATE'],
  });
  await ecs.create({ serviceName: 'host' });
  await ecs.create({ serviceName: 'fargate', taskDefinition: 'f', launchType: 'FARGATE', networkConfiguration });
  const capacityProviderStrategy = [{ capacityProvider: 'FARGATE_SPOT' }];
  await ecs.create({ serviceName: 'spot', taskDefinition: 'f', capacityProviderStrategy, networkConfiguration });
  await ecs.ask(createService, { serviceName: 'each', taskDefinition: 'web', schedulingStrategy: 'DAEMON' });
  assert.deepEqual(await names(ecs), ['each', 'fargate', 'host', 'spot']);
  assert.deepEqual(await names(ecs, { launchType: 'EC2' }), ['each', 'host']);
  assert.deepEqual(await names(ecs, { launchType: 'FARGATE' }), ['fargate', 'spot']);
  assert.deepEqual(await names(ecs, { launchType: 'EXTERNAL' }), []);
  assert.deepEqual(await names(ecs, { schedulingStrategy: 'DAEMON' }), ['each']);
  assert.deepEqual(await names(ecs, { resourceManagementType: 'ECS' }), []);
  assert.deepEqual(await names(ecs, { resourceManagementType: 'CUSTOMER' }), ['each', 'fargate', 'host', 'spot']);
});

test('services are described by name or ARN, those that are not there as failures, and tags only when asked for', async () => {
  const ecs = await openServiceScene();
  const { serviceArn = '' } = await ecs.create({ tags: [{ key: 'team', value: 'a' }] });
  const { services = [], failures } = await ecs.ask(describeServices, { services: ['web', serviceArn, 'none'] });
  assert.deepEqual(
    services.map((service) => [service.serviceName, service.tags]),
    [['web', []]],
  );
  assert.deepEqual(failures, [{ arn: 'arn:aws:ecs:us-east-1:123456789012:service/default/none', reason: 'MISSING' }]);
  await ecs.refuses(describeServices, { services: [] }, 'InvalidParameterException', 'Services cannot be empty.');
  const eleven = Array.from({ length: 11 }, (_, index) => `s${index}`);
  await ecs.refuses(describeServices, { services: eleven }, 'InvalidParameterException');
  await ecs.refuses(describeServices, { services: ['a/b'] }, 'InvalidParameterException');
  const elsewhere = serviceArn.replace('/default/', '/other/');
  await ecs.refuses(describeServices, { services: [elsewhere] }, 'InvalidParameterException', /same cluster/);
});

test('a service counts the tasks of each of its deployments, and shows what waiters wait for', async () => {
  const ecs = await openServiceScene();
  await ecs.create();
  await ecs.runTask(1);
  await ecs.runTask(2, { lastStatus: 'PENDING' });
  const { deployments: [deployment] = [], ...service } = await ecs.show();
  assert.deepEqual([service.runningCount, service.pendingCount], [1, 1]);
  assert.deepEqual([deployment?.runningCount, deployment?.pendingCount], [1, 1]);
  assert.deepEqual(
    service.currentServiceRevisions?.map(({ arn: _arn, ...counts }) => counts),
    [{ requestedTaskCount: 2, runningTaskCount: 1, pendingTaskCount: 1 }],
  );
  // Somebody's own task with the same startedBy is none of the service's.
  await ecs.runAlone(3);
  assert.equal((await ecs.show()).runningCount, 1);
});

test('the tasks of a service are listed by its name, stopped ones when asked for', async () => {
  const ecs = await openServiceScene();
  await ecs.create();
  const running = await ecs.runTask(1);
  const stopped = await ecs.runTask(2, { desiredStatus: 'STOPPED', lastStatus: 'STOPPED', stoppedAt: 1 });
  await ecs.runTask(3, {
    serviceArn: 'arn:aws:ecs:us-east-1:123456789012:service/default/other',
    group: 'service:other',
  });
  assert.deepEqual((await ecs.ask(listTasks, { serviceName: 'web' })).taskArns, [running.arn]);
  assert.deepEqual((await ecs.ask(listTasks, { serviceName: 'web', desiredStatus: 'STOPPED' })).taskArns, [
    stopped.arn,
  ]);
  await ecs.refuses(listTasks, { serviceName: 'none' }, 'ServiceNotFoundException', 'Service not found.');
});

test('a service can be tagged after it was created', async () => {
  const ecs = await openServiceScene();
  const { serviceArn: resourceArn = '' } = await ecs.create();
  await ecs.ask(tagResource, { resourceArn, tags: [{ key: 'team', value: 'b' }] });
  assert.deepEqual((await ecs.ask(listTagsForResource, { resourceArn })).tags, [{ key: 'team', value: 'b' }]);
  assert.deepEqual((await ecs.show()).tags, [{ key: 'team', value: 'b' }]);
});

test('there is no namespace to list services of', async () => {
  const ecs = await openServiceScene();
  await ecs.refuses(listServicesByNamespace, { namespace: 'local' }, 'NamespaceNotFoundException');
  await ecs.refuses(listServicesByNamespace, { namespace: 'local', maxResults: 0 }, 'InvalidParameterException');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CreateServiceRequest } from '@aws-sdk/client-ecs';
import type { Parsed } from '../../../aws/operation.ts';
import { addServiceEvent } from '../service-events.ts';
import { openServiceScene } from '../service-records.test.ts';
import { openTaskScene } from '../task-scene.test.ts';
import { createService } from './create-service.ts';
import { deleteService } from './delete-service.ts';
import { describeClusters } from './describe-clusters.ts';
import { describeServices } from './describe-services.ts';
import { listServices } from './list-services.ts';
import { putClusterCapacityProviders } from './put-cluster-capacity-providers.ts';

test('a service begins with one deployment under way, everything AWS echoes filled in', async () => {
  const ecs = await openTaskScene();
  const taskDefinition = await ecs.define();
  const { service } = await ecs.ask(createService, { serviceName: 'web', taskDefinition: 'web', desiredCount: 2 });
  assert(service);
  assert.equal(service.serviceArn, 'arn:aws:ecs:us-east-1:123456789012:service/default/web');
  assert.equal(service.taskDefinition, taskDefinition);
  assert.deepEqual(
    [service.status, service.schedulingStrategy, service.launchType, service.propagateTags],
    ['ACTIVE', 'REPLICA', 'EC2', 'NONE'],
  );
  assert.deepEqual([service.desiredCount, service.runningCount, service.pendingCount], [2, 0, 0]);
  assert.deepEqual(service.deploymentConfiguration, {
    deploymentCircuitBreaker: {
      enable: false,
      rollback: false,
      resetOnHealthyTask: true,
      thresholdConfiguration: { type: 'BOUNDED_PERCENT', value: 50 },
    },
    maximumPercent: 200,
    minimumHealthyPercent: 100,
    alarms: { alarmNames: [], rollback: false, enable: false },
    strategy: 'ROLLING',
    bakeTimeInMinutes: 0,
  });
  const [deployment, ...others] = service.deployments ?? [];
  assert(deployment?.id);
  assert.equal(others.length, 0);
  assert.match(deployment.id, /^ecs-svc\/[1-9][0-9]{18}$/);
  assert.deepEqual(
    [deployment.status, deployment.rolloutState, deployment.desiredCount],
    ['PRIMARY', 'IN_PROGRESS', 2],
  );
  assert.equal(deployment.rolloutStateReason, `ECS deployment ${deployment.id} in progress.`);
  assert.match(
    service.currentServiceDeployment ?? '',
    /^arn:aws:ecs:us-east-1:123456789012:service-deployment\/default\/web\/[A-Za-z0-9_-]{21}$/,
  );
  assert.match(service.currentServiceRevisions?.[0]?.arn ?? '', /:service-revision\/default\/web\/[1-9][0-9]{18}$/);
  assert.equal('taskSets' in service, false);
  assert.deepEqual((await ecs.ask(describeServices, { services: ['web'], include: ['TAGS'] })).services, [service]);
});

test('the same request again gives the same service, another one is refused', async () => {
  const ecs = await openServiceScene();
  const first = await ecs.create({ clientToken: 'once' });
  assert.deepEqual(await ecs.create({ clientToken: 'once' }), first);
  assert.equal(ecs.history().length, 1);
  for (const more of [{ desiredCount: 3 }, { propagateTags: 'SERVICE' }, { launchType: 'EXTERNAL' }] as const) {
    await ecs.refuses(
      createService,
      { serviceName: 'web', taskDefinition: 'web', desiredCount: 2, ...more },
      'InvalidParameterException',
      'Creation of service was not idempotent.',
    );
  }
});

test('without a launch type the cluster says where tasks run, and a strategy is shown instead of one', async () => {
  const ecs = await openServiceScene();
  await ecs.define({
    family: 'fargate',
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    requiresCompatibilities: ['FARGATE'],
  });
  const capacityProviderStrategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 }];
  await ecs.ask(putClusterCapacityProviders, {
    cluster: 'default',
    capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    defaultCapacityProviderStrategy: capacityProviderStrategy,
  });
  const networkConfiguration = { awsvpcConfiguration: { subnets: [ecs.subnetIds[0]] } };
  const service = await ecs.create({ taskDefinition: 'fargate', networkConfiguration });
  assert.deepEqual([service.capacityProviderStrategy, service.launchType], [capacityProviderStrategy, undefined]);
  assert.deepEqual([service.platformVersion, service.platformFamily], ['LATEST', 'Linux']);
  assert.deepEqual(
    [service.deployments?.[0]?.capacityProviderStrategy, service.deployments?.[0]?.platformVersion],
    [capacityProviderStrategy, '1.4.0'],
  );
  assert.deepEqual(service.networkConfiguration?.awsvpcConfiguration, {
    subnets: [ecs.subnetIds[0]],
    securityGroups: [],
    assignPublicIp: 'DISABLED',
  });
  const without = { cluster: 'default', capacityProviders: ['FARGATE'], defaultCapacityProviderStrategy: [] };
  await ecs.refuses(putClusterCapacityProviders, without, 'ResourceInUseException');
});

test('a service that CodeDeploy deploys begins with a PRIMARY task set, an EXTERNAL one with nothing', async () => {
  const ecs = await openServiceScene();
  const service = await ecs.create({ deploymentController: { type: 'CODE_DEPLOY' } });
  const [taskSet, ...others] = service.taskSets ?? [];
  assert.deepEqual(others, []);
  assert.match(taskSet?.taskSetArn ?? '', /:task-set\/default\/web\/ecs-svc\/[1-9][0-9]{18}$/);
  assert.deepEqual(
    [taskSet?.status, taskSet?.scale, taskSet?.computedDesiredCount, taskSet?.stabilityStatus],
    ['PRIMARY', { value: 100, unit: 'PERCENT' }, 2, 'STABILIZING'],
  );
  assert.deepEqual([service.deployments, service.currentServiceDeployment], [[], undefined]);
  assert.deepEqual(service.deploymentConfiguration, { maximumPercent: 200, minimumHealthyPercent: 100 });
  const { service: external } = await ecs.ask(createService, {
    serviceName: 'external',
    desiredCount: 2,
    deploymentController: { type: 'EXTERNAL' },
  });
  assert.deepEqual([external?.taskSets, external?.deployments, external?.taskDefinition], [[], [], undefined]);
});

test('a DAEMON wants no count and leaves an instance nothing while it is replaced', async () => {
  const ecs = await openServiceScene();
  const { service } = await ecs.ask(createService, {
    serviceName: 'each',
    taskDefinition: 'web',
    schedulingStrategy: 'DAEMON',
  });
  assert.deepEqual([service?.schedulingStrategy, service?.desiredCount], ['DAEMON', 0]);
  const { maximumPercent, minimumHealthyPercent } = service?.deploymentConfiguration ?? {};
  assert.deepEqual([maximumPercent, minimumHealthyPercent], [100, 0]);
  assert.equal(service?.availabilityZoneRebalancing, 'DISABLED');
});

test('zones are balanced where they can be, and asking for it where they cannot is refused', async () => {
  const ecs = await openServiceScene();
  assert.equal((await ecs.create()).availabilityZoneRebalancing, 'ENABLED');
  const narrow = { deploymentConfiguration: { maximumPercent: 100, minimumHealthyPercent: 50 } };
  assert.equal((await ecs.create({ serviceName: 'narrow', ...narrow })).availabilityZoneRebalancing, 'DISABLED');
  await ecs.refuses(
    createService,
    { ...asked, serviceName: 'other', ...narrow, availabilityZoneRebalancing: 'ENABLED' },
    'InvalidParameterException',
    'AvailabilityZoneRebalancing does not support maximumPercent <= 100.',
  );
});

test('clusters count their services', async () => {
  const ecs = await openServiceScene();
  await ecs.create();
  await ecs.create({ serviceName: 'leaving' });
  await ecs.ask(deleteService, { service: 'leaving', force: true });
  const { clusters: [cluster] = [] } = await ecs.ask(describeClusters, { include: ['STATISTICS'] });
  assert.equal(cluster?.activeServicesCount, 1);
  const statistics = new Map(cluster?.statistics?.map(({ name, value }) => [name, value]));
  assert.deepEqual(
    ['activeEC2ServiceCount', 'drainingEC2ServiceCount', 'activeFargateServiceCount'].map((name) =>
      statistics.get(name),
    ),
    ['1', '1', '0'],
  );
});

const asked = { serviceName: 'web', taskDefinition: 'web', desiredCount: 2 };

test('a request that cannot be served is refused, and says why', async () => {
  const ecs = await openServiceScene();
  await ecs.define({ family: 'vpc', networkMode: 'awsvpc' });
  const cases: readonly (readonly [Partial<Parsed<CreateServiceRequest>>, string | RegExp, string?])[] = [
    [{ serviceName: 'a b' }, /^Service name can have/],
    [{ clientToken: 'x'.repeat(37) }, /^clientToken/],
    [{ taskDefinition: '' }, 'TaskDefinition cannot be blank.'],
    [{ taskDefinition: 'none' }, 'TaskDefinition not found.', 'ClientException'],
    [{ cluster: 'none' }, 'Cluster not found.', 'ClusterNotFoundException'],
    [{ desiredCount: -1 }, /^desiredCount must be/],
    [{ desiredCount: 5001 }, /^desiredCount must be/],
    [{ healthCheckGracePeriodSeconds: -1 }, /^healthCheckGracePeriodSeconds must be/],
    [{ launchType: 'FARGATE' }, /does not support launch_type FARGATE/],
    [
      { launchType: 'EC2', capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }] },
      /^Specifying both a launch type and capacity provider strategy/,
    ],
    [{ platformVersion: 'LATEST' }, /^The platform version must be null/],
    [{ taskDefinition: 'vpc' }, "Network Configuration must be provided when networkMode 'awsvpc' is specified."],
    [
      { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0'] } } },
      'Network Configuration is not valid for the given networkMode of this task definition.',
    ],
    [{ role: 'ecsServiceRole' }, 'IAM roles are only valid for services configured to use load balancers.'],
    [{ loadBalancers: [{ containerName: 'app' }] }, /does not support loadBalancers/],
    [{ serviceRegistries: [{ registryArn: 'arn' }] }, /does not support serviceRegistries/],
    [{ serviceConnectConfiguration: { enabled: true } }, /does not support serviceConnectConfiguration/],
    [{ volumeConfigurations: [{ name: 'data' }] }, /'data' is not a volume of the task definition/],
    [{ schedulingStrategy: 'DAEMON' }, /does not support a desired count/],
    [{ deploymentController: { type: 'EXTERNAL' } }, /^taskDefinition cannot be specified/],
    [{ placementStrategy: [{ type: 'binpack', field: 'disk' }] }, /does not have the field/],
    [{ placementConstraints: [{ type: 'memberOf' }] }, /expression/],
    [{ tags: [{ key: 'aws:x', value: '' }] }, /are reserved/],
  ];
  for (const [more, message, code = 'InvalidParameterException'] of cases) {
    await ecs.refuses(createService, { ...asked, ...more }, code, message);
  }
  await ecs.refuses(
    createService,
    { serviceName: 'web', taskDefinition: 'web' },
    'InvalidParameterException',
    /^DesiredCount is required/,
  );
  assert.deepEqual((await ecs.ask(listServices, {})).serviceArns, []);
});

test('events are shown newest first', async () => {
  const ecs = await openServiceScene();
  await ecs.create();
  for (const message of ['first', 'second']) {
    await ecs.store.update((tx, env) => addServiceEvent(tx, env, ecs.service(), message));
  }
  const { events = [] } = await ecs.show();
  assert.deepEqual(
    events.map(({ message }) => message),
    ['second', 'first'],
  );
  assert.match(events[0]?.id ?? '', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
});

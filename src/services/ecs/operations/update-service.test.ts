import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { UpdateServiceRequest } from '@aws-sdk/client-ecs';
import fc from 'fast-check';
import type { Parsed } from '../../../aws/operation.ts';
import { openServiceScene } from '../service-records.test.ts';
import { createService } from './create-service.ts';
import { deleteService } from './delete-service.ts';
import { deregisterTaskDefinition } from './deregister-task-definition.ts';
import { describeServiceRevisions } from './describe-service-revisions.ts';
import { updateService } from './update-service.ts';

type Change = Partial<Parsed<UpdateServiceRequest>>;

const fargate = {
  family: 'web',
  networkMode: 'awsvpc',
  cpu: '256',
  memory: '512',
  requiresCompatibilities: ['FARGATE', 'EC2'],
} as const;

test('what tasks are made from begins a deployment, the rest of a service does not', async () => {
  const ecs = await openServiceScene();
  await ecs.define(fargate);
  const [a, b] = ecs.subnetIds;
  const networkConfiguration = { awsvpcConfiguration: { subnets: [a] } };
  await ecs.create({ launchType: 'FARGATE', networkConfiguration });
  await ecs.define(fargate);
  const cases: readonly (readonly [Change, boolean])[] = [
    [{ taskDefinition: 'web:2' }, false],
    [{ taskDefinition: 'web' }, true],
    [{ networkConfiguration }, false],
    [{ networkConfiguration: { awsvpcConfiguration: { subnets: [a], assignPublicIp: 'DISABLED' } } }, false],
    [{ networkConfiguration: { awsvpcConfiguration: { subnets: [a, b] } } }, true],
    [{ platformVersion: 'LATEST' }, false],
    [{ platformVersion: '1.4.0' }, true],
    [{ forceNewDeployment: false }, false],
    [{ forceNewDeployment: true }, true],
    [{ desiredCount: 5 }, false],
    [{ capacityProviderStrategy: [] }, false],
    [{ deploymentConfiguration: { maximumPercent: 150 } }, false],
    [{ availabilityZoneRebalancing: 'DISABLED' }, false],
    [{ healthCheckGracePeriodSeconds: 60 }, false],
    [{ enableExecuteCommand: false }, false],
    [{ enableECSManagedTags: true }, false],
    [{ propagateTags: 'SERVICE' }, false],
    [{ placementConstraints: [], placementStrategy: [] }, false],
    [{ loadBalancers: [], serviceRegistries: [], volumeConfigurations: [] }, false],
    [{ serviceConnectConfiguration: { enabled: false } }, false],
    [{ deploymentController: { type: 'ECS' } }, false],
    [{}, false],
  ];
  for (const [change, begins] of cases) {
    const before = ecs.history().length;
    await ecs.ask(updateService, { service: 'web', ...change });
    assert.equal(ecs.history().length - before, begins ? 1 : 0, JSON.stringify(change));
  }
});

test('commands in tasks ask for a task role', async () => {
  const ecs = await openServiceScene();
  const refused = (what: string): RegExp =>
    new RegExp(`^The service couldn't be ${what} because a valid taskRoleArn is not being used\\. Specify a valid`);
  await ecs.define();
  const plain = { serviceName: 'plain', taskDefinition: 'web:1', desiredCount: 1, enableExecuteCommand: true };
  await ecs.refuses(createService, plain, 'InvalidParameterException', refused('created'));
  await ecs.create();
  const enable = { service: 'web', enableExecuteCommand: true };
  await ecs.refuses(updateService, enable, 'InvalidParameterException', refused('updated'));
  await ecs.define({ taskRoleArn: await ecs.role('app') });
  const { service } = await ecs.ask(updateService, { ...enable, taskDefinition: 'web' });
  assert.equal(service?.enableExecuteCommand, true);
  const back = { service: 'web', taskDefinition: 'web:1' };
  await ecs.refuses(updateService, back, 'InvalidParameterException', refused('updated'));
});

test('what an update does not name stays as it was', async () => {
  const ecs = await openServiceScene();
  const created = await ecs.create({
    healthCheckGracePeriodSeconds: 7,
    placementStrategy: [{ type: 'spread', field: 'attribute:ecs.availability-zone' }],
    placementConstraints: [{ type: 'distinctInstance' }],
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true }, maximumPercent: 150 },
    tags: [{ key: 'team', value: 'a' }],
    propagateTags: 'SERVICE',
  });
  await ecs.ask(updateService, { service: 'web' });
  assert.deepEqual(await ecs.show(), created);
  const { service } = await ecs.ask(updateService, {
    service: 'web',
    deploymentConfiguration: { minimumHealthyPercent: 50 },
    placementConstraints: [],
  });
  assert.deepEqual(service, {
    ...created,
    deploymentConfiguration: { ...created.deploymentConfiguration, minimumHealthyPercent: 50 },
    placementConstraints: [],
  });
});

test('any change that is made a second time begins no deployment', async () => {
  const ecs = await openServiceScene();
  await ecs.define();
  await ecs.create();
  const change = fc.record(
    {
      taskDefinition: fc.constantFrom('web', 'web:1', 'web:2'),
      desiredCount: fc.integer({ min: 0, max: 100 }),
      healthCheckGracePeriodSeconds: fc.integer({ min: 0, max: 100 }),
      deploymentConfiguration: fc.record(
        { maximumPercent: fc.integer({ min: 101, max: 300 }), minimumHealthyPercent: fc.integer({ min: 0, max: 100 }) },
        { requiredKeys: [] },
      ),
      enableECSManagedTags: fc.boolean(),
      propagateTags: fc.constantFrom('NONE', 'SERVICE', 'TASK_DEFINITION'),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(change, async (given) => {
      await ecs.ask(updateService, { service: 'web', ...given } as Parsed<UpdateServiceRequest>);
      const shown = await ecs.show();
      await ecs.ask(updateService, { service: 'web', ...given } as Parsed<UpdateServiceRequest>);
      assert.deepEqual(await ecs.show(), shown);
    }),
    { numRuns: 60 },
  );
});

test('a new count goes to the deployment under way, and to what its breaker allows', async () => {
  const ecs = await openServiceScene();
  await ecs.create();
  await ecs.ask(updateService, { service: 'web', desiredCount: 40 });
  assert.equal(ecs.shown()[0]?.desiredCount, 40);
  assert.equal(ecs.history()[0]?.circuitBreaker.threshold, 20);
  const { service } = await ecs.ask(updateService, { service: 'web', desiredCount: 0 });
  assert.deepEqual([service?.desiredCount, service?.deployments?.[0]?.desiredCount], [0, 0]);
});

test('a deployment keeps the rules that it began with', async () => {
  const ecs = await openServiceScene();
  await ecs.create({ deploymentConfiguration: { maximumPercent: 150 } });
  await ecs.ask(updateService, { service: 'web', deploymentConfiguration: { maximumPercent: 300 } });
  assert.equal(ecs.history()[0]?.deploymentConfiguration.maximumPercent, 150);
});

test('a service moves between a launch type and a strategy with its next deployment', async () => {
  const ecs = await openServiceScene();
  await ecs.define(fargate);
  const networkConfiguration = { awsvpcConfiguration: { subnets: [ecs.subnetIds[0]] } };
  await ecs.create({ networkConfiguration });
  const strategy = [{ capacityProvider: 'FARGATE', base: 1, weight: 1 }];
  const unforced = { service: 'web', taskDefinition: 'web:2', capacityProviderStrategy: strategy };
  await ecs.refuses(updateService, unforced, 'InvalidParameterException', /you must force a new deployment\.$/);
  const { service } = await ecs.ask(updateService, {
    service: 'web',
    capacityProviderStrategy: strategy,
    forceNewDeployment: true,
  });
  assert.deepEqual([service?.capacityProviderStrategy, service?.launchType], [strategy, undefined]);
  const { serviceRevisions: [revision] = [] } = await ecs.ask(describeServiceRevisions, {
    serviceRevisionArns: [ecs.shown()[0]?.revisionArn ?? ''],
  });
  assert.deepEqual([revision?.capacityProviderStrategy, revision?.platformVersion], [strategy, '1.4.0']);
  const deployments = ecs.history().length;
  await ecs.ask(updateService, { service: 'web', capacityProviderStrategy: strategy });
  assert.equal(ecs.history().length, deployments, 'the strategy it has is no change');
  const none = { service: 'web', capacityProviderStrategy: [] };
  await ecs.refuses(updateService, none, 'InvalidParameterException', /you must force a new deployment\.$/);
  const back = await ecs.ask(updateService, { ...none, forceNewDeployment: true });
  assert.deepEqual([back.service?.launchType, back.service?.capacityProviderStrategy], ['FARGATE', undefined]);
});

test('a service goes on with a definition that was deregistered, and cannot be given one', async () => {
  const ecs = await openServiceScene();
  await ecs.create();
  await ecs.ask(deregisterTaskDefinition, { taskDefinition: 'web:1' });
  await ecs.ask(updateService, { service: 'web', desiredCount: 3 });
  await ecs.ask(updateService, { service: 'web', forceNewDeployment: true });
  assert.equal(ecs.history().length, 2);
  await ecs.refuses(
    updateService,
    { service: 'web', taskDefinition: 'web:1' },
    'ClientException',
    'TaskDefinition is inactive',
  );
  await ecs.refuses(
    updateService,
    { service: 'web', taskDefinition: 'web:9' },
    'ClientException',
    'TaskDefinition not found.',
  );
});

test('only an ACTIVE service can be updated', async () => {
  const ecs = await openServiceScene();
  await ecs.refuses(updateService, { service: 'web' }, 'ServiceNotFoundException', 'Service not found.');
  await ecs.create();
  await ecs.ask(deleteService, { service: 'web', force: true });
  await ecs.refuses(updateService, { service: 'web' }, 'ServiceNotActiveException', 'Service was not ACTIVE.');
});

test('a service that CodeDeploy deploys takes only what is not a deployment', async () => {
  const ecs = await openServiceScene();
  await ecs.create({ deploymentController: { type: 'CODE_DEPLOY' } });
  const { service } = await ecs.ask(updateService, {
    service: 'web',
    desiredCount: 4,
    healthCheckGracePeriodSeconds: 5,
    deploymentConfiguration: { maximumPercent: 150 },
  });
  assert.deepEqual([service?.desiredCount, service?.healthCheckGracePeriodSeconds], [4, 5]);
  assert.deepEqual(service?.taskSets?.[0]?.computedDesiredCount, 4);
  const where = 'on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.';
  const cases: readonly (readonly [Change, string])[] = [
    [{ taskDefinition: 'web:1' }, `Unable to update task definition ${where}`],
    [{ forceNewDeployment: true }, `Cannot force a new deployment ${where}`],
    [{ networkConfiguration: {} }, `Unable to update network parameters ${where}`],
    [{ platformVersion: 'LATEST' }, `Unable to update platform version ${where}`],
  ];
  for (const [change, message] of cases) {
    await ecs.refuses(updateService, { service: 'web', ...change }, 'InvalidParameterException', message);
  }
});

test('a DAEMON has no count to be changed, and the controller of a service stays', async () => {
  const ecs = await openServiceScene();
  await ecs.ask(createService, { serviceName: 'each', taskDefinition: 'web', schedulingStrategy: 'DAEMON' });
  await ecs.refuses(updateService, { service: 'each', desiredCount: 2 }, 'InvalidParameterException', /desired count/);
  await ecs.refuses(
    updateService,
    { service: 'each', deploymentController: { type: 'EXTERNAL' } },
    'InvalidParameterException',
    /does not support changing the deployment controller/,
  );
});

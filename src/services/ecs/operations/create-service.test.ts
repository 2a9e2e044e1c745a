import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTaskScene } from '../task-scene.test.ts';
import { createService } from './create-service.ts';
import { describeServices } from './describe-services.ts';

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

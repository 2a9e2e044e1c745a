// Services as the AWS CLI sees them, its waiters included. No engine is needed: no task is asked for.
import assert from 'node:assert/strict';
import type {
  CreateServiceResponse,
  DescribeServicesResponse,
  ListServicesResponse,
  UpdateServiceResponse,
} from '@aws-sdk/client-ecs';
import {
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  ECSClient,
  ListServiceDeploymentsCommand,
  StopServiceDeploymentCommand,
} from '@aws-sdk/client-ecs';
import { after, before, describe, test } from 'node:test';
import { type AwsCli, awsCli } from '../running/aws-cli.ts';
import { type ControlPlane, startControlPlane } from '../running/control-plane.ts';

describe('services by the AWS CLI', () => {
  let server: ControlPlane;
  let aws: AwsCli;

  before(async () => {
    server = await startControlPlane();
    aws = awsCli(server);
    await aws('ecs', 'create-cluster');
    const containers = JSON.stringify([{ name: 'app', image: 'busybox', memory: 64 }]);
    await aws('ecs', 'register-task-definition', '--family', 'web', '--container-definitions', containers);
  });

  after(async () => {
    await server?.end();
  });

  test('a service is created, waited for, deployed anew and described', async () => {
    const named = ['--service-name', 'web', '--task-definition', 'web', '--desired-count', '0'];
    const { service } = await aws<CreateServiceResponse>('ecs', 'create-service', ...named);
    assert.deepEqual([service?.status, service?.deployments?.[0]?.rolloutState], ['ACTIVE', 'IN_PROGRESS']);
    await aws('ecs', 'wait', 'services-stable', '--services', 'web');
    const configuration = 'deploymentCircuitBreaker={enable=true,rollback=true},maximumPercent=150';
    const changes = ['--force-new-deployment', '--deployment-configuration', configuration];
    const updated = await aws<UpdateServiceResponse>('ecs', 'update-service', '--service', 'web', ...changes);
    assert.equal(updated.service?.deploymentConfiguration?.maximumPercent, 150);
    await aws('ecs', 'wait', 'services-stable', '--services', 'web');
    const { services: [shown] = [] } = await aws<DescribeServicesResponse>(
      'ecs',
      'describe-services',
      '--services',
      'web',
    );
    assert.deepEqual(
      shown?.deployments?.map(({ status, rolloutState }) => [status, rolloutState]),
      [['PRIMARY', 'COMPLETED']],
    );
    assert.match(shown?.events?.[0]?.message ?? '', /^\(service web\) has reached a steady state\.$/);
  });

  test('deployments are listed and described with their revisions', async () => {
    // By the SDK: the CLIs that machines have are older than these operations.
    const client = new ECSClient(server.sdk);
    const { serviceDeployments: [latest] = [] } = await client.send(
      new ListServiceDeploymentsCommand({ service: 'web', status: ['SUCCESSFUL'] }),
    );
    assert(latest?.serviceDeploymentArn && latest.targetServiceRevisionArn);
    const serviceDeploymentArns = [latest.serviceDeploymentArn];
    const { serviceDeployments: [shown] = [] } = await client.send(
      new DescribeServiceDeploymentsCommand({ serviceDeploymentArns }),
    );
    assert.deepEqual(
      [shown?.status, shown?.targetServiceRevision?.arn],
      ['SUCCESSFUL', latest.targetServiceRevisionArn],
    );
    assert.equal(shown?.deploymentConfiguration?.deploymentCircuitBreaker?.thresholdConfiguration?.value, 50);
    const { serviceRevisions: [revision] = [] } = await client.send(
      new DescribeServiceRevisionsCommand({ serviceRevisionArns: [latest.targetServiceRevisionArn] }),
    );
    assert.match(revision?.taskDefinition ?? '', /:task-definition\/web:1$/);
    const stop = new StopServiceDeploymentCommand({ serviceDeploymentArn: latest.serviceDeploymentArn });
    await assert.rejects(client.send(stop), { name: 'ConflictException' });
    client.destroy();
  });

  test('a deleted service can be waited for until it is INACTIVE', async () => {
    await aws('ecs', 'delete-service', '--service', 'web');
    await aws('ecs', 'wait', 'services-inactive', '--services', 'web');
    assert.deepEqual((await aws<ListServicesResponse>('ecs', 'list-services')).serviceArns, []);
    assert.match(await aws.fails('ecs', 'update-service', '--service', 'web'), /Service was not ACTIVE\./);
    assert.match(await aws.fails('ecs', 'update-service', '--service', 'none'), /Service not found\./);
    await aws('ecs', 'delete-cluster', '--cluster', 'default');
  });
});

// Deployments in stages by the SDK and task sets by the AWS CLI. No engine is needed: no task is asked for.
import assert from 'node:assert/strict';
import type {
  CreateTaskSetResponse,
  DeleteTaskSetResponse,
  DescribeTaskSetsResponse,
  UpdateServicePrimaryTaskSetResponse,
  UpdateTaskSetResponse,
} from '@aws-sdk/client-ecs';
import {
  ContinueServiceDeploymentCommand,
  CreateServiceCommand,
  DescribeServiceDeploymentsCommand,
  ECSClient,
  type ServiceDeployment,
} from '@aws-sdk/client-ecs';
import { after, before, describe, test } from 'node:test';
import { type AwsCli, awsCli } from '../running/aws-cli.ts';
import { type ControlPlane, startControlPlane } from '../running/control-plane.ts';
import { eventually } from '../running/eventually.ts';

describe('deployments in stages and task sets', () => {
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

  test('a paused canary deployment shows its hook to the SDK and goes on when it is answered', async () => {
    const client = new ECSClient(server.sdk);
    const { service } = await client.send(
      new CreateServiceCommand({
        serviceName: 'web',
        taskDefinition: 'web',
        desiredCount: 0,
        deploymentConfiguration: {
          strategy: 'CANARY',
          canaryConfiguration: { canaryPercent: 2.5, canaryBakeTimeInMinutes: 0 },
          lifecycleHooks: [
            {
              targetType: 'PAUSE',
              lifecycleStages: ['PRE_PRODUCTION_TRAFFIC_SHIFT'],
              timeoutConfiguration: { timeoutInMinutes: 20_160, action: 'ROLLBACK' },
            },
          ],
        },
      }),
    );
    assert.equal(service?.deploymentConfiguration?.canaryConfiguration?.canaryPercent, 2.5);
    const arn = service?.currentServiceDeployment ?? '';
    const shown = async (): Promise<ServiceDeployment | undefined> => {
      const input = { serviceDeploymentArns: [arn] };
      const { serviceDeployments: [found] = [] } = await client.send(new DescribeServiceDeploymentsCommand(input));
      return found;
    };
    const weights: (number | undefined)[] = [];
    // Once before each of the two steps of traffic.
    for (let step = 0; step < 2; step += 1) {
      const hookId = await eventually('a hook that awaits an action', async () => {
        const found = await shown();
        assert.equal(found?.status, 'IN_PROGRESS');
        const hook = found?.lifecycleHookDetails?.find(({ status }) => status === 'AWAITING_ACTION');
        if (!hook) return undefined;
        assert.equal(found?.lifecycleStage, 'PRODUCTION_TRAFFIC_SHIFT');
        assert(hook.expiresAt && hook.expiresAt.getTime() > Date.now() + 13 * 86_400_000);
        weights.push(found?.targetServiceRevision?.requestedProductionTrafficWeight);
        return hook.hookId;
      });
      const answer = await client.send(
        new ContinueServiceDeploymentCommand({ serviceDeploymentArn: arn, hookId, action: 'CONTINUE' }),
      );
      assert.equal(answer.serviceDeploymentArn, arn);
    }
    await eventually('the end of the deployment', async () =>
      (await shown())?.status === 'SUCCESSFUL' ? true : undefined,
    );
    assert.deepEqual(weights, [0, 2.5]);
  });

  test('task sets are created, scaled, made primary and deleted', async () => {
    const controller = ['--deployment-controller', 'type=EXTERNAL', '--desired-count', '0'];
    await aws('ecs', 'create-service', '--service-name', 'api', ...controller);
    const owner = ['--cluster', 'default', '--service', 'api'];
    const definition = ['--task-definition', 'web', '--external-id', 'release-7', '--tags', 'key=team,value=a'];
    const { taskSet } = await aws<CreateTaskSetResponse>('ecs', 'create-task-set', ...owner, ...definition);
    assert.deepEqual(
      [taskSet?.status, taskSet?.scale?.value, taskSet?.externalId, taskSet?.launchType],
      ['ACTIVE', 0, 'release-7', 'EC2'],
    );
    const named = ['--task-set', taskSet?.id ?? ''];
    const scaled = await aws<UpdateTaskSetResponse>(
      'ecs',
      'update-task-set',
      ...owner,
      ...named,
      '--scale',
      'value=12.5,unit=PERCENT',
    );
    assert.equal(scaled.taskSet?.scale?.value, 12.5);
    const primary = ['--primary-task-set', taskSet?.taskSetArn ?? ''];
    const made = await aws<UpdateServicePrimaryTaskSetResponse>(
      'ecs',
      'update-service-primary-task-set',
      ...owner,
      ...primary,
    );
    assert.equal(made.taskSet?.status, 'PRIMARY');
    await eventually('a steady task set', async () => {
      const { taskSets: [found] = [], failures } = await aws<DescribeTaskSetsResponse>(
        'ecs',
        'describe-task-sets',
        ...owner,
        '--task-sets',
        taskSet?.id ?? '',
        '--include',
        'TAGS',
      );
      assert.deepEqual(failures, []);
      assert.deepEqual(found?.tags, [{ key: 'team', value: 'a' }]);
      return found?.stabilityStatus === 'STEADY_STATE' ? true : undefined;
    });
    const deleted = await aws<DeleteTaskSetResponse>('ecs', 'delete-task-set', ...owner, ...named, '--force');
    assert.equal(deleted.taskSet?.status, 'DRAINING');
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AwsError } from '../../../aws/error.ts';
import { waitingEvents } from '../outbox-tables.ts';
import { type FleetScene, openFleetScene } from '../reconcilers/fleet-scene.test.ts';
import type { HookState } from '../service-tables.ts';
import { continueServiceDeployment } from './continue-service-deployment.ts';
import { updateService } from './update-service.ts';

const minute = 60_000;

/** A deployment that two hooks pause once its tasks have come. */
async function paused(timeoutInMinutes = 60): Promise<FleetScene> {
  const scene = await openFleetScene();
  await scene.create();
  const hook = {
    targetType: 'PAUSE' as const,
    lifecycleStages: ['POST_SCALE_UP' as const],
    timeoutConfiguration: { timeoutInMinutes },
  };
  const deploymentConfiguration = { bakeTimeInMinutes: 1, lifecycleHooks: [hook, hook] };
  await scene.ask(updateService, { service: 'web', taskDefinition: 'web:2', deploymentConfiguration });
  await scene.pass(2 * minute);
  return scene;
}

function hooksOf(scene: FleetScene): readonly [HookState, HookState] {
  const [first, second] = scene.deployment().stages?.hooks ?? [];
  assert(first && second);
  return [first, second];
}

function refused(code: string, message: RegExp) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof AwsError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    return true;
  };
}

test('each hook is answered for itself, and the deployment goes on when all are', async () => {
  const scene = await paused();
  const { arn } = scene.deployment();
  const [first, second] = hooksOf(scene);
  const answer = await scene.ask(continueServiceDeployment, { serviceDeploymentArn: arn, hookId: first.hookId });
  assert.deepEqual(answer, { serviceDeploymentArn: arn });
  await scene.pass(5 * minute);
  assert.deepEqual(
    hooksOf(scene).map(({ status }) => status),
    ['SUCCEEDED', 'AWAITING_ACTION'],
  );
  await scene.ask(continueServiceDeployment, { serviceDeploymentArn: arn, hookId: second.hookId, action: 'CONTINUE' });
  await scene.pass(5 * minute);
  assert.equal(scene.deployment().status, 'SUCCESSFUL');
});

test('EventBridge is told of a hook that waits and of how it ended', async () => {
  const scene = await paused(10);
  const { arn, serviceArn, clusterArn } = scene.deployment();
  const [first, second] = hooksOf(scene);
  assert.match(first.hookId, /^ecs-pause-[\w-]{43}$/);
  await scene.ask(continueServiceDeployment, { serviceDeploymentArn: arn, hookId: first.hookId });
  await scene.pass(12 * minute);
  const told = scene
    .store()
    .view(waitingEvents)
    .filter(({ detailType }) => detailType === 'ECS Hook State Change');
  assert.deepEqual(
    told.map(({ detail, resources }) => [detail['eventName'], detail['hookId'], detail['eventType'], resources]),
    [
      ['HOOK_AWAITING_ACTION', first.hookId, 'INFO', [arn]],
      ['HOOK_AWAITING_ACTION', second.hookId, 'INFO', [arn]],
      ['HOOK_SUCCEEDED', first.hookId, 'INFO', [arn]],
      ['HOOK_TIMED_OUT', second.hookId, 'ERROR', [arn]],
    ],
  );
  const { updatedAt, ...detail } = told[0]?.detail ?? {};
  assert.equal(updatedAt, new Date(first.startedAt).toISOString());
  assert.deepEqual(detail, {
    eventType: 'INFO',
    eventName: 'HOOK_AWAITING_ACTION',
    hookId: first.hookId,
    hookType: 'PAUSE',
    expiresAt: new Date(first.expiresAt).toISOString(),
    lifecycleStage: 'POST_SCALE_UP',
    clusterArn,
    serviceArn,
    serviceDeploymentArn: arn,
  });
});

test('one hook that asks back is enough, and the other cannot be answered any more', async () => {
  const scene = await paused();
  const { arn } = scene.deployment();
  const [first, second] = hooksOf(scene);
  await scene.ask(continueServiceDeployment, { serviceDeploymentArn: arn, hookId: first.hookId, action: 'ROLLBACK' });
  await scene.pass(minute);
  assert.equal(scene.deployment().status, 'ROLLBACK_SUCCESSFUL');
  await assert.rejects(
    scene.ask(continueServiceDeployment, { serviceDeploymentArn: arn, hookId: second.hookId }),
    refused('InvalidParameterException', /is not awaiting an action\.$/),
  );
});

test('a hook is answered once, and not when its time is over', async () => {
  const scene = await paused(3);
  const { arn } = scene.deployment();
  const [first, second] = hooksOf(scene);
  await scene.ask(continueServiceDeployment, { serviceDeploymentArn: arn, hookId: first.hookId });
  await assert.rejects(
    scene.ask(continueServiceDeployment, { serviceDeploymentArn: arn, hookId: first.hookId }),
    refused('InvalidParameterException', /is not awaiting an action\.$/),
  );
  await scene.pass(5 * minute);
  await assert.rejects(
    scene.ask(continueServiceDeployment, { serviceDeploymentArn: arn, hookId: second.hookId }),
    refused('InvalidParameterException', /is not awaiting an action\.$/),
  );
  assert.equal(scene.deployment().status, 'ROLLBACK_SUCCESSFUL');
});

test('what is not there and what is no name of it is refused', async () => {
  const scene = await paused();
  const { arn } = scene.deployment();
  const [{ hookId }] = hooksOf(scene);
  for (const [input, code, message] of [
    [
      { serviceDeploymentArn: `${arn}x`, hookId },
      'ServiceDeploymentNotFoundException',
      /^Service deployment not found/,
    ],
    [{ serviceDeploymentArn: 'web', hookId }, 'InvalidParameterException', /is not the ARN of a service-deployment/],
    [
      { serviceDeploymentArn: arn, hookId: 'other' },
      'InvalidParameterException',
      /no lifecycle hook with the ID other/,
    ],
  ] as const) {
    await assert.rejects(scene.ask(continueServiceDeployment, input), refused(code, message));
  }
});

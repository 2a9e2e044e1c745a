import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeploymentLifecycleHookStage } from '@aws-sdk/client-ecs';
import type { HookEvent, HookTarget, LifecycleHookCaller } from './lifecycle-hook-calls.ts';
import { updateService } from './operations/update-service.ts';
import { type FleetScene, openFleetScene } from './reconcilers/fleet-scene.test.ts';
import type { HookAnswer } from './rules/deployment/hooks.ts';

const minute = 60_000;
const hookTargetArn = 'arn:aws:lambda:us-east-1:123456789012:function:check';
const roleArn = 'arn:aws:iam::123456789012:role/hooks';

/** Takes the place of Lambda: answers as it is told and records what it was asked. */
class RecordedCaller implements LifecycleHookCaller {
  readonly asked: { readonly target: HookTarget; readonly event: HookEvent }[] = [];
  answer: (event: HookEvent, call: number) => Promise<HookAnswer>;

  constructor(answer: (event: HookEvent, call: number) => HookAnswer | Promise<HookAnswer>) {
    this.answer = async (event, call) => await answer(event, call);
  }

  call(target: HookTarget, event: HookEvent): Promise<HookAnswer> {
    this.asked.push({ target, event });
    return this.answer(event, this.asked.length);
  }

  get stages(): readonly string[] {
    return this.asked.map(({ event }) => event.lifecycleStage);
  }
}

async function deploying(
  hookCaller: LifecycleHookCaller,
  ...lifecycleStages: readonly DeploymentLifecycleHookStage[]
): Promise<FleetScene> {
  const scene = await openFleetScene({ hookCaller });
  await scene.create();
  await scene.ask(updateService, {
    service: 'web',
    taskDefinition: 'web:2',
    deploymentConfiguration: {
      bakeTimeInMinutes: 1,
      lifecycleHooks: [{ hookTargetArn, roleArn, lifecycleStages, hookDetails: { suite: 'smoke' } }],
    },
  });
  return scene;
}

const succeeded: HookAnswer = { returned: { hookStatus: 'SUCCEEDED' } };

test('a hook is called once at its stage, with what AWS would say, and the deployment goes on', async () => {
  const caller = new RecordedCaller(() => succeeded);
  const scene = await deploying(caller, 'POST_SCALE_UP', 'PRODUCTION_TRAFFIC_SHIFT');
  await scene.pass(5 * minute);
  const { arn, serviceArn, targetRevisionArn, sourceRevisionArns, status } = scene.deployment();
  assert.equal(status, 'SUCCESSFUL');
  assert.deepEqual(caller.stages, ['POST_SCALE_UP', 'PRODUCTION_TRAFFIC_SHIFT']);
  const [first, second] = caller.asked;
  assert.deepEqual(first?.target, { targetArn: hookTargetArn, roleArn });
  const { executionId, ...event } = first?.event ?? {};
  assert.ok(executionId);
  assert.deepEqual(event, {
    lifecycleStage: 'POST_SCALE_UP',
    resourceArn: arn,
    executionDetails: {
      serviceArn,
      targetServiceRevisionArn: targetRevisionArn,
      testTrafficWeights: { [sourceRevisionArns[0] ?? '']: 100 },
      productionTrafficWeights: { [sourceRevisionArns[0] ?? '']: 100 },
    },
    hookDetails: { suite: 'smoke' },
  });
  assert.deepEqual(second?.event.executionDetails.productionTrafficWeights, { [targetRevisionArn]: 100 });
});

test('a hook that is in progress is called again when it says, with the details it gave', async () => {
  const caller = new RecordedCaller((_event, call) =>
    call < 3 ? { returned: { hookStatus: 'IN_PROGRESS', callBackDelay: 120, hookDetails: { run: call } } } : succeeded,
  );
  const scene = await deploying(caller, 'PRE_SCALE_UP');
  await scene.pass(minute);
  assert.equal(caller.asked.length, 1);
  await scene.pass(2 * minute);
  assert.equal(caller.asked.length, 2);
  await scene.pass(10 * minute);
  assert.equal(caller.asked.length, 3);
  assert.deepEqual(
    caller.asked.map(({ event }) => event.hookDetails),
    [{ suite: 'smoke' }, { suite: 'smoke', run: 1 }, { suite: 'smoke', run: 2 }],
  );
  assert.equal(new Set(caller.asked.map(({ event }) => event.executionId)).size, 1);
  assert.equal(scene.deployment().status, 'SUCCESSFUL');
});

for (const [what, answer] of [
  ['says FAILED', { returned: { hookStatus: 'FAILED' } }],
  ['says something else', { returned: 'done' }],
  ['says nothing', { returned: undefined }],
  ['fails itself', { failed: 'Unhandled' }],
] as const) {
  test(`a hook that ${what} takes the deployment back, and is called on the way`, async () => {
    const caller = new RecordedCaller((_event, call) => (call === 1 ? answer : succeeded));
    const scene = await deploying(caller, 'PRODUCTION_TRAFFIC_SHIFT');
    await scene.pass(5 * minute);
    const { status, rollback, sourceRevisionArns } = scene.deployment();
    assert.deepEqual([status, rollback?.reason], ['ROLLBACK_SUCCESSFUL', 'Hook execution failure(s) detected.']);
    assert.deepEqual(caller.stages, ['PRODUCTION_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT']);
    const back = caller.asked[1]?.event.executionDetails.productionTrafficWeights;
    assert.deepEqual(back, { [sourceRevisionArns[0] ?? '']: 100 });
    assert.deepEqual(scene.running(), { 1: 3 });
  });
}

test('a hook that cannot be reached is tried until its time is over', async () => {
  const caller = new RecordedCaller((_event, call) =>
    call < 4 ? Promise.reject(new Error('connection refused')) : succeeded,
  );
  const scene = await deploying(caller, 'PRE_SCALE_UP');
  await scene.pass(10 * minute);
  assert.equal(caller.asked.length, 4);
  assert.equal(scene.deployment().status, 'SUCCESSFUL');
});

test('a server that crashes while it calls asks again with the same execution id', async () => {
  let isSilent = true;
  const silence = new Promise<HookAnswer>(() => undefined);
  const caller = new RecordedCaller(() => (isSilent ? silence : succeeded));
  const scene = await deploying(caller, 'PRE_SCALE_UP');
  await scene.pass(10_000);
  assert.equal(caller.asked.length, 1);
  isSilent = false;
  await scene.restart();
  await scene.pass(5 * minute);
  assert.equal(scene.deployment().status, 'SUCCESSFUL');
  const [first, second, ...more] = caller.asked.map(({ event }) => event.executionId);
  assert.deepEqual([second, more], [first, []]);
});

test('without anything to call them with, such hooks are refused', async () => {
  const scene = await openFleetScene();
  await scene.create();
  const lifecycleHooks = [{ hookTargetArn, roleArn, lifecycleStages: ['PRE_SCALE_UP' as const] }];
  await assert.rejects(
    scene.ask(updateService, { service: 'web', deploymentConfiguration: { lifecycleHooks } }),
    /Longshore does not support lifecycle hooks of type AWS_LAMBDA yet\./,
  );
});

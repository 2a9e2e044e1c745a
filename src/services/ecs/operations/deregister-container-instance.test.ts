import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Runner } from '../../../control/runner.ts';
import { AgentScene, taskOf } from '../agents/agent-scene.test.ts';
import { ecsService } from '../service.ts';
import { containerInstances } from '../tables.ts';
import { deregisterContainerInstance } from './deregister-container-instance.ts';

it('an instance with tasks goes by force alone, and its tasks end with the reason', async () => {
  const scene = await AgentScene.open();
  const arn = await scene.register();
  await scene.put(taskOf(1, arn, { lastStatus: 'RUNNING', startedAt: 1 }), taskOf(2, arn));
  const attempt = async (force: boolean) =>
    await deregisterContainerInstance({ containerInstance: arn, force }, scene.context());
  await assert.rejects(async () => await attempt(false), {
    code: 'InvalidParameterException',
    message: 'Found running tasks on the instance.',
  });
  assert.equal(scene.instance(arn).status, 'ACTIVE');
  const { containerInstance } = await attempt(true);
  assert.equal(containerInstance?.status, 'INACTIVE');
  const stop = runReconcilers(scene);
  await scene.clock.advance(1000);
  for (const n of [1, 2]) {
    const task = scene.task(taskOf(n, arn).arn);
    assert.equal(task.lastStatus, 'STOPPED');
    assert.equal(task.stoppedReason, 'Container instance deregistration forced by user');
  }
  await stop();
});

it('a deregistered instance is shown for an hour and then forgotten', async () => {
  const scene = await AgentScene.open();
  const arn = await scene.register();
  await deregisterContainerInstance({ containerInstance: arn }, scene.context());
  const stop = runReconcilers(scene);
  await scene.clock.advance(59 * 60_000);
  assert.equal(scene.instance(arn).status, 'INACTIVE');
  await scene.clock.advance(2 * 60_000);
  assert.equal(
    scene.store.view((reader) => reader.get(containerInstances, arn)),
    undefined,
  );
  await stop();
});

it('an instance that is not there is refused', async () => {
  const scene = await AgentScene.open();
  await assert.rejects(
    async () => await deregisterContainerInstance({ containerInstance: '0'.repeat(32) }, scene.context()),
    { code: 'InvalidParameterException' },
  );
});

function runReconcilers(scene: AgentScene): () => Promise<void> {
  const { store, clock, log } = scene;
  const runner = new Runner({ store, clock, log, reconcilers: ecsService(scene.parts).reconcilers });
  runner.start();
  return async () => await runner.stop();
}

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { AgentScene } from '../agents/agent-scene.test.ts';
import { deregisterContainerInstance } from './deregister-container-instance.ts';
import { updateContainerAgent } from './update-container-agent.ts';
import { updateContainerInstancesState } from './update-container-instances-state.ts';

it('instances are drained and taken back, each failure on its own', async () => {
  const scene = await AgentScene.open();
  const [here, gone] = [await scene.register(), await scene.register()];
  await deregisterContainerInstance({ containerInstance: gone }, scene.context());
  const missing = '0'.repeat(32);
  const { containerInstances, failures } = await updateContainerInstancesState(
    { containerInstances: [here, gone, missing], status: 'DRAINING' },
    scene.context(),
  );
  assert.deepEqual(
    containerInstances?.map(({ status }) => status),
    ['DRAINING'],
  );
  assert.deepEqual(
    failures?.map(({ reason }) => reason),
    ['INACTIVE', 'MISSING'],
  );
  assert.equal(scene.instance(here).status, 'DRAINING');
  await updateContainerInstancesState({ containerInstances: [here], status: 'ACTIVE' }, scene.context());
  assert.equal(scene.instance(here).status, 'ACTIVE');
});

it('no other status can be asked for', async () => {
  const scene = await AgentScene.open();
  const arn = await scene.register();
  await assert.rejects(
    async () =>
      await updateContainerInstancesState({ containerInstances: [arn], status: 'DEREGISTERING' }, scene.context()),
    { message: 'Container instance status should be one of [ACTIVE, DRAINING]' },
  );
});

it('there is no update for an agent', async () => {
  const scene = await AgentScene.open();
  const arn = await scene.register();
  await assert.rejects(async () => await updateContainerAgent({ containerInstance: arn }, scene.context()), {
    code: 'NoUpdateAvailableException',
  });
});

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { AgentScene } from '../agents/agent-scene.test.ts';
import { deregisterContainerInstance } from './deregister-container-instance.ts';
import { listContainerInstances } from './list-container-instances.ts';
import { updateContainerInstancesState } from './update-container-instances-state.ts';

it('pages hold each instance once, without deregistered ones', async () => {
  const scene = await AgentScene.open();
  const arns = [];
  for (let count = 0; count < 5; count += 1) arns.push(await scene.register());
  const [gone = '', ...left] = arns;
  await deregisterContainerInstance({ containerInstance: gone }, scene.context());
  const seen: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await listContainerInstances(
      { maxResults: 3, ...(nextToken === undefined ? {} : { nextToken }) },
      scene.context(),
    );
    seen.push(...(page.containerInstanceArns ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  assert.deepEqual(seen, left.toSorted());
});

it('the status chooses', async () => {
  const scene = await AgentScene.open();
  const [draining, active] = [await scene.register(), await scene.register()];
  await updateContainerInstancesState({ containerInstances: [draining], status: 'DRAINING' }, scene.context());
  const list = async (status: 'ACTIVE' | 'DRAINING') =>
    (await listContainerInstances({ status }, scene.context())).containerInstanceArns;
  assert.deepEqual(await list('DRAINING'), [draining]);
  assert.deepEqual(await list('ACTIVE'), [active]);
});

it('what is not understood is refused', async () => {
  const scene = await AgentScene.open();
  const refused = async (input: Parameters<typeof listContainerInstances>[0], message: RegExp) =>
    await assert.rejects(async () => await listContainerInstances(input, scene.context()), { message });
  await refused({ filter: 'attribute:x == y' }, /does not support the cluster query language/);
  await refused({ nextToken: 'zz' }, /Invalid token/);
  await refused({ maxResults: 0 }, /maxResults/);
  await refused({ status: 'BROKEN' as 'ACTIVE' }, /Container instance status should be one of/);
  await refused({ cluster: 'other' }, /Cluster not found\./);
});

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { AgentScene } from '../agents/agent-scene.test.ts';
import { deregisterContainerInstance } from './deregister-container-instance.ts';
import { listContainerInstances } from './list-container-instances.ts';
import { putAttributes } from './put-attributes.ts';
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

it('a filter chooses by the cluster query language, over pages', async () => {
  const scene = await AgentScene.open();
  const arns: string[] = [];
  for (let count = 0; count < 4; count += 1) arns.push(await scene.register());
  const [first = '', ...rest] = arns.toSorted();
  await putAttributes(
    { attributes: rest.map((targetId) => ({ name: 'stack', value: 'blue', targetId })) },
    scene.context(),
  );
  const list = async (filter: string, nextToken?: string) =>
    await listContainerInstances(
      { filter, maxResults: 2, ...(nextToken !== undefined && { nextToken }) },
      scene.context(),
    );
  assert.deepEqual((await list('attribute:stack not_exists')).containerInstanceArns, [first]);
  const page = await list('attribute:stack =~ b.* and runningTasksCount == 0');
  assert.deepEqual(page.containerInstanceArns, rest.slice(0, 2));
  const last = await list('attribute:stack =~ b.* and runningTasksCount == 0', page.nextToken);
  assert.deepEqual(last.containerInstanceArns, rest.slice(2));
  assert.deepEqual((await list('task:group == service:web')).containerInstanceArns, []);
});

it('what is not understood is refused', async () => {
  const scene = await AgentScene.open();
  const refused = async (input: Parameters<typeof listContainerInstances>[0], message: RegExp) =>
    await assert.rejects(async () => await listContainerInstances(input, scene.context()), { message });
  await refused({ filter: 'attribute:x ==' }, /^Invalid filter expression\. Expected an argument at position 14\.$/);
  await refused({ nextToken: 'zz' }, /Invalid token/);
  await refused({ maxResults: 0 }, /maxResults/);
  await refused({ status: 'BROKEN' as 'ACTIVE' }, /Container instance status should be one of/);
  await refused({ cluster: 'other' }, /Cluster not found\./);
});

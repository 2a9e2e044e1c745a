import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEcs, someInstance } from '../open-ecs.test.ts';
import { containerInstances } from '../tables.ts';
import { createCluster } from './create-cluster.ts';
import { deleteAttributes } from './delete-attributes.ts';
import { listAttributes } from './list-attributes.ts';
import { putAttributes } from './put-attributes.ts';

const first = someInstance({ attributes: [{ name: 'ecs.os-type', value: 'linux' }] });
const second = someInstance({ id: '00000000000000000000000000000002' });
const targetType = 'container-instance';

async function openWithInstances() {
  const ecs = await openEcs();
  await ecs.ask(createCluster, {});
  await ecs.store.update((tx) => {
    tx.put(containerInstances, first);
    tx.put(containerInstances, second);
  });
  return ecs;
}

test('attributes are put by id or ARN, replaced, listed and deleted', async () => {
  const ecs = await openWithInstances();
  const put = await ecs.ask(putAttributes, {
    attributes: [
      { name: 'stack', value: 'blue', targetId: first.id, targetType },
      { name: 'gpu', targetId: second.arn },
    ],
  });
  assert.deepEqual(put.attributes, [
    { name: 'stack', value: 'blue', targetId: first.arn },
    { name: 'gpu', targetId: second.arn },
  ]);
  await ecs.ask(putAttributes, { attributes: [{ name: 'stack', value: 'green', targetId: first.arn }] });
  const listed = await ecs.ask(listAttributes, { targetType });
  assert.deepEqual(listed.attributes, [
    { name: 'ecs.os-type', value: 'linux', targetId: first.arn },
    { name: 'stack', value: 'green', targetId: first.arn },
    { name: 'gpu', targetId: second.arn },
  ]);
  const green = { targetType, attributeName: 'stack', attributeValue: 'green' } as const;
  assert.equal((await ecs.ask(listAttributes, green)).attributes?.length, 1);
  await ecs.ask(deleteAttributes, { attributes: [{ name: 'stack', value: 'blue', targetId: first.arn }] });
  assert.equal((await ecs.ask(listAttributes, green)).attributes?.length, 1);
  await ecs.ask(deleteAttributes, { attributes: [{ name: 'stack', targetId: first.arn }] });
  assert.deepEqual((await ecs.ask(listAttributes, green)).attributes, []);
});

test('pages go on inside an instance', async () => {
  const ecs = await openWithInstances();
  for (const { arn } of [first, second]) {
    for (const name of ['a', 'b', 'c']) await ecs.ask(putAttributes, { attributes: [{ name, targetId: arn }] });
  }
  const seen: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await ecs.ask(listAttributes, { targetType, maxResults: 2, nextToken });
    seen.push(...(page.attributes ?? []).map((one) => `${one.targetId?.at(-1)}${one.name}`));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  assert.deepEqual(seen, ['1a', '1b', '1c', '1ecs.os-type', '2a', '2b', '2c']);
});

test('an instance has at most ten custom attributes, and all of a refused request is left undone', async () => {
  const ecs = await openWithInstances();
  const attributes = Array.from({ length: 10 }, (_, at) => ({ name: `a${at}`, targetId: first.arn }));
  await ecs.ask(putAttributes, { attributes });
  const more = [
    { name: 'x', targetId: second.arn },
    { name: 'y', targetId: first.arn },
  ];
  await ecs.refuses(putAttributes, { attributes: more }, 'AttributeLimitExceededException');
  assert.deepEqual((await ecs.ask(listAttributes, { targetType, attributeName: 'x' })).attributes, []);
});

test('targets and names that cannot be are refused', async () => {
  const ecs = await openWithInstances();
  const invalid = 'InvalidParameterException';
  const put = (attribute: object) => ({ attributes: [{ name: 'a', targetId: first.arn, ...attribute }] });
  await ecs.refuses(putAttributes, put({ targetId: first.id }), invalid, /targetType/);
  await ecs.refuses(
    putAttributes,
    put({ targetId: 'short', targetType }),
    invalid,
    'instanceId length should be one of [32,36]',
  );
  await ecs.refuses(putAttributes, put({ targetId: 'f'.repeat(32), targetType }), 'TargetNotFoundException');
  await ecs.refuses(putAttributes, put({ name: 'a b' }), invalid);
  await ecs.refuses(putAttributes, put({ value: ' a' }), invalid);
  await ecs.refuses(putAttributes, put({ targetType: 'task' }), invalid);
  await ecs.refuses(putAttributes, { attributes: [] }, invalid);
  await ecs.refuses(listAttributes, { targetType: 'task' as never }, invalid);
  await ecs.refuses(listAttributes, { targetType, cluster: 'none' }, 'ClusterNotFoundException');
});

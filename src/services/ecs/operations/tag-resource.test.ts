import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEcs, someInstance, someTask } from '../open-ecs.test.ts';
import { containerInstances, tasks } from '../tables.ts';
import { createCluster } from './create-cluster.ts';
import { listTagsForResource } from './list-tags-for-resource.ts';
import { registerTaskDefinition } from './register-task-definition.ts';
import { tagResource } from './tag-resource.ts';
import { untagResource } from './untag-resource.ts';

test('clusters, task definitions, container instances and tasks take and lose tags', async () => {
  const ecs = await openEcs();
  await ecs.ask(createCluster, {});
  await ecs.ask(registerTaskDefinition, {
    family: 'web',
    containerDefinitions: [{ name: 'app', image: 'nginx', memory: 128 }],
  });
  await ecs.store.update((tx) => {
    tx.put(containerInstances, someInstance());
    tx.put(tasks, someTask());
  });
  const arns = ['cluster/default', 'task-definition/web:1'].map((one) => `arn:aws:ecs:us-east-1:123456789012:${one}`);
  for (const resourceArn of [...arns, someInstance().arn, someTask().arn]) {
    await ecs.ask(tagResource, { resourceArn, tags: [{ key: 'a', value: '1' }, { key: 'b' }] });
    await ecs.ask(tagResource, { resourceArn, tags: [{ key: 'a', value: '2' }] });
    const { tags } = await ecs.ask(listTagsForResource, { resourceArn });
    assert.deepEqual(tags, [
      { key: 'a', value: '2' },
      { key: 'b', value: '' },
    ]);
    await ecs.ask(untagResource, { resourceArn, tagKeys: ['a', 'never-there'] });
    assert.deepEqual((await ecs.ask(listTagsForResource, { resourceArn })).tags, [{ key: 'b', value: '' }]);
  }
});

test('what is not there and what is no ARN are told apart', async () => {
  const ecs = await openEcs();
  const tags = [{ key: 'a', value: '1' }];
  const missing = 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1';
  await ecs.refuses(tagResource, { resourceArn: missing, tags }, 'ResourceNotFoundException');
  await ecs.refuses(untagResource, { resourceArn: missing, tagKeys: ['a'] }, 'ResourceNotFoundException');
  await ecs.refuses(listTagsForResource, { resourceArn: missing }, 'InvalidParameterException');
  const invalid = ['InvalidParameterException', 'The ARN provided is invalid.'] as const;
  await ecs.refuses(tagResource, { resourceArn: 'web', tags }, ...invalid);
  await ecs.refuses(tagResource, { resourceArn: 'arn:aws:ecs:us-east-1:123456789012:thing/a', tags }, ...invalid);
});

test('a resource has at most fifty tags', async () => {
  const ecs = await openEcs();
  const { cluster } = await ecs.ask(createCluster, {});
  const resourceArn = cluster?.clusterArn ?? '';
  const tags = Array.from({ length: 50 }, (_, at) => ({ key: `k${at}`, value: '' }));
  await ecs.ask(tagResource, { resourceArn, tags });
  await ecs.ask(tagResource, { resourceArn, tags: [{ key: 'k1', value: 'again' }] });
  await ecs.refuses(tagResource, { resourceArn, tags: [{ key: 'one more' }] }, 'LimitExceededException');
});

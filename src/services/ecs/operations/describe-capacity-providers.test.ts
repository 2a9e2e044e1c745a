import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEcs } from '../open-ecs.test.ts';
import { createCluster } from './create-cluster.ts';
import { describeCapacityProviders } from './describe-capacity-providers.ts';

const arnOf = (name: string): string => `arn:aws:ecs:us-east-1:123456789012:capacity-provider/${name}`;

test('every account has the providers of Fargate', async () => {
  const ecs = await openEcs();
  const { capacityProviders, failures, nextToken } = await ecs.ask(describeCapacityProviders, {});
  assert.deepEqual(
    capacityProviders,
    ['FARGATE', 'FARGATE_SPOT'].map((name) => ({
      capacityProviderArn: arnOf(name),
      name,
      status: 'ACTIVE',
      type: name,
      tags: [],
    })),
  );
  assert.deepEqual([failures, nextToken], [[], undefined]);
});

test('those that are named come by name or ARN, and one that is not there is a failure', async () => {
  const ecs = await openEcs();
  const named = await ecs.ask(describeCapacityProviders, {
    capacityProviders: [arnOf('FARGATE_SPOT'), 'FARGATE_SPOT', 'machines'],
  });
  assert.deepEqual(
    named.capacityProviders?.map(({ name }) => name),
    ['FARGATE_SPOT'],
  );
  assert.deepEqual(named.failures, [{ arn: arnOf('machines'), reason: 'MISSING' }]);
  const wrong = { capacityProviders: ['arn:aws:ecs:us-east-1:123456789012:cluster/default'] };
  await ecs.refuses(describeCapacityProviders, wrong, 'InvalidParameterException');
});

test('of a cluster those come that it has, a page at a time', async () => {
  const ecs = await openEcs();
  await ecs.ask(createCluster, { clusterName: 'spot', capacityProviders: ['FARGATE_SPOT'] });
  const { capacityProviders } = await ecs.ask(describeCapacityProviders, { cluster: 'spot' });
  assert.deepEqual(
    capacityProviders?.map(({ name }) => name),
    ['FARGATE_SPOT'],
  );
  const first = await ecs.ask(describeCapacityProviders, { maxResults: 1 });
  assert(first.nextToken);
  const second = await ecs.ask(describeCapacityProviders, { maxResults: 1, nextToken: first.nextToken });
  assert.deepEqual(
    [first, second].map(({ capacityProviders: found }) => found?.map(({ name }) => name)),
    [['FARGATE'], ['FARGATE_SPOT']],
  );
  assert.equal(second.nextToken, undefined);
  await ecs.refuses(describeCapacityProviders, { maxResults: 11 }, 'InvalidParameterException');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accountId, openEcr, root } from './open-ecr.test.ts';
import { createPullThroughCacheRule } from './operations/create-pull-through-cache-rule.ts';
import { onCacheRule } from './permissions.ts';

const credentialArn = `arn:aws:secretsmanager:us-east-1:${accountId}:secret:ecr-pullthroughcache/hub-AbCdEf`;

test('who has a secret sent to a registry of this machine must be allowed to read it', async () => {
  const ecr = await openEcr();
  for (const [ecrRepositoryPrefix, upstreamRegistryUrl] of [
    ['hub', 'registry-1.docker.io'],
    ['own', 'localhost:5000'],
  ] as const) {
    await ecr.run(createPullThroughCacheRule, { ecrRepositoryPrefix, upstreamRegistryUrl });
  }
  const call = {
    accountId,
    region: 'us-east-1',
    requestId: '',
    service: 'ecr',
    operation: '',
    principal: root,
    endpoint: 'http://127.0.0.1:4566',
    sourceAddress: '127.0.0.1',
    receivedAt: 0,
  };
  const secretsAsked = (input: {
    readonly ecrRepositoryPrefix: string;
    readonly upstreamRegistryUrl?: string;
    readonly credentialArn?: string;
  }): readonly string[] =>
    ecr.store.view((reader) =>
      onCacheRule('UpdatePullThroughCacheRule')(input, { call, reader })
        .filter(({ action }) => action === 'secretsmanager:GetSecretValue')
        .flatMap(({ resources }) => resources),
    );
  const at = (ecrRepositoryPrefix: string, upstreamRegistryUrl?: string) => ({
    ecrRepositoryPrefix,
    credentialArn,
    ...(upstreamRegistryUrl !== undefined && { upstreamRegistryUrl }),
  });
  assert.deepEqual(secretsAsked(at('own')), [credentialArn]);
  assert.deepEqual(secretsAsked(at('new', 'LocalHost:5000')), [credentialArn]);
  assert.deepEqual(secretsAsked(at('new', '127.0.0.1:5000')), [credentialArn]);
  assert.deepEqual(secretsAsked(at('hub')), []);
  assert.deepEqual(secretsAsked(at('new', 'quay.io')), []);
  assert.deepEqual(secretsAsked({ ecrRepositoryPrefix: 'own' }), []);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ecrImageFor } from './registry-for-stock-agents.ts';

const registry = {
  host: 'localhost:4566',
  endpoint: 'http://127.0.0.1:4566',
  accountId: '000000000000',
  region: 'us-east-1',
};
const ecrAuthData = { registryId: '000000000000', region: 'us-east-1', endpointOverride: 'http://127.0.0.1:4566' };
const digest = `sha256:${'a'.repeat(64)}`;

test('a stock agent is told to pull images of ECR from here, and where it gets the token for that', () => {
  for (const [image, asked] of [
    ['000000000000.dkr.ecr.us-east-1.amazonaws.com/team/app:v1', 'localhost:4566/team/app:v1'],
    [`000000000000.dkr.ecr.us-east-1.amazonaws.com/app:v1@${digest}`, `localhost:4566/app:v1@${digest}`],
    ['localhost:4566/app:v1', 'localhost:4566/app:v1'],
  ] as const) {
    assert.deepEqual(ecrImageFor(image, registry, true), {
      image: asked,
      registryAuthentication: { type: 'ecr', ecrAuthData: { ...ecrAuthData, useExecutionRole: true } },
    });
  }
  const withoutRole = ecrImageFor('localhost:4566/app', registry, false)?.registryAuthentication;
  assert.deepEqual(withoutRole, { type: 'ecr', ecrAuthData: { ...ecrAuthData, useExecutionRole: false } });
});

test('images of other registries are left alone', () => {
  for (const image of ['nginx', 'public.ecr.aws/x/y:1', 'localhost:4567/app:v1', 'localhost:45660/app']) {
    assert.equal(ecrImageFor(image, registry, true), undefined, image);
  }
});

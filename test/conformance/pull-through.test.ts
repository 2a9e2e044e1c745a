// A pull-through cache in front of a real registry, Debian's docker-registry: what is pulled comes from there once.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { DescribeImagesResponse, DescribeRepositoriesResponse } from '@aws-sdk/client-ecr';
import { type Client, clientOf } from '../running/cluster.ts';
import { type DockerRegistry, someone, startDockerRegistry } from '../running/docker-registry.ts';
import { digestOf, errorCode, imageType, indexType, type OciRegistry, startOciRegistry } from './oci-registry.ts';

describe('a pull-through cache', () => {
  let upstream: DockerRegistry;
  let registry: OciRegistry;
  let client: Client;
  const layer = randomBytes(5_000_000); // more than one part of what is asked of an upstream at once
  const config = JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [] } });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: imageType,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digestOf(config), size: config.length },
    layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: digestOf(layer), size: layer.byteLength }],
  });
  const index = JSON.stringify({
    schemaVersion: 2,
    mediaType: indexType,
    manifests: [
      {
        mediaType: imageType,
        digest: digestOf(manifest),
        size: manifest.length,
        platform: { os: 'linux', architecture: 'amd64' },
      },
    ],
  });

  before(async () => {
    registry = await startOciRegistry([]);
    upstream = await startDockerRegistry(join(registry.server.directory, 'upstream'));
    client = clientOf(registry.server);
    for (const blob of [layer, Buffer.from(config)]) {
      const begun = await fetch(`http://${upstream.host}/v2/team/app/blobs/uploads/`, { method: 'POST' });
      const location = new URL(begun.headers.get('location') ?? '', `http://${upstream.host}`);
      location.searchParams.set('digest', digestOf(blob));
      assert.equal((await fetch(location, { method: 'PUT', body: blob })).status, 201);
    }
    for (const [reference, body, type] of [
      ['v1', manifest, imageType],
      ['multi', index, indexType],
    ] as const) {
      const url = `http://${upstream.host}/v2/team/app/manifests/${reference}`;
      assert.equal((await fetch(url, { method: 'PUT', body, headers: { 'content-type': type } })).status, 201);
    }
    await client.call('ecr', 'CreateRepositoryCreationTemplate', {
      prefix: 'cached',
      appliedFor: ['PULL_THROUGH_CACHE'],
      imageTagMutability: 'IMMUTABLE',
      resourceTags: [{ Key: 'made', Value: 'by the cache' }],
    });
  });

  after(async () => {
    await upstream?.stop();
    await registry?.close();
  });

  async function pull(reference: string): Promise<{ readonly status: number; readonly digest: string }> {
    const answer = await registry.request('GET', `cached/app/manifests/${reference}`);
    return { status: answer.status, digest: digestOf(new Uint8Array(await answer.arrayBuffer())) };
  }

  test('is no cache before there is a rule', async () => {
    const answer = await registry.request('GET', 'cached/app/manifests/v1');
    assert.equal(answer.status, 404);
    assert.equal(await errorCode(answer), 'NAME_UNKNOWN');
  });

  test('validates a rule by asking the upstream', async () => {
    await client.call('ecr', 'CreatePullThroughCacheRule', {
      ecrRepositoryPrefix: 'cached',
      upstreamRegistryUrl: upstream.host,
      upstreamRepositoryPrefix: 'team',
    });
    const { isValid } = await client.call<{ readonly isValid: boolean }>('ecr', 'ValidatePullThroughCacheRule', {
      ecrRepositoryPrefix: 'cached',
    });
    assert.equal(isValid, true);
  });

  test('makes the repository as its creation template says, at the first pull', async () => {
    assert.deepEqual(await pull('v1'), { status: 200, digest: digestOf(manifest) });
    const { repositories = [] } = await client.call<DescribeRepositoriesResponse>('ecr', 'DescribeRepositories', {
      repositoryNames: ['cached/app'],
    });
    assert.equal(repositories[0]?.imageTagMutability, 'IMMUTABLE');
    const { tags } = await client.call<{ readonly tags: readonly object[] }>('ecr', 'ListTagsForResource', {
      resourceArn: repositories[0]?.repositoryArn,
    });
    assert.deepEqual(tags, [{ Key: 'made', Value: 'by the cache' }]);
  });

  test('gives an index, and its images when they are asked for', async () => {
    assert.deepEqual(await pull('multi'), { status: 200, digest: digestOf(index) });
    assert.deepEqual(await pull(digestOf(manifest)), { status: 200, digest: digestOf(manifest) });
  });

  test('says that there is none of what the upstream does not have', async () => {
    const answer = await registry.request('GET', 'cached/app/manifests/v9');
    assert.equal(answer.status, 404);
    assert.equal(await errorCode(answer), 'MANIFEST_UNKNOWN');
    assert.equal((await registry.request('GET', 'cached/other/manifests/v1')).status, 404);
  });

  test('gives what it has while the upstream is down, and of the rest says why not', async () => {
    await upstream.stop();
    assert.deepEqual(await pull('v1'), { status: 200, digest: digestOf(manifest) });
    for (const blob of [layer, Buffer.from(config)]) {
      const answer = await registry.request('GET', `cached/app/blobs/${digestOf(blob)}`);
      assert.equal(answer.status, 200);
      assert.equal(
        createHash('sha256')
          .update(new Uint8Array(await answer.arrayBuffer()))
          .digest('hex'),
        digestOf(blob).slice('sha256:'.length),
      );
    }
    const { imageDetails = [] } = await client.call<DescribeImagesResponse>('ecr', 'DescribeImages', {
      repositoryName: 'cached/app',
    });
    assert.deepEqual(imageDetails.flatMap(({ imageTags = [] }) => imageTags).sort(), ['multi', 'v1']);
    const answer = await registry.request('GET', 'cached/app/manifests/v2');
    assert.equal(answer.status, 404);
    const { errors } = (await answer.json()) as { readonly errors: readonly { readonly message: string }[] };
    assert.match(errors[0]?.message ?? '', /^The upstream image could not be pulled: .* does not answer/);
  });

  test('reads a locked upstream with the secret of its rule, as it is at each pull', async () => {
    const lockedDirectory = join(registry.server.directory, 'locked');
    const passwordFile = join(lockedDirectory, 'passwords');
    await mkdir(lockedDirectory);
    await writeFile(passwordFile, someone.passwordLine);
    const locked = await startDockerRegistry(lockedDirectory, passwordFile);
    try {
      const authorization = `Basic ${btoa(`${someone.username}:${someone.password}`)}`;
      const image = JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests: [] });
      const put = await fetch(`http://${locked.host}/v2/app/manifests/v1`, {
        method: 'PUT',
        body: image,
        headers: { authorization, 'content-type': indexType },
      });
      assert.equal(put.status, 201);
      const secret = (accessToken: string): object => ({
        SecretString: JSON.stringify({ username: someone.username, accessToken }),
      });
      const { ARN } = await client.call<{ readonly ARN: string }>('secretsmanager', 'CreateSecret', {
        Name: 'ecr-pullthroughcache/locked',
        ...secret('outdated'),
      });
      const of = { ecrRepositoryPrefix: 'locked' };
      const rule = { ...of, upstreamRegistryUrl: locked.host };
      for (const [credentialArn, code] of [
        [`${ARN}x`, 'SecretNotFoundException'],
        [ARN.replace('ecr-pullthroughcache/', 'other/'), 'InvalidParameterException'],
      ] as const) {
        await assert.rejects(client.call('ecr', 'CreatePullThroughCacheRule', { ...rule, credentialArn }), { code });
      }
      await client.call('ecr', 'CreatePullThroughCacheRule', rule);
      const refused = await registry.request('GET', 'locked/app/manifests/v1');
      assert.equal(refused.status, 404);
      const updated = await client.call<{ readonly credentialArn: string }>('ecr', 'UpdatePullThroughCacheRule', {
        ...of,
        credentialArn: ARN,
      });
      assert.equal(updated.credentialArn, ARN);
      const isValid = async (): Promise<boolean> =>
        (await client.call<{ readonly isValid: boolean }>('ecr', 'ValidatePullThroughCacheRule', of)).isValid;
      assert.equal(await isValid(), false);
      await client.call('secretsmanager', 'PutSecretValue', { SecretId: ARN, ...secret(someone.password) });
      assert.equal(await isValid(), true);
      const pulled = await registry.request('GET', 'locked/app/manifests/v1');
      assert.deepEqual([pulled.status, await pulled.text()], [200, image]);
      await client.call('secretsmanager', 'DeleteSecret', { SecretId: ARN, ForceDeleteWithoutRecovery: true });
      const orphaned = await registry.request('GET', 'locked/app/manifests/v2');
      assert.equal(orphaned.status, 404);
      assert.match(await orphaned.text(), /The secret .* of the pull through cache rule was not found/);
    } finally {
      await locked.stop();
    }
  });
});

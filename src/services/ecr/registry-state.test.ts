import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AwsError } from '../../aws/error.ts';
import type { Permission } from '../../aws/permission.ts';
import { accountId, manifestOf, openEcr, type OpenEcr, root } from './open-ecr.test.ts';
import { createPullThroughCacheRule } from './operations/create-pull-through-cache-rule.ts';
import { createRepository } from './operations/create-repository.ts';
import { createRepositoryCreationTemplate } from './operations/create-repository-creation-template.ts';
import { describeImages } from './operations/describe-images.ts';
import { getDownloadUrlForLayer } from './operations/get-download-url-for-layer.ts';
import { putAccountSetting } from './operations/put-account-setting.ts';
import { putImageTagMutability } from './operations/put-image-tag-mutability.ts';
import { putRegistryPolicy } from './operations/put-registry-policy.ts';
import { registerPullTimeUpdateExclusion } from './operations/register-pull-time-update-exclusion.ts';
import { setRepositoryPolicy } from './operations/set-repository-policy.ts';
import { updateImageStorageClass } from './operations/update-image-storage-class.ts';
import { repositories } from './tables.ts';
import { createToken } from './tokens.ts';

const repositoryName = 'team/app';
const hour = 60 * 60 * 1000;
const user = { ...root, arn: `arn:aws:iam::${accountId}:user/somebody`, userId: 'AIDA' };

async function openRepository(options: Parameters<typeof openEcr>[0] = {}): Promise<OpenEcr & { readonly id: string }> {
  const ecr = await openEcr(options);
  await ecr.run(createRepository, { repositoryName });
  const [repository] = ecr.store.view((reader) => [...reader.list(repositories)]);
  return { ...ecr, id: repository?.id ?? '' };
}

function passwordFor({ store, parts, clock }: OpenEcr, principal: typeof root): string {
  return store.view((reader) => createToken(reader, parts.hash, principal, clock.now()).password);
}

test('a token holds for twelve hours and no longer', async () => {
  const ecr = await openRepository();
  const password = passwordFor(ecr, root);
  assert.ok(!password.includes(':'));
  await ecr.clock.advance(11.9 * hour);
  assert.equal((await ecr.registry('GET', '', { password })).status, 200);
  await ecr.clock.advance(0.2 * hour);
  const late = await ecr.registry('GET', '', { password });
  assert.equal(late.status, 401);
  assert.match(late.body, /Your authorization token has expired. Reauthenticate and try again./);
});

test('a token that somebody changed is nobody’s', async () => {
  const ecr = await openRepository();
  const password = passwordFor(ecr, user);
  const [content = '', proof = ''] = password.split('.');
  const forged = Buffer.from(Buffer.from(content, 'base64url').toString().replace('user/somebody', 'root')).toString(
    'base64url',
  );
  for (const wrong of [`${forged}.${proof}`, `${content}.${'0'.repeat(64)}`, content, 'x', `${content}.`]) {
    assert.equal((await ecr.registry('GET', '', { password: wrong })).status, 401);
  }
  assert.equal((await ecr.registry('GET', '')).status, 401);
});

test('what a policy does not allow is DENIED in its words, and nothing is told of what is there', async () => {
  const asked: Permission[] = [];
  const ecr = await openRepository({
    authorizer: {
      refuse: (_reader, call, permissions) => {
        asked.push(...permissions);
        assert.equal(call.principal.arn, user.arn);
        const denied = permissions.find(({ action }) => action !== 'ecr:BatchGetImage');
        return denied && new AwsError('AccessDenied', `not authorized to perform: ${denied.action}`);
      },
    },
  });
  await ecr.run(setRepositoryPolicy, {
    repositoryName,
    policyText: '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"ecr:*"}]}',
  });
  const password = passwordFor(ecr, user);
  const push = await ecr.registry('POST', `${repositoryName}/blobs/uploads/`, { password });
  assert.equal(push.status, 403);
  assert.match(push.body, /"DENIED","message":"not authorized to perform: ecr:InitiateLayerUpload"/);
  assert.equal((await ecr.registry('POST', 'nothing/here/blobs/uploads/', { password })).status, 403);
  assert.equal((await ecr.registry('GET', `${repositoryName}/manifests/none`, { password })).status, 404);
  const [permission] = asked;
  assert.deepEqual(permission?.resources, [`arn:aws:ecr:us-east-1:${accountId}:repository/${repositoryName}`]);
  assert.match(permission?.resourcePolicy ?? '', /"Principal":"\*"/);
});

test('an immutable tag is not moved, and the same image may come again', async () => {
  const ecr = await openRepository();
  await ecr.pushLayer(ecr.id, '{}');
  await ecr.run(putImageTagMutability, {
    repositoryName,
    imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
    imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'latest*' }],
  });
  const password = passwordFor(ecr, root);
  const put = (tag: string, n: number): ReturnType<OpenEcr['registry']> =>
    ecr.registry('PUT', `${repositoryName}/manifests/${tag}`, {
      password,
      body: manifestOf(['{}'], { annotations: { n: String(n) } }),
    });
  assert.equal((await put('v1', 1)).status, 201);
  assert.equal((await put('v1', 1)).status, 201);
  const moved = await put('v1', 2);
  assert.equal(moved.status, 400);
  assert.match(moved.body, /TAG_INVALID.*already exists in the 'team\/app' repository.*because the tag is immutable/);
  assert.equal((await put('latest', 1)).status, 201);
  assert.equal((await put('latest', 2)).status, 201);
});

test('a pull is noted, once in ten minutes, and not for principals that are left out', async () => {
  const ecr = await openRepository();
  await ecr.pushLayer(ecr.id, '{}');
  const password = passwordFor(ecr, root);
  const excluded = passwordFor(ecr, user);
  await ecr.registry('PUT', `${repositoryName}/manifests/v1`, { password, body: manifestOf(['{}']) });
  await ecr.run(registerPullTimeUpdateExclusion, { principalArn: user.arn });
  const pulledAt = async (): Promise<number | undefined> => {
    await ecr.store.durable();
    const { imageDetails } = await ecr.run(describeImages, { repositoryName });
    return imageDetails?.[0]?.lastRecordedPullTime?.getTime();
  };
  await ecr.registry('GET', `${repositoryName}/manifests/v1`, { password: excluded });
  assert.equal(await pulledAt(), undefined);
  await ecr.registry('GET', `${repositoryName}/manifests/v1`, { password });
  const first = await pulledAt();
  assert.equal(first, ecr.clock.now());
  await ecr.clock.advance(60_000);
  await ecr.registry('GET', `${repositoryName}/manifests/v1`, { password });
  assert.equal(await pulledAt(), first);
});

test('an archived image is not given until it is restored', async () => {
  const ecr = await openRepository();
  await ecr.pushLayer(ecr.id, '{}');
  const password = passwordFor(ecr, root);
  await ecr.registry('PUT', `${repositoryName}/manifests/v1`, { password, body: manifestOf(['{}']) });
  await ecr.run(updateImageStorageClass, {
    repositoryName,
    imageId: { imageTag: 'v1' },
    targetStorageClass: 'ARCHIVE',
  });
  const archived = await ecr.registry('GET', `${repositoryName}/manifests/v1`, { password });
  assert.equal(archived.status, 404);
  assert.match(archived.body, /archived/);
  await ecr.run(updateImageStorageClass, {
    repositoryName,
    imageId: { imageTag: 'v1' },
    targetStorageClass: 'STANDARD',
  });
  assert.equal((await ecr.registry('GET', `${repositoryName}/manifests/v1`, { password })).status, 200);
});

test('a link to a layer gives its bytes to whoever has it, for an hour', async () => {
  const ecr = await openRepository();
  const layerDigest = await ecr.pushLayer(ecr.id, 'a layer');
  const { downloadUrl = '' } = await ecr.run(getDownloadUrlForLayer, { repositoryName, layerDigest });
  const path = downloadUrl.slice('http://127.0.0.1:4566/v2/'.length);
  const given = await ecr.registry('GET', path);
  assert.deepEqual([given.status, given.body], [200, 'a layer']);
  assert.equal((await ecr.registry('GET', `${path.slice(0, -1)}0${path.slice(-1)}`)).status, 403);
  await ecr.clock.advance(hour + 1);
  assert.equal((await ecr.registry('GET', path)).status, 403);
});

test('a push makes the repository where a template says so, and is NAME_UNKNOWN otherwise', async () => {
  const ecr = await openRepository();
  const password = passwordFor(ecr, root);
  assert.match((await ecr.registry('POST', 'made/app/blobs/uploads/', { password })).body, /NAME_UNKNOWN/);
  await ecr.run(createRepositoryCreationTemplate, {
    prefix: 'made',
    appliedFor: ['CREATE_ON_PUSH'],
    imageTagMutability: 'IMMUTABLE',
  });
  assert.equal((await ecr.registry('POST', 'made/app/blobs/uploads/', { password })).status, 202);
  assert.equal((await ecr.registry('POST', 'other/app/blobs/uploads/', { password })).status, 404);
  const made = ecr.store.view((reader) => [...reader.list(repositories)].find(({ name }) => name === 'made/app'));
  assert.equal(made?.tagMutability, 'IMMUTABLE');
});

test('an image is pulled through from its upstream, with a token that the upstream asks for, and kept', async () => {
  const config = '{}';
  const layer = 'a layer from elsewhere';
  const manifest = manifestOf([config, layer]);
  const requests: string[] = [];
  const ecr = await openRepository({
    net: {
      request: ({ url, headers }) => {
        requests.push(url);
        const answer = (status: number, body: string, more: Readonly<Record<string, string>> = {}) =>
          Promise.resolve({ status, headers: more, body: new TextEncoder().encode(body) });
        const [, path = ''] = /^http:\/\/localhost:5000(\/.*)$/.exec(url) ?? [];
        if (path.startsWith('/token?')) return answer(200, JSON.stringify({ token: 'granted' }));
        if (headers['authorization'] !== 'Bearer granted') {
          const challenge =
            'Bearer realm="http://localhost:5000/token",service="s",scope="repository:library/app:pull"';
          return answer(401, '', { 'www-authenticate': challenge });
        }
        if (path === '/v2/library/app/manifests/v1') {
          return answer(200, manifest, { 'content-type': 'application/vnd.oci.image.manifest.v1+json' });
        }
        const blob = [config, layer].find((content) => path.endsWith(ecr.parts.hash.sha256Hex(content)));
        if (blob === undefined) return answer(404, '');
        const [, first = '0', last = '0'] = /^bytes=(\d+)-(\d+)$/.exec(headers['range'] ?? '') ?? [];
        return answer(206, blob.slice(Number(first), Number(last) + 1));
      },
    },
  });
  await ecr.run(createPullThroughCacheRule, { ecrRepositoryPrefix: 'cache', upstreamRegistryUrl: 'localhost:5000' });
  const password = passwordFor(ecr, root);
  const pulled = await ecr.registry('GET', 'cache/library/app/manifests/v1', { password });
  assert.deepEqual([pulled.status, pulled.body], [200, manifest]);
  const digest = `sha256:${ecr.parts.hash.sha256Hex(layer)}`;
  assert.equal((await ecr.registry('GET', `cache/library/app/blobs/${digest}`, { password })).body, layer);
  const asked = requests.length;
  await ecr.registry('GET', 'cache/library/app/manifests/v1', { password });
  assert.equal(requests.length, asked, 'the second pull asks nobody');
  assert.equal((await ecr.registry('GET', 'cache/library/app/manifests/none', { password })).status, 404);
});

test('a registry that does not mount answers with an upload', async () => {
  const ecr = await openRepository();
  await ecr.run(createRepository, { repositoryName: 'other' });
  const digest = await ecr.pushLayer(ecr.id, 'shared');
  const password = passwordFor(ecr, root);
  const mount = `other/blobs/uploads/?mount=${digest}&from=${repositoryName}`;
  await ecr.run(putAccountSetting, { name: 'BLOB_MOUNTING', value: 'DISABLED' });
  assert.equal((await ecr.registry('POST', mount, { password })).status, 202);
  await ecr.run(putAccountSetting, { name: 'BLOB_MOUNTING', value: 'ENABLED' });
  assert.equal((await ecr.registry('POST', mount, { password })).status, 201);
});

test('the statements of the registry’s policy and of the repository’s own are asked together', async () => {
  const asked: Permission[] = [];
  const ecr = await openRepository({
    authorizer: {
      refuse: (_reader, _call, permissions) => {
        asked.push(...permissions);
        return undefined;
      },
    },
  });
  const allow = (sid: string, resource: object = {}): string =>
    JSON.stringify({ Statement: { Sid: sid, Effect: 'Allow', Principal: '*', Action: 'ecr:*', ...resource } });
  await ecr.run(putRegistryPolicy, { policyText: allow('registry', { Resource: '*' }) });
  await ecr.run(setRepositoryPolicy, { repositoryName, policyText: allow('repository') });
  await ecr.registry('GET', `${repositoryName}/tags/list`, { password: passwordFor(ecr, user) });
  const { Statement }: { readonly Statement: readonly { readonly Sid: string }[] } = JSON.parse(
    asked[0]?.resourcePolicy ?? '{}',
  );
  assert.deepEqual(
    Statement.map(({ Sid }) => Sid),
    ['repository', 'registry'],
  );
});

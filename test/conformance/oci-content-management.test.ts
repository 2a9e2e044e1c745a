// OCI distribution specification, "Content Management":
// https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#content-management
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { digestOf, errorCode, imageOf, jsonOf, layer, type OciRegistry, startOciRegistry } from './oci-registry.ts';

const name = 'conformance/management';

describe('OCI distribution: content management', () => {
  let registry: OciRegistry;

  before(async () => {
    registry = await startOciRegistry([name]);
    await registry.pushBlob(name, '{}');
  });

  after(() => registry?.close());

  async function status(path: string): Promise<number> {
    return (await registry.request('HEAD', `${name}/${path}`)).status;
  }

  async function tags(): Promise<readonly string[]> {
    const { tags: found } = await jsonOf<{ readonly tags: readonly string[] }>(
      registry.request('GET', `${name}/tags/list`),
    );
    return found;
  }

  describe('Deleting tags', () => {
    test('the tag goes and the manifest stays', async () => {
      const digest = await registry.pushManifest(name, 'going', imageOf([], { annotations: { a: 'tag' } }));
      assert.equal((await registry.request('DELETE', `${name}/manifests/going`)).status, 202);
      assert.equal(await status('manifests/going'), 404);
      assert.equal(await status(`manifests/${digest}`), 200);
    });

    test('a tag that is not there is 404 MANIFEST_UNKNOWN', async () => {
      const answer = await registry.request('DELETE', `${name}/manifests/never`);
      assert.equal(answer.status, 404);
      assert.equal(await errorCode(answer), 'MANIFEST_UNKNOWN');
    });
  });

  describe('Deleting manifests', () => {
    test('by digest the manifest goes with all of its tags', async () => {
      const manifest = imageOf([], { annotations: { two: 'tags' } });
      const digest = await registry.pushManifest(name, 'one', manifest);
      await registry.pushManifest(name, 'two', manifest);
      assert.equal((await registry.request('DELETE', `${name}/manifests/${digest}`)).status, 202);
      assert.equal(await status(`manifests/${digest}`), 404);
      assert.deepEqual(await tags(), []);
    });

    test('a manifest that is not there is 404', async () => {
      const answer = await registry.request('DELETE', `${name}/manifests/${digestOf('none')}`);
      assert.equal(answer.status, 404);
    });

    test('one that was deleted can be pushed again', async () => {
      const manifest = imageOf([], { annotations: { back: 'again' } });
      const digest = await registry.pushManifest(name, 'back', manifest);
      await registry.request('DELETE', `${name}/manifests/${digest}`);
      await registry.pushManifest(name, 'back', manifest);
      assert.equal(await (await registry.request('GET', `${name}/manifests/back`)).text(), JSON.stringify(manifest));
      await registry.request('DELETE', `${name}/manifests/${digest}`);
    });

    test('what referred to it is listed no more once it is deleted', async () => {
      const body = JSON.stringify(imageOf([]));
      const subject = {
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        digest: digestOf(body),
        size: body.length,
      };
      const artifact = imageOf([], { artifactType: 'application/vnd.example', subject });
      const digest = await registry.pushManifest(name, digestOf(JSON.stringify(artifact)), artifact);
      await registry.request('DELETE', `${name}/manifests/${digest}`);
      const answer = await jsonOf<{ readonly manifests: readonly unknown[] }>(
        registry.request('GET', `${name}/referrers/${subject.digest}`),
      );
      assert.deepEqual(answer.manifests, []);
    });
  });

  describe('Deleting blobs', () => {
    test('a blob that no manifest holds goes', async () => {
      const digest = await registry.pushBlob(name, 'unheld');
      assert.equal((await registry.request('DELETE', `${name}/blobs/${digest}`)).status, 202);
      assert.equal(await status(`blobs/${digest}`), 404);
    });

    test('a blob that is not there is 404 BLOB_UNKNOWN', async () => {
      const answer = await registry.request('DELETE', `${name}/blobs/${digestOf('none')}`);
      assert.equal(answer.status, 404);
      assert.equal(await errorCode(answer), 'BLOB_UNKNOWN');
    });

    test('a blob that an image holds is refused, and stays', async () => {
      const digest = await registry.pushBlob(name, 'held');
      await registry.pushManifest(name, 'holder', imageOf([layer('held')]));
      const answer = await registry.request('DELETE', `${name}/blobs/${digest}`);
      assert.equal(answer.status, 403);
      assert.equal(await errorCode(answer), 'DENIED');
      assert.equal(await status(`blobs/${digest}`), 200);
    });
  });

  test('methods that a path does not have are 405 UNSUPPORTED', async () => {
    for (const [method, path] of [
      ['POST', 'manifests/tag'],
      ['PUT', 'tags/list'],
      ['DELETE', 'tags/list'],
      ['PATCH', `blobs/${digestOf('')}`],
    ]) {
      const answer = await registry.request(method ?? '', `${name}/${path ?? ''}`);
      assert.equal(answer.status, 405, `${method} ${path}`);
    }
  });
});

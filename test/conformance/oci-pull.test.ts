// OCI distribution specification, "Pull": https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#pull
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  digestOf,
  emptyDescriptor,
  errorCode,
  imageOf,
  imageType,
  layer,
  type OciRegistry,
  startOciRegistry,
} from './oci-registry.ts';

const name = 'conformance/pull';
const content = 'a layer of thirty-two characters';
const nowhere = `sha256:${'0'.repeat(64)}`;

describe('OCI distribution: pull', () => {
  let registry: OciRegistry;
  let manifest: string;
  let manifestDigest: string;

  before(async () => {
    registry = await startOciRegistry([name]);
    await registry.pushBlob(name, '{}');
    await registry.pushBlob(name, content);
    manifest = JSON.stringify(imageOf([layer(content)]));
    manifestDigest = await registry.pushManifest(name, 'tagged', imageOf([layer(content)]));
  });

  after(() => registry?.close());

  describe('Determining Support', () => {
    test('GET /v2/ answers 200 to a client with credentials', async () => {
      const answer = await registry.request('GET', '');
      assert.equal(answer.status, 200);
    });

    test('without credentials it is 401 with a challenge', async () => {
      const answer = await fetch(`${registry.endpoint}/v2/`);
      assert.equal(answer.status, 401);
      assert.match(answer.headers.get('www-authenticate') ?? '', /^Basic realm="/);
      assert.equal(await errorCode(answer), 'UNAUTHORIZED');
    });

    test('a wrong password is 401 everywhere', async () => {
      const wrong = `Basic ${Buffer.from('AWS:eyJhIjoxfQ.0000').toString('base64')}`;
      for (const path of ['', `${name}/tags/list`, `${name}/manifests/tagged`, `${name}/blobs/${digestOf(content)}`]) {
        const answer = await registry.request('GET', path, { headers: { authorization: wrong } });
        assert.equal(answer.status, 401, path);
      }
    });

    test('the token is good as a bearer too', async () => {
      const token = registry.authorization.slice('Basic '.length);
      const answer = await registry.request('GET', `${name}/tags/list`, {
        headers: { authorization: `Bearer ${token}` },
      });
      assert.equal(answer.status, 200);
    });
  });

  describe('Pulling manifests', () => {
    test('HEAD by tag gives the type, the length and the digest, and no body', async () => {
      const answer = await registry.request('HEAD', `${name}/manifests/tagged`);
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get('content-type'), imageType);
      assert.equal(answer.headers.get('content-length'), String(manifest.length));
      assert.equal(answer.headers.get('docker-content-digest'), manifestDigest);
      assert.equal(await answer.text(), '');
    });

    test('GET by tag gives the very bytes that were pushed', async () => {
      const answer = await registry.request('GET', `${name}/manifests/tagged`, { headers: { accept: imageType } });
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get('content-type'), imageType);
      assert.equal(answer.headers.get('docker-content-digest'), manifestDigest);
      assert.equal(await answer.text(), manifest);
    });

    test('GET and HEAD by digest give the same', async () => {
      for (const method of ['GET', 'HEAD']) {
        const answer = await registry.request(method, `${name}/manifests/${manifestDigest}`);
        assert.equal(answer.status, 200);
        assert.equal(answer.headers.get('docker-content-digest'), manifestDigest);
        assert.equal(await answer.text(), method === 'GET' ? manifest : '');
      }
    });

    test('a manifest that is not there is 404 MANIFEST_UNKNOWN, by tag and by digest', async () => {
      for (const reference of ['.INVALID_MANIFEST_NAME', 'nothing', nowhere]) {
        const answer = await registry.request('GET', `${name}/manifests/${reference}`);
        assert.equal(answer.status, 404, reference);
        assert.equal(await errorCode(answer), 'MANIFEST_UNKNOWN');
        assert.equal((await registry.request('HEAD', `${name}/manifests/${reference}`)).status, 404);
      }
    });

    test('a repository that is not there is 404 NAME_UNKNOWN', async () => {
      const answer = await registry.request('GET', 'conformance/none/manifests/tagged');
      assert.equal(answer.status, 404);
      assert.equal(await errorCode(answer), 'NAME_UNKNOWN');
    });

    test('a name that can be none is 400 NAME_INVALID', async () => {
      const answer = await registry.request('GET', 'Conformance/UPPER/manifests/tagged');
      assert.equal(answer.status, 400);
      assert.equal(await errorCode(answer), 'NAME_INVALID');
    });
  });

  describe('Pulling blobs', () => {
    test('GET gives the bytes, their digest and their length', async () => {
      const answer = await registry.request('GET', `${name}/blobs/${digestOf(content)}`);
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get('content-length'), String(content.length));
      assert.equal(answer.headers.get('docker-content-digest'), digestOf(content));
      assert.equal(await answer.text(), content);
    });

    test('HEAD gives the length and no body', async () => {
      const answer = await registry.request('HEAD', `${name}/blobs/${emptyDescriptor.digest}`);
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get('content-length'), '2');
      assert.equal(await answer.text(), '');
    });

    test('a blob that is not there is 404 BLOB_UNKNOWN', async () => {
      const answer = await registry.request('GET', `${name}/blobs/${nowhere}`);
      assert.equal(answer.status, 404);
      assert.equal(await errorCode(answer), 'BLOB_UNKNOWN');
      assert.equal((await registry.request('HEAD', `${name}/blobs/${nowhere}`)).status, 404);
    });

    test('a blob of another repository is not there', async () => {
      await registry.createRepository('conformance/other');
      const answer = await registry.request('GET', `conformance/other/blobs/${digestOf(content)}`);
      assert.equal(answer.status, 404);
    });

    test('what is no digest is 400 DIGEST_INVALID, and never a path', async () => {
      for (const digest of [
        'sha256:abc',
        'sha512:00',
        `sha256:${'A'.repeat(64)}`,
        'sha256:..%2f..%2f..%2fetc%2fpasswd',
      ]) {
        const answer = await registry.request('GET', `${name}/blobs/${digest}`);
        assert.ok([400, 404].includes(answer.status), digest);
        await answer.text();
      }
    });

    test('a range gives its bytes with 206', async () => {
      const ranges: readonly (readonly [header: string, bytes: string, contentRange: string])[] = [
        ['bytes=0-6', content.slice(0, 7), 'bytes 0-6/32'],
        ['bytes=8-', content.slice(8), 'bytes 8-31/32'],
        ['bytes=-10', content.slice(-10), 'bytes 22-31/32'],
        ['bytes=30-100', content.slice(30), 'bytes 30-31/32'],
      ];
      for (const [range, bytes, contentRange] of ranges) {
        const answer = await registry.request('GET', `${name}/blobs/${digestOf(content)}`, { headers: { range } });
        assert.equal(answer.status, 206, range);
        assert.equal(answer.headers.get('content-range'), contentRange);
        assert.equal(await answer.text(), bytes);
      }
    });

    test('a range beyond the end is 416', async () => {
      const answer = await registry.request('GET', `${name}/blobs/${digestOf(content)}`, {
        headers: { range: 'bytes=32-40' },
      });
      assert.equal(answer.status, 416);
      assert.equal(answer.headers.get('content-range'), 'bytes */32');
    });
  });
});

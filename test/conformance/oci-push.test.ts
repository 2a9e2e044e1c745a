// OCI distribution specification, "Push": https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#push
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  digestOf,
  emptyDescriptor,
  errorCode,
  imageOf,
  imageType,
  indexType,
  layer,
  type OciRegistry,
  startOciRegistry,
} from './oci-registry.ts';

const name = 'conformance/push';
const other = 'conformance/mount';
const octets = { 'content-type': 'application/octet-stream' };

describe('OCI distribution: push', () => {
  let registry: OciRegistry;

  before(async () => {
    registry = await startOciRegistry([name, other]);
    await registry.pushBlob(name, '{}');
  });

  after(() => registry?.close());

  async function begin(repository = name): Promise<string> {
    const answer = await registry.request('POST', `${repository}/blobs/uploads/`);
    assert.equal(answer.status, 202);
    assert.ok(answer.headers.get('docker-upload-uuid'));
    return locationOf(answer);
  }

  /** What a request is sent to next: the path after /v2/. */
  function locationOf(answer: Response): string {
    const location = answer.headers.get('location') ?? '';
    const path = new URL(location, registry.endpoint).pathname;
    assert.ok(path.startsWith('/v2/'), location);
    return path.slice('/v2/'.length);
  }

  async function has(digest: string, repository = name): Promise<boolean> {
    return (await registry.request('HEAD', `${repository}/blobs/${digest}`)).status === 200;
  }

  describe('Pushing a blob monolithically: POST then PUT', () => {
    test('the blob is there, at the location of the answer', async () => {
      const content = 'monolithic in two requests';
      const digest = digestOf(content);
      const answer = await registry.request('PUT', `${await begin()}?digest=${digest}`, {
        headers: octets,
        body: content,
      });
      assert.equal(answer.status, 201);
      assert.equal(answer.headers.get('docker-content-digest'), digest);
      assert.equal(await (await registry.request('GET', locationOf(answer))).text(), content);
    });

    test('bytes of another digest are 400 DIGEST_INVALID, and nothing of them stays', async () => {
      const digest = digestOf('what was promised');
      const upload = await begin();
      const answer = await registry.request('PUT', `${upload}?digest=${digest}`, {
        headers: octets,
        body: 'what came',
      });
      assert.equal(answer.status, 400);
      assert.equal(await errorCode(answer), 'DIGEST_INVALID');
      assert.equal(await has(digest), false);
      assert.equal(await has(digestOf('what came')), false);
      assert.equal((await registry.request('GET', upload)).status, 404);
    });

    test('without a digest it is 400 DIGEST_INVALID', async () => {
      const answer = await registry.request('PUT', await begin(), { headers: octets, body: 'x' });
      assert.equal(answer.status, 400);
      assert.equal(await errorCode(answer), 'DIGEST_INVALID');
    });

    test('a second push of the same blob succeeds', async () => {
      const content = 'pushed twice';
      for (let time = 0; time < 2; time += 1) {
        const upload = await begin();
        const answer = await registry.request('PUT', `${upload}?digest=${digestOf(content)}`, {
          headers: octets,
          body: content,
        });
        assert.equal(answer.status, 201);
      }
    });

    test('an empty blob is a blob', async () => {
      const digest = digestOf('');
      const answer = await registry.request('PUT', `${await begin()}?digest=${digest}`, { headers: octets });
      assert.equal(answer.status, 201);
      assert.equal(await has(digest), true);
    });
  });

  describe('Pushing a blob monolithically: Single POST', () => {
    test('the blob is there', async () => {
      const digest = await registry.pushBlob(name, 'monolithic in one request');
      assert.equal(await has(digest), true);
    });

    test('bytes of another digest are 400', async () => {
      const digest = digestOf('a');
      const answer = await registry.request('POST', `${name}/blobs/uploads/?digest=${digest}`, {
        headers: octets,
        body: 'b',
      });
      assert.equal(answer.status, 400);
      assert.equal(await errorCode(answer), 'DIGEST_INVALID');
    });
  });

  describe('Pushing a blob in chunks', () => {
    const first = 'the first chunk, ';
    const second = 'and the second';
    const whole = first + second;

    async function chunk(upload: string, content: string, from: number): Promise<Response> {
      return await registry.request('PATCH', upload, {
        headers: { ...octets, 'content-range': `${from}-${from + content.length - 1}` },
        body: content,
      });
    }

    test('chunks in order make the blob', async () => {
      const one = await chunk(await begin(), first, 0);
      assert.equal(one.status, 202);
      assert.equal(one.headers.get('range'), `0-${first.length - 1}`);
      const two = await chunk(locationOf(one), second, first.length);
      assert.equal(two.status, 202);
      assert.equal(two.headers.get('range'), `0-${whole.length - 1}`);
      const answer = await registry.request('PUT', `${locationOf(two)}?digest=${digestOf(whole)}`);
      assert.equal(answer.status, 201);
      assert.equal(await (await registry.request('GET', locationOf(answer))).text(), whole);
    });

    test('the last chunk may come with the PUT', async () => {
      const text = `${whole} at the end`;
      const one = await chunk(await begin(), whole, 0);
      const answer = await registry.request('PUT', `${locationOf(one)}?digest=${digestOf(text)}`, {
        headers: { ...octets, 'content-range': `${whole.length}-${text.length - 1}` },
        body: ' at the end',
      });
      assert.equal(answer.status, 201);
    });

    test('a chunk out of order is 416, and the answer says where to go on', async () => {
      const upload = await begin();
      const early = await chunk(upload, second, first.length);
      assert.equal(early.status, 416);
      await chunk(upload, first, 0);
      const again = await chunk(upload, first, 0);
      assert.equal(again.status, 416);
      assert.equal(again.headers.get('range'), `0-${first.length - 1}`);
      assert.equal((await chunk(upload, second, first.length)).status, 202);
    });

    test('the last chunk out of order is 416 as well, and the upload goes on', async () => {
      const upload = await begin();
      await chunk(upload, first, 0);
      const put = (from: number): Promise<Response> =>
        registry.request('PUT', `${upload}?digest=${digestOf(whole)}`, {
          headers: { ...octets, 'content-range': `${from}-${from + second.length - 1}` },
          body: second,
        });
      assert.equal((await put(1)).status, 416);
      assert.equal((await put(first.length)).status, 201);
    });

    test('bytes of another digest are 400 DIGEST_INVALID, in chunks and in a stream', async () => {
      const digest = digestOf('what was meant');
      for (const headers of [{ ...octets, 'content-range': '0-12' }, octets]) {
        const at = await begin();
        assert.equal((await registry.request('PATCH', at, { headers, body: 'what was sent' })).status, 202);
        const answer = await registry.request('PUT', `${at}?digest=${digest}`);
        assert.equal(answer.status, 400);
        assert.equal(await errorCode(answer), 'DIGEST_INVALID');
        assert.equal(await has(digest), false);
      }
    });

    test('a range that is not that of the bytes is 400', async () => {
      const answer = await registry.request('PATCH', await begin(), {
        headers: { ...octets, 'content-range': '0-100' },
        body: 'short',
      });
      assert.equal(answer.status, 400);
      assert.equal(await errorCode(answer), 'BLOB_UPLOAD_INVALID');
    });

    test('an upload says how far it has come, and is taken up there', async () => {
      const upload = await begin();
      await chunk(upload, first, 0);
      const status = await registry.request('GET', upload);
      assert.equal(status.status, 204);
      assert.equal(status.headers.get('range'), `0-${first.length - 1}`);
      await chunk(locationOf(status), second, first.length);
      const answer = await registry.request('PUT', `${upload}?digest=${digestOf(whole)}`);
      assert.equal(answer.status, 201);
    });

    test('without a range bytes are added, as Docker sends them', async () => {
      const upload = await begin();
      for (const part of [first, second]) {
        assert.equal((await registry.request('PATCH', upload, { headers: octets, body: part })).status, 202);
      }
      assert.equal((await registry.request('PUT', `${upload}?digest=${digestOf(whole)}`)).status, 201);
    });

    test('an upload that was cancelled is no more', async () => {
      const upload = await begin();
      await chunk(upload, first, 0);
      assert.equal((await registry.request('DELETE', upload)).status, 204);
      for (const method of ['GET', 'PATCH', 'DELETE']) {
        const answer = await registry.request(method, upload, method === 'PATCH' ? { body: 'x' } : {});
        assert.equal(answer.status, 404, method);
      }
    });

    test('an upload is of its repository, and its id cannot be guessed', async () => {
      const id = (await begin()).split('/').at(-1) ?? '';
      const answer = await registry.request('GET', `${other}/blobs/uploads/${id}`);
      assert.equal(answer.status, 404);
      assert.equal(await errorCode(answer), 'BLOB_UPLOAD_UNKNOWN');
      const guessed = await registry.request('GET', `${name}/blobs/uploads/${id.slice(0, -1)}0`);
      assert.equal(guessed.status === 404 || id.endsWith('0'), true);
    });
  });

  describe('Mounting a blob from another repository', () => {
    test('a blob that the other repository has is there at once', async () => {
      const digest = await registry.pushBlob(name, 'to be mounted');
      assert.equal(await has(digest, other), false);
      const answer = await registry.request('POST', `${other}/blobs/uploads/?mount=${digest}&from=${name}`);
      assert.equal(answer.status, 201);
      assert.equal(locationOf(answer), `${other}/blobs/${digest}`);
      assert.equal(await has(digest, other), true);
    });

    test('otherwise the answer is an upload', async () => {
      const unknown = digestOf('nobody has this');
      for (const from of [name, 'conformance/none', 'NO NAME']) {
        const query = `mount=${unknown}&from=${encodeURIComponent(from)}`;
        const answer = await registry.request('POST', `${other}/blobs/uploads/?${query}`);
        assert.equal(answer.status, 202, from);
        const put = await registry.request('PUT', `${locationOf(answer)}?digest=${digestOf('x')}`, {
          headers: octets,
          body: 'x',
        });
        assert.equal(put.status, 201);
      }
    });

    test('without `from` the answer is an upload', async () => {
      const digest = await registry.pushBlob(name, 'mounted from anywhere');
      const answer = await registry.request('POST', `${other}/blobs/uploads/?mount=${digest}`);
      assert.equal(answer.status, 202);
    });
  });

  describe('Pushing Manifests', () => {
    const content = 'a layer for manifests';

    before(() => registry.pushBlob(name, content));

    test('by tag: 201 with the location and the digest', async () => {
      const body = JSON.stringify(imageOf([layer(content)]));
      const answer = await registry.request('PUT', `${name}/manifests/v1`, {
        headers: { 'content-type': imageType },
        body,
      });
      assert.equal(answer.status, 201);
      assert.equal(answer.headers.get('docker-content-digest'), digestOf(body));
      assert.equal(locationOf(answer), `${name}/manifests/${digestOf(body)}`);
      assert.equal(await (await registry.request('GET', `${name}/manifests/v1`)).text(), body);
    });

    test('by digest: it has no tag', async () => {
      const body = JSON.stringify(imageOf([layer(content)], { annotations: { by: 'digest' } }));
      const digest = digestOf(body);
      const answer = await registry.request('PUT', `${name}/manifests/${digest}`, {
        headers: { 'content-type': imageType },
        body,
      });
      assert.equal(answer.status, 201);
      assert.equal((await registry.request('GET', `${name}/manifests/${digest}`)).status, 200);
    });

    test('by the wrong digest it is 400 DIGEST_INVALID', async () => {
      const answer = await registry.request('PUT', `${name}/manifests/${digestOf('something else')}`, {
        headers: { 'content-type': imageType },
        body: JSON.stringify(imageOf([])),
      });
      assert.equal(answer.status, 400);
      assert.equal(await errorCode(answer), 'DIGEST_INVALID');
    });

    test('a tag is moved to another manifest', async () => {
      const one = await registry.pushManifest(name, 'moving', imageOf([layer(content)], { annotations: { n: '1' } }));
      const two = await registry.pushManifest(name, 'moving', imageOf([layer(content)], { annotations: { n: '2' } }));
      const answer = await registry.request('HEAD', `${name}/manifests/moving`);
      assert.equal(answer.headers.get('docker-content-digest'), two);
      assert.equal((await registry.request('HEAD', `${name}/manifests/${one}`)).status, 200);
    });

    test('a manifest without layers is a manifest', async () => {
      await registry.pushManifest(name, 'no-layers', imageOf([]));
    });

    test('a manifest whose blobs are not there is 400 MANIFEST_BLOB_UNKNOWN', async () => {
      const answer = await registry.request('PUT', `${name}/manifests/missing`, {
        headers: { 'content-type': imageType },
        body: JSON.stringify(imageOf([layer('never pushed')])),
      });
      assert.equal(answer.status, 400);
      assert.equal(await errorCode(answer), 'MANIFEST_BLOB_UNKNOWN');
      assert.equal((await registry.request('HEAD', `${name}/manifests/missing`)).status, 404);
    });

    test('what is no manifest is 400 MANIFEST_INVALID', async () => {
      const bodies: readonly (readonly [body: string, contentType: string])[] = [
        ['blablabla', imageType],
        ['[]', imageType],
        ['{"schemaVersion":1}', imageType],
        [JSON.stringify(imageOf([])), indexType],
        [JSON.stringify(imageOf([])), 'application/vnd.example+json'],
        [JSON.stringify({ ...imageOf([]), manifests: [] }), imageType],
        [JSON.stringify({ ...imageOf([]), config: { ...emptyDescriptor, digest: '../../etc/passwd' } }), imageType],
        [JSON.stringify({ ...imageOf([]), config: { ...emptyDescriptor, size: 3 } }), imageType],
      ];
      for (const [body, contentType] of bodies) {
        const answer = await registry.request('PUT', `${name}/manifests/invalid`, {
          headers: { 'content-type': contentType },
          body,
        });
        assert.equal(answer.status, 400, body);
        assert.equal(await errorCode(answer), 'MANIFEST_INVALID');
      }
    });

    test('a tag that can be none is 400', async () => {
      for (const tag of ['-begins-with-a-dash', '.dot', 'a'.repeat(129)]) {
        const answer = await registry.request('PUT', `${name}/manifests/${tag}`, {
          headers: { 'content-type': imageType },
          body: JSON.stringify(imageOf([])),
        });
        assert.equal(answer.status, 400, tag);
        assert.equal(await errorCode(answer), 'TAG_INVALID');
      }
    });

    test('an index is taken once its images are there', async () => {
      const child = imageOf([layer(content)], { annotations: { child: 'yes' } });
      const body = JSON.stringify(child);
      const index = {
        schemaVersion: 2,
        mediaType: indexType,
        manifests: [
          {
            mediaType: imageType,
            digest: digestOf(body),
            size: body.length,
            platform: { os: 'linux', architecture: 'amd64' },
          },
        ],
      };
      const early = await registry.request('PUT', `${name}/manifests/index`, {
        headers: { 'content-type': indexType },
        body: JSON.stringify(index),
      });
      assert.equal(early.status, 400);
      assert.equal(await errorCode(early), 'MANIFEST_BLOB_UNKNOWN');
      await registry.pushManifest(name, digestOf(body), child);
      await registry.pushManifest(name, 'index', index);
      const answer = await registry.request('GET', `${name}/manifests/index`);
      assert.equal(answer.headers.get('content-type'), indexType);
    });

    test('a manifest of more than 4 MiB is 413', async () => {
      const answer = await registry.request('PUT', `${name}/manifests/large`, {
        headers: { 'content-type': imageType },
        body: JSON.stringify(imageOf([], { annotations: { large: 'x'.repeat(4 * 1024 * 1024) } })),
      });
      assert.equal(answer.status, 413);
    });
  });

  describe('Pushing Manifests with Subject', () => {
    test('the answer names the subject, which need not be there', async () => {
      const subject = { mediaType: imageType, digest: digestOf('a subject that comes later'), size: 26 };
      const answer = await registry.request('PUT', `${name}/manifests/artifact`, {
        headers: { 'content-type': imageType },
        body: JSON.stringify(imageOf([], { artifactType: 'application/vnd.example.sbom', subject })),
      });
      assert.equal(answer.status, 201);
      assert.equal(answer.headers.get('oci-subject'), subject.digest);
    });
  });
});

// OCI distribution specification: whatever the image specification allows in a manifest is pushed, found, pulled and deleted.
// The contents are those of the specification's own conformance suite.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import {
  digestOf,
  emptyDescriptor,
  errorCode,
  imageType,
  indexType,
  jsonOf,
  type OciRegistry,
  startOciRegistry,
} from './oci-registry.ts';

const name = 'conformance/contents';
const artifactType = 'application/vnd.example.conformance';

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** What is pushed in order, the last of it by a tag. */
interface Content {
  readonly blobs: readonly Uint8Array[];
  readonly manifests: readonly object[];
}

const layerOf = (bytes: Uint8Array, mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip'): Descriptor => ({
  mediaType,
  digest: digestOf(bytes),
  size: bytes.byteLength,
});
const manifestDescriptor = (manifest: object, mediaType = imageType): Descriptor => {
  const body = JSON.stringify(manifest);
  return { mediaType, digest: digestOf(body), size: Buffer.byteLength(body) };
};

/** An image of two layers and a configuration of its own. */
function image(rest: object = {}, compress: (bytes: Uint8Array) => Uint8Array = gzipSync): Content {
  const layers = [randomBytes(2000), randomBytes(3000)].map(compress);
  const config = Buffer.from(
    JSON.stringify({ architecture: 'amd64', os: 'linux', made: randomBytes(8).toString('hex') }),
  );
  const manifest = {
    schemaVersion: 2,
    mediaType: imageType,
    config: layerOf(config, 'application/vnd.oci.image.config.v1+json'),
    layers: layers.map((bytes) => layerOf(bytes)),
    ...rest,
  };
  return { blobs: [...layers, config], manifests: [manifest] };
}

function artifact(rest: object = {}): Content {
  const blob = randomBytes(500);
  const manifest = {
    schemaVersion: 2,
    mediaType: imageType,
    artifactType,
    config: emptyDescriptor,
    layers: [layerOf(blob, artifactType)],
    ...rest,
  };
  return { blobs: [Buffer.from('{}'), blob], manifests: [manifest] };
}

/** An index of the last manifest of each. */
function index(contents: readonly Content[], rest: object = {}): Content {
  const manifests = contents.map((content, at) => {
    const top: object = content.manifests.at(-1) ?? {};
    const mediaType = 'manifests' in top ? indexType : imageType;
    return {
      ...manifestDescriptor(top, mediaType),
      platform: { os: 'linux', architecture: at === 0 ? 'amd64' : 'arm64' },
    };
  });
  return {
    blobs: contents.flatMap(({ blobs }) => blobs),
    manifests: [
      ...contents.flatMap((content) => content.manifests),
      { schemaVersion: 2, mediaType: indexType, manifests, ...rest },
    ],
  };
}

const missing = { mediaType: imageType, digest: digestOf('missing content'), size: 123 };
const dataField = Buffer.from('{"a":1}');
const elsewhere = layerOf(randomBytes(100), 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip');

const contents: Readonly<Record<string, () => Content>> = {
  'an image': () => image(),
  'an image of layers that are not compressed': () => image({}, (bytes) => bytes),
  'an image with a manifest of almost 4 MiB': () =>
    image({
      annotations: Object.fromEntries(Array.from({ length: 390 }, (_, at) => [`large-${at}`, 'A'.repeat(10_000)])),
    }),
  'an index': () => index([image(), image()]),
  'an index of indexes': () => index([index([image(), image()]), index([image()])]),
  'an empty index': () => index([]),
  'an artifact': () => artifact(),
  'an artifact without layers': () => artifact({ layers: [emptyDescriptor] }),
  'an index that is an artifact': () => index([artifact(), artifact()], { artifactType }),
  'an image without layers': () => image({ layers: [] }),
  'an image whose descriptors hold data': () => {
    const config = {
      ...layerOf(dataField, 'application/vnd.oci.image.config.v1+json'),
      data: dataField.toString('base64'),
    };
    const content = image({ config });
    return { ...content, blobs: [...content.blobs, dataField] };
  },
  'an image with a layer that is elsewhere': () =>
    image({ layers: [{ ...elsewhere, urls: ['https://example.com/layer'] }] }),
  'an image with members that nobody knows': () =>
    image({ 'org.example.extra': { deep: [1, 'two', null] }, extra: true }),
  'an artifact whose subject is not there': () => artifact({ subject: missing }),
  'an index with a subject': () => {
    const subject = index([image()]);
    const top: object = subject.manifests.at(-1) ?? {};
    const about = index([artifact()], { artifactType, subject: manifestDescriptor(top, indexType) });
    return { blobs: [...subject.blobs, ...about.blobs], manifests: [...subject.manifests, ...about.manifests] };
  },
};

describe('OCI distribution: contents', () => {
  let registry: OciRegistry;

  before(async () => {
    registry = await startOciRegistry([name]);
  });

  after(() => registry?.close());

  for (const [what, make] of Object.entries(contents)) {
    test(`${what} is pushed, found, pulled and deleted`, async () => {
      const { blobs, manifests } = make();
      const tag = what.replaceAll(/[^a-z0-9]+/gi, '-');
      for (const blob of blobs) await registry.pushBlob(name, blob);
      for (const [at, manifest] of manifests.entries()) {
        const { digest } = manifestDescriptor(manifest);
        await registry.pushManifest(name, at === manifests.length - 1 ? tag : digest, manifest);
      }
      for (const [at, manifest] of manifests.entries()) {
        const { digest, size } = manifestDescriptor(manifest);
        for (const reference of at === manifests.length - 1 ? [tag, digest] : [digest]) {
          const head = await registry.request('HEAD', `${name}/manifests/${reference}`);
          assert.equal(head.status, 200);
          assert.equal(head.headers.get('docker-content-digest'), digest);
          assert.equal(Number(head.headers.get('content-length')), size);
          const got = await registry.request('GET', `${name}/manifests/${reference}`);
          assert.equal(got.headers.get('content-type'), 'manifests' in manifest ? indexType : imageType);
          assert.equal(await got.text(), JSON.stringify(manifest));
        }
        if ('subject' in manifest) {
          const { digest: subject } = manifest.subject as Descriptor;
          const found = await jsonOf<{ readonly manifests: readonly Descriptor[] }>(
            registry.request('GET', `${name}/referrers/${subject}`),
          );
          assert.ok(found.manifests.some((each) => each.digest === digest));
        }
      }
      for (const blob of blobs) {
        const answer = await registry.request('GET', `${name}/blobs/${digestOf(blob)}`);
        assert.ok(Buffer.from(await answer.arrayBuffer()).equals(blob));
      }
      assert.equal((await registry.request('DELETE', `${name}/manifests/${tag}`)).status, 202);
      assert.equal((await registry.request('GET', `${name}/manifests/${tag}`)).status, 404);
      for (const manifest of manifests.toReversed()) {
        const path = `${name}/manifests/${manifestDescriptor(manifest).digest}`;
        assert.equal((await registry.request('DELETE', path)).status, 202);
        assert.equal((await registry.request('GET', path)).status, 404);
      }
    });
  }

  test('a manifest under a digest that is another’s, or none, is refused', async () => {
    const [manifest = {}] = artifact().manifests;
    for (const reference of [digestOf('another'), 'sha256:123', 'md5:d41d8cd98f00b204e9800998ecf8427e']) {
      const answer = await registry.request('PUT', `${name}/manifests/${reference}`, {
        headers: { 'content-type': imageType },
        body: JSON.stringify(manifest),
      });
      assert.equal(answer.status, 400, reference);
      assert.equal(await errorCode(answer), 'DIGEST_INVALID');
    }
  });
});

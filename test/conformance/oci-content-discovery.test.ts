// OCI distribution specification, "Content Discovery":
// https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#content-discovery
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  digestOf,
  emptyDescriptor,
  errorCode,
  imageOf,
  imageType,
  indexType,
  jsonOf,
  type OciRegistry,
  startOciRegistry,
} from './oci-registry.ts';

const name = 'conformance/discovery';
const tags = ['test0', 'test1', 'test2', 'test3', 'TEST4'];
const inOrder = tags.toSorted();

interface TagList {
  readonly name: string;
  readonly tags: readonly string[];
}

interface Index {
  readonly schemaVersion: number;
  readonly mediaType: string;
  readonly manifests: readonly {
    readonly digest: string;
    readonly artifactType?: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly size: number;
    readonly mediaType: string;
  }[];
}

describe('OCI distribution: content discovery', () => {
  let registry: OciRegistry;

  before(async () => {
    registry = await startOciRegistry([name, 'conformance/empty']);
    await registry.pushBlob(name, '{}');
    for (const tag of tags) await registry.pushManifest(name, tag, imageOf([]));
  });

  after(() => registry?.close());

  async function list(query = ''): Promise<{ readonly answer: Response; readonly list: TagList }> {
    const answer = await registry.request('GET', `${name}/tags/list${query}`);
    assert.equal(answer.status, 200);
    const found = await jsonOf<TagList>(answer);
    return { answer, list: found };
  }

  describe('Listing Tags', () => {
    test('all tags, in the order of their bytes', async () => {
      assert.deepEqual((await list()).list, { name, tags: inOrder });
    });

    test('n tags, and a link to the rest', async () => {
      const { answer, list: first } = await list('?n=2');
      assert.deepEqual(first.tags, inOrder.slice(0, 2));
      const link = /^<([^>]+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1] ?? '';
      const rest = await fetch(new URL(link, registry.endpoint), {
        headers: { authorization: registry.authorization },
      });
      const next = await jsonOf<TagList>(rest);
      assert.deepEqual(next.tags, inOrder.slice(2, 4));
    });

    test('the last page has no link', async () => {
      const { answer } = await list(`?n=${tags.length}`);
      assert.equal(answer.headers.get('link'), null);
    });

    test('tags after the last one, which need not exist', async () => {
      assert.deepEqual((await list(`?last=${inOrder[2] ?? ''}`)).list.tags, inOrder.slice(3));
      assert.deepEqual((await list('?last=test0000')).list.tags, inOrder.slice(2));
      assert.deepEqual((await list(`?n=1&last=${inOrder[0] ?? ''}`)).list.tags, inOrder.slice(1, 2));
    });

    test('n of zero is an empty list', async () => {
      assert.deepEqual((await list('?n=0')).list.tags, []);
    });

    test('an n that is no number is 400', async () => {
      assert.equal((await registry.request('GET', `${name}/tags/list?n=-1`)).status, 400);
    });

    test('a repository without tags has an empty list, one that is not there is 404 NAME_UNKNOWN', async () => {
      const empty = await jsonOf<TagList>(registry.request('GET', 'conformance/empty/tags/list'));
      assert.deepEqual(empty.tags, []);
      const answer = await registry.request('GET', 'conformance/none/tags/list');
      assert.equal(answer.status, 404);
      assert.equal(await errorCode(answer), 'NAME_UNKNOWN');
    });
  });

  describe('Listing Referrers', () => {
    const subjectBody = JSON.stringify(imageOf([]));
    const subject = { mediaType: imageType, digest: digestOf(subjectBody), size: subjectBody.length };
    const signature = imageOf([], {
      artifactType: 'application/vnd.example.signature',
      subject,
      annotations: { made: 'by hand' },
    });
    const sbom = imageOf([], { config: { ...emptyDescriptor, mediaType: 'application/vnd.example.sbom' }, subject });
    const index = {
      schemaVersion: 2,
      mediaType: indexType,
      artifactType: 'application/vnd.example.index',
      manifests: [],
      subject,
    };

    before(async () => {
      for (const manifest of [signature, sbom, index]) {
        await registry.pushManifest(name, digestOf(JSON.stringify(manifest)), manifest);
      }
    });

    async function referrers(
      digest: string,
      query = '',
    ): Promise<{ readonly answer: Response; readonly index: Index }> {
      const answer = await registry.request('GET', `${name}/referrers/${digest}${query}`);
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get('content-type'), indexType);
      const found = await jsonOf<Index>(answer);
      return { answer, index: found };
    }

    test('an index of everything whose subject it is, with type, annotations and size', async () => {
      const { index: found } = await referrers(subject.digest);
      assert.equal(found.schemaVersion, 2);
      assert.equal(found.mediaType, indexType);
      const byType = new Map(found.manifests.map((manifest) => [manifest.artifactType, manifest]));
      assert.deepEqual([...byType.keys()].map(String).toSorted(), [
        'application/vnd.example.index',
        'application/vnd.example.sbom', // the type of an artifact that names none is that of its configuration
        'application/vnd.example.signature',
      ]);
      const shown = byType.get('application/vnd.example.signature');
      const body = JSON.stringify(signature);
      assert.equal(shown?.digest, digestOf(body));
      assert.equal(shown?.size, body.length);
      assert.equal(shown?.mediaType, imageType);
      assert.deepEqual(shown?.annotations, { made: 'by hand' });
    });

    test('filtered by type, and the answer says so', async () => {
      const { answer, index: found } = await referrers(
        subject.digest,
        `?artifactType=${encodeURIComponent('application/vnd.example.sbom')}`,
      );
      assert.equal(answer.headers.get('oci-filters-applied'), 'artifactType');
      assert.deepEqual(
        found.manifests.map((manifest) => manifest.artifactType),
        ['application/vnd.example.sbom'],
      );
    });

    test('of what nothing refers to, or is not there, an empty index', async () => {
      assert.deepEqual((await referrers(digestOf('nothing'))).index.manifests, []);
    });

    test('what is no digest is 400', async () => {
      assert.equal((await registry.request('GET', `${name}/referrers/latest`)).status, 400);
    });

    test('of a repository that is not there 404', async () => {
      assert.equal((await registry.request('GET', `conformance/none/referrers/${subject.digest}`)).status, 404);
    });
  });

  describe('Listing repositories', () => {
    test('Docker’s catalog names them in order, a page at a time', async () => {
      const whole = await registry.request('GET', '_catalog');
      const all: unknown = await whole.json();
      assert.deepEqual(all, { repositories: ['conformance/discovery', 'conformance/empty'] });
      const first = await registry.request('GET', '_catalog?n=1');
      assert.match(first.headers.get('link') ?? '', /last=conformance%2Fdiscovery>; rel="next"$/);
    });
  });
});

// What becomes of an object's bytes when disks fill, clients leave, servers die and keys are written while they are read.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HttpResponse } from '../../src/world/net.ts';
import { textOf } from './bed.ts';
import { openS3, refusalOf, type S3Bed } from './s3-bed.ts';

async function opened(): Promise<S3Bed> {
  const bed = await openS3();
  assert.equal((await bed.call({ method: 'PUT', path: '/b12' })).status, 200);
  return bed;
}

const put = (bed: S3Bed, key: string, body: string): Promise<HttpResponse> =>
  bed.call({ method: 'PUT', path: `/b12/${key}`, body });
const get = async (bed: S3Bed, key: string): Promise<string> =>
  textOf(await bed.call({ method: 'GET', path: `/b12/${key}` }));

describe('the bytes of an object', () => {
  test('are the old ones, whole, when the disk is full, and no file is left of the new', async () => {
    const bed = await opened();
    await put(bed, 'key', 'old');
    const before = await bed.files.contentIds();
    for (const part of ['/incoming/', '/objects/']) {
      bed.disk.failWhen((path) => (path.includes(part) ? new Error('ENOSPC: no space left on device') : undefined));
      const answer = await put(bed, 'key', 'new');
      assert.equal(answer.status, 500);
      assert.doesNotMatch(await textOf(answer), /ENOSPC/, 'what failed is for the log');
      bed.disk.failWhen(undefined);
      assert.equal(await get(bed, 'key'), 'old');
    }
    assert.deepEqual(await bed.files.contentIds(), before);
    assert.equal((await put(bed, 'key', 'new')).status, 200);
    assert.equal(await get(bed, 'key'), 'new');
  });

  test('are not half of what a client sent that left', async () => {
    const bed = await opened();
    const headers = await bed.sign({ method: 'PUT', path: '/b12/key', body: 'whole' });
    const leaving = async function* (): AsyncGenerator<Uint8Array> {
      yield new TextEncoder().encode('wh');
      throw new Error('aborted');
    };
    const answer = await bed.handler.request({
      method: 'PUT',
      target: '/b12/key',
      headers: Object.entries({ ...headers, 'content-length': '5' }),
      remoteAddress: '127.0.0.1',
      body: { read: () => Promise.resolve(undefined), stream: leaving },
    });
    assert.equal(await refusalOf(answer), '400 RequestTimeout');
    assert.equal((await bed.call({ method: 'HEAD', path: '/b12/key' })).status, 404);
    assert.deepEqual(await bed.files.contentIds(), []);
  });

  test('go on as they were for whoever reads them while the key is written and deleted', async () => {
    const bed = await opened();
    const stop = bed.startKeeper();
    await put(bed, 'key', 'first');
    const reading = await bed.call({ method: 'GET', path: '/b12/key' });
    await put(bed, 'key', 'second');
    await bed.call({ method: 'DELETE', path: '/b12/key' });
    await bed.clock.advance(60_000);
    assert.equal(await textOf(reading), 'first');
    await stop();
  });

  test('are gone once nothing refers to them, and stay while a copy or a part does', async () => {
    const bed = await opened();
    const stop = bed.startKeeper();
    await put(bed, 'a', 'shared');
    const copy = { method: 'PUT', path: '/b12/b', headers: { 'x-amz-copy-source': '/b12/a' } };
    assert.equal((await bed.call(copy)).status, 200);
    const begun = await textOf(await bed.call({ method: 'POST', path: '/b12/c', query: 'uploads=' }));
    const uploadId = /<UploadId>([^<]+)</.exec(begun)?.[1] ?? '';
    const part = { method: 'PUT', path: '/b12/c', query: `partNumber=1&uploadId=${uploadId}`, body: 'part' };
    assert.equal((await bed.call(part)).status, 200);
    assert.equal((await bed.files.contentIds()).length, 2);
    await bed.call({ method: 'DELETE', path: '/b12/a' });
    await bed.clock.advance(1000);
    assert.equal((await bed.files.contentIds()).length, 2);
    assert.equal(await get(bed, 'b'), 'shared');
    await bed.call({ method: 'DELETE', path: '/b12/b' });
    await bed.call({ method: 'DELETE', path: '/b12/c', query: `uploadId=${uploadId}` });
    await bed.clock.advance(1000);
    assert.deepEqual(await bed.files.contentIds(), []);
    await stop();
  });

  test('that a crash left with nothing to refer to them are gone after the next start', async () => {
    const bed = await opened();
    await put(bed, 'key', 'kept');
    const stray = await bed.files.receive(
      (async function* () {
        yield new TextEncoder().encode('stray');
      })(),
    );
    stray.release(); // as after a start, when nobody holds anything
    assert.equal((await bed.files.contentIds()).length, 2);
    await bed.files.removeUnfinished();
    const stop = bed.startKeeper();
    await bed.clock.advance(1000);
    await stop();
    assert.equal((await bed.files.contentIds()).length, 1);
    assert.equal(await get(bed, 'key'), 'kept');
  });
});

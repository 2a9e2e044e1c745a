import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SimClock } from '../../world/sim/sim-clock.ts';
import { SimDisk } from '../../world/sim/sim-disk.ts';
import { simHash } from '../../world/sim/sim-hash.ts';
import { SimLife } from '../../world/sim/sim-life.ts';
import { SimRandom } from '../../world/sim/sim-random.ts';
import { createBlobFiles } from './blob-files.ts';
import { type BlobFiles, type Digest, DigestMismatch, UploadBusy, UploadGone } from './contract.ts';

function openDisk(seed: number): { readonly disk: SimDisk; readonly open: () => BlobFiles } {
  const clock = new SimClock({ dueRunsByItself: true });
  const disk = new SimDisk(new SimRandom(seed));
  let boots = 0;
  const open = (): BlobFiles => {
    boots += 1;
    return createBlobFiles({
      disk: disk.as(new SimLife(clock, `server ${boots}`)),
      hash: simHash,
      directory: '/images',
    });
  };
  return { disk, open };
}

const digestOf = (content: string): Digest => `sha256:${simHash.sha256Hex(content)}`;
const recorded = (): Promise<void> => Promise.resolve();

/** As the network gives bytes: in parts that have nothing to do with those of the disk. */
async function* parts(content: string, size = 7): AsyncIterable<Uint8Array> {
  for (let at = 0; at < content.length; at += size) {
    yield await Promise.resolve(new TextEncoder().encode(content.slice(at, at + size)));
  }
}

async function text(files: BlobFiles, digest: Digest): Promise<string | undefined> {
  const bytes = await files.read(digest);
  return bytes && new TextDecoder().decode(bytes);
}

test('an upload in several parts is one blob, found under its digest', async () => {
  const files = openDisk(1).open();
  await files.beginUpload('u');
  assert.equal(await files.append('u', parts('one ')), 4);
  assert.equal(await files.append('u', parts('and two')), 11);
  assert.equal(await files.finishUpload('u', digestOf('one and two'), recorded), 11);
  assert.equal(await text(files, digestOf('one and two')), 'one and two');
  assert.deepEqual(await files.uploads(), []);
});

test('bytes of another digest are refused and forgotten', async () => {
  const files = openDisk(1).open();
  await files.beginUpload('u');
  await files.append('u', parts('what came'));
  await assert.rejects(files.finishUpload('u', digestOf('what was meant'), recorded), DigestMismatch);
  assert.deepEqual(await files.uploads(), []);
  await assert.rejects(files.append('u', parts('more')), UploadGone);
});

test('an upload goes on after a restart, and its digest is that of all its bytes', async () => {
  const { open } = openDisk(1);
  const before = open();
  await before.beginUpload('u');
  await before.append('u', parts('before '));
  const files = open();
  assert.equal(await files.uploadedBytes('u'), 7);
  await files.append('u', parts('and after'));
  await files.finishUpload('u', digestOf('before and after'), recorded);
  assert.equal(await text(files, digestOf('before and after')), 'before and after');
});

test('what came before a sender broke off stays, and the rest can follow', async () => {
  const files = openDisk(1).open();
  await files.beginUpload('u');
  await files.append('u', parts('whole '));
  async function* broken(): AsyncIterable<Uint8Array> {
    yield* parts('lost');
    throw new Error('connection reset');
  }
  await assert.rejects(files.append('u', broken()), /connection reset/);
  const size = (await files.uploadedBytes('u')) ?? 0;
  const all = 'whole lost and found';
  await files.append('u', parts(all.slice(size)));
  await files.finishUpload('u', digestOf(all), recorded);
});

test('two requests at once do not mix their bytes', async () => {
  const files = openDisk(1).open();
  await files.beginUpload('u');
  const first = files.append('u', parts('first'));
  await assert.rejects(files.append('u', parts('second')), UploadBusy);
  await first;
  await files.finishUpload('u', digestOf('first'), recorded);
});

test('a full disk is told as such, takes nothing with it, and gives back what the upload held', async () => {
  const { disk, open } = openDisk(1);
  const files = open();
  await files.write(digestOf('kept'), new TextEncoder().encode('kept'), recorded);
  await files.beginUpload('u');
  await files.append('u', parts('some'));
  disk.failWhen((path) => {
    return path.includes('/uploads/')
      ? Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
      : undefined;
  });
  await assert.rejects(files.beginUpload('v'), { code: 'ENOSPC' });
  let writes = 0;
  disk.failWhen((path) => {
    writes += path.includes('/uploads/') ? 1 : 0;
    return writes === 2 ? Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }) : undefined;
  });
  await assert.rejects(files.append('u', parts('more')), { code: 'ENOSPC' });
  disk.failWhen(undefined);
  assert.deepEqual(await files.uploads(), []);
  assert.equal(await text(files, digestOf('kept')), 'kept');
});

test('a blob is not removed between being stored and being recorded', async () => {
  const files = openDisk(1).open();
  const digest = digestOf('blob');
  let isRecorded = false;
  const wrote = files.write(digest, new TextEncoder().encode('blob'), async () => {
    await Promise.resolve();
    isRecorded = true;
  });
  const removed = files.removeIf(digest, () => Promise.resolve(!isRecorded));
  await Promise.all([wrote, removed]);
  assert.equal(await text(files, digest), 'blob');
});

test('whenever power is lost, every blob that was recorded is there and whole', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 60 }), fc.nat(1000), async (failAt, seed) => {
      const { disk, open } = openDisk(seed);
      const files = open();
      const recordedDigests: Digest[] = [];
      let writes = 0;
      // From some write on nothing reaches the disk any more, as when the machine stops there.
      disk.failWhen(() => (++writes > failAt ? new Error('power lost') : undefined));
      const contents = ['first', 'second, which is a little longer', 'first', 'third'];
      for (const [index, content] of contents.entries()) {
        const digest = digestOf(content);
        const note = (): Promise<void> => {
          recordedDigests.push(digest);
          return Promise.resolve();
        };
        try {
          await files.beginUpload(`u${index}`);
          await files.append(`u${index}`, parts(content));
          await files.finishUpload(`u${index}`, digest, note);
        } catch (error) {
          if (!(error instanceof Error && error.message === 'power lost')) throw error;
        }
      }
      disk.losePower();
      disk.failWhen(undefined);
      const again = open();
      for (const digest of recordedDigests) {
        const found = await text(again, digest);
        assert.equal(found === undefined ? undefined : digestOf(found), digest);
      }
    }),
    { numRuns: 60 },
  );
});

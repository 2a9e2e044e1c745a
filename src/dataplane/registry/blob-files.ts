import type { AppendFile, Disk, Hash, RunningDigest } from '../../world/world.ts';
import { type BlobFiles, type Digest, DigestMismatch, isDigest, UploadBusy, UploadGone } from './contract.ts';
import { isFull } from './full.ts';

/** Blobs under `blobs/<two digits>/<digest>`, uploads under `uploads/<id>`, both in `directory` and on one file system. */
export function createBlobFiles(parts: {
  readonly disk: Disk;
  readonly hash: Hash;
  readonly directory: string;
}): BlobFiles {
  const { disk, hash } = parts;
  const uploadsDirectory = `${parts.directory}/uploads`;
  const blobsDirectory = `${parts.directory}/blobs`;
  const uploadPath = (uploadId: string): string => `${uploadsDirectory}/${uploadId}`;
  const blobPath = (digest: Digest): string => `${blobsDirectory}/${digest.slice(7, 9)}/${digest.slice(7)}`;

  /** Digests of uploads as far as this process has received them all: others are read again when they are finished. */
  const running = new Map<string, { readonly digest: RunningDigest; bytes: number }>();
  const busy = new Set<string>();
  const turns = new Map<Digest, Promise<unknown>>();

  /** One after the other for each digest: so nothing is removed between being stored and being recorded. */
  function inTurn<T>(digest: Digest, action: () => Promise<T>): Promise<T> {
    const before = turns.get(digest) ?? Promise.resolve();
    const turn = before.then(action, action);
    turns.set(digest, turn);
    const leave = (): void => {
      if (turns.get(digest) === turn) turns.delete(digest);
    };
    turn.then(leave, leave);
    return turn;
  }

  async function alone<T>(uploadId: string, action: () => Promise<T>): Promise<T> {
    if (busy.has(uploadId)) throw new UploadBusy(`upload ${uploadId} is being written to`);
    busy.add(uploadId);
    try {
      return await action();
    } finally {
      busy.delete(uploadId);
    }
  }

  async function sizeOf(uploadId: string): Promise<number> {
    const size = await disk.size(uploadPath(uploadId));
    if (size === undefined) throw new UploadGone(`there is no upload ${uploadId}`);
    return size;
  }

  async function end(uploadId: string): Promise<void> {
    running.delete(uploadId);
    await disk.remove(uploadPath(uploadId));
  }

  async function append(uploadId: string, bytes: AsyncIterable<Uint8Array>): Promise<number> {
    const size = await sizeOf(uploadId);
    const known = running.get(uploadId) ?? (size === 0 ? { digest: hash.startSha256(), bytes: 0 } : undefined);
    if (known?.bytes === size) running.set(uploadId, known);
    else running.delete(uploadId);
    const progress = running.get(uploadId);
    const file = await disk.openAppend(uploadPath(uploadId));
    const syncer = syncedOnTheWay(file);
    try {
      for await (const part of bytes) {
        const written = file.append(part);
        progress?.digest.update(part); // while the disk takes it
        if (progress) progress.bytes += part.length;
        await written;
        syncer.note(part.length);
      }
      await syncer.settled();
      return file.size;
    } catch (error) {
      running.delete(uploadId); // the digest may be ahead of the file
      if (isFull(error)) await end(uploadId); // it cannot be finished, and what it holds is what others need
      throw error;
    } finally {
      await syncer.settled().catch(() => undefined); // said above, where nothing else was
      await file.close();
    }
  }

  async function digestOf(uploadId: string, size: number): Promise<string> {
    const known = running.get(uploadId);
    running.delete(uploadId);
    if (known?.bytes === size) return known.digest.hex();
    const digest = hash.startSha256();
    for await (const part of disk.readStream(uploadPath(uploadId), 0, size)) digest.update(part);
    return digest.hex();
  }

  async function sync(uploadId: string): Promise<void> {
    const file: AppendFile = await disk.openAppend(uploadPath(uploadId));
    try {
      await file.sync();
    } catch (error) {
      if (isFull(error)) await end(uploadId); // some file systems look for the space only now
      throw error;
    } finally {
      await file.close();
    }
  }

  return {
    beginUpload: async (uploadId) => (await disk.openAppend(uploadPath(uploadId))).close(),
    uploadedBytes: (uploadId) => disk.size(uploadPath(uploadId)),
    append: (uploadId, bytes) => alone(uploadId, () => append(uploadId, bytes)),
    finishUpload: (uploadId, digest, record) =>
      alone(uploadId, async () => {
        const size = await sizeOf(uploadId);
        const actual = await digestOf(uploadId, size);
        if (`sha256:${actual}` !== digest) {
          await end(uploadId);
          throw new DigestMismatch(`the uploaded bytes have the digest sha256:${actual}, not ${digest}`);
        }
        await sync(uploadId);
        await inTurn(digest, async () => {
          await disk.rename(uploadPath(uploadId), blobPath(digest));
          await record(size);
        });
        return size;
      }),
    cancelUpload: (uploadId) => alone(uploadId, () => end(uploadId)),
    uploads: () => disk.list(uploadsDirectory),

    write: (digest, bytes, record) =>
      inTurn(digest, async () => {
        const present = await disk.size(blobPath(digest));
        if (present === undefined) {
          await disk.makeDirectory(`${blobsDirectory}/${digest.slice(7, 9)}`);
          await disk.writeAtomic(blobPath(digest), bytes);
        }
        await record();
      }),
    read: (digest) => disk.read(blobPath(digest)),
    stream: (digest, offset, length) => disk.readStream(blobPath(digest), offset, length),
    removeIf: (digest, isUnwanted) =>
      inTurn(digest, async () => {
        if (await isUnwanted()) await disk.remove(blobPath(digest));
      }),
    async *digests() {
      for (const directory of await disk.list(blobsDirectory)) {
        for (const name of await disk.list(`${blobsDirectory}/${directory}`)) {
          const digest = `sha256:${name}`;
          if (isDigest(digest)) yield digest;
        }
      }
    },
  };
}

/** The disk works while the rest is still coming, so that at the end there is little left to wait for. */
function syncedOnTheWay(file: AppendFile): { note(bytes: number): void; settled(): Promise<void> } {
  let waiting = 0;
  let isUnderWay = false;
  let last: Promise<void> = Promise.resolve();
  return {
    note(bytes) {
      waiting += bytes;
      if (isUnderWay || waiting < syncBytes) return;
      waiting = 0;
      isUnderWay = true;
      last = Promise.all([last, file.sync()]).then(() => {
        isUnderWay = false;
      });
      last.catch(() => undefined); // whoever waits for it is told
    },
    settled: () => last,
  };
}

const syncBytes = 32 * 1024 * 1024;

import type { Disk, Hash, Random } from '../../world/world.ts';
import { hex } from '../../core/hex.ts';
import type { ObjectFiles, ReceivedContent, Segment } from './contract.ts';

/**
 * Contents under `directory`: `<first two digits>/<id>` once whole, `incoming/<id>` while they are received. A file gets
 * its final name after its bytes are down, so a name that is there is a content that is whole.
 */
export function createObjectFiles(parts: ObjectFilesParts): ObjectFiles {
  const { disk, hash, random, directory } = parts;
  const held = new Map<string, number>();
  const hold = (contentId: string): void => {
    held.set(contentId, (held.get(contentId) ?? 0) + 1);
  };
  const letGo = (contentId: string): void => {
    const left = (held.get(contentId) ?? 1) - 1;
    if (left === 0) held.delete(contentId);
    else held.set(contentId, left);
  };
  const pathOf = (contentId: string): string => `${directory}/${contentId.slice(0, 2)}/${contentId}`;

  return {
    async receive(content) {
      const contentId = hex(random.bytes(16));
      const incoming = `${directory}/incoming/${contentId}`;
      const digest = hash.startMd5();
      let size: number;
      try {
        size = await write(disk, incoming, content, (bytes) => digest.update(bytes));
        if (size > 0) await disk.rename(incoming, pathOf(contentId));
      } catch (error) {
        await disk.remove(incoming);
        throw error;
      }
      if (size === 0) {
        await disk.remove(incoming);
        return { segments: [], size, md5: digest.hex(), discard: () => Promise.resolve(), release: () => undefined };
      }
      hold(contentId);
      return {
        segments: [{ contentId, offset: 0, size }],
        size,
        md5: digest.hex(),
        discard: () => disk.remove(pathOf(contentId)),
        release: once(() => letGo(contentId)),
      } satisfies ReceivedContent;
    },
    read(segments, offset, length) {
      const wanted = stretch(segments, offset, length);
      for (const { contentId } of wanted) hold(contentId);
      const release = once(() => {
        for (const { contentId } of wanted) letGo(contentId);
      });
      return {
        [Symbol.asyncIterator]: () =>
          releasing(
            (async function* () {
              for (const { contentId, offset: from, size } of wanted)
                yield* disk.readStream(pathOf(contentId), from, size);
            })(),
            release,
          ),
      };
    },
    async remove(contentId) {
      if (held.has(contentId)) return false;
      await disk.remove(pathOf(contentId));
      return true;
    },
    async contentIds() {
      const ids: string[] = [];
      for (const folder of await disk.list(directory)) {
        if (/^[0-9a-f]{2}$/.test(folder)) ids.push(...(await disk.list(`${directory}/${folder}`)));
      }
      return ids;
    },
    removeUnfinished: () => disk.remove(`${directory}/incoming`),
  };
}

export interface ObjectFilesParts {
  readonly disk: Disk;
  readonly hash: Hash;
  readonly random: Random;
  readonly directory: string;
}

/** Sockets give pieces of at most 64 KiB; a write costs a trip to another thread whatever its size. */
const writeBytes = 512 * 1024;

async function write(
  disk: Disk,
  path: string,
  content: AsyncIterable<Uint8Array>,
  see: (bytes: Uint8Array) => void,
): Promise<number> {
  const file = await disk.openAppend(path);
  try {
    let pieces: Uint8Array[] = [];
    let waiting = 0;
    // One write is under way while the next pieces come in; never more, so that memory stays flat on a slow disk.
    let writing: Promise<void> = Promise.resolve();
    const flush = async (): Promise<void> => {
      await writing;
      writing = file.append(joined(pieces, waiting));
      writing.catch(() => undefined); // told to whoever awaits it next
      pieces = [];
      waiting = 0;
    };
    for await (const bytes of content) {
      see(bytes);
      pieces.push(bytes);
      waiting += bytes.length;
      if (waiting >= writeBytes) await flush();
    }
    if (waiting > 0) await flush();
    await writing;
    if (file.size > 0) await file.sync();
    return file.size;
  } finally {
    await file.close();
  }
}

function joined(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const [only] = pieces;
  if (only && pieces.length === 1) return only;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** The segments that `length` bytes from `offset` are in. */
export function stretch(segments: readonly Segment[], offset: number, length: number): readonly Segment[] {
  const wanted: Segment[] = [];
  let before = 0;
  let left = length;
  for (const { contentId, offset: from, size } of segments) {
    const skip = Math.max(0, offset - before);
    before += size;
    if (skip >= size || left === 0) continue;
    const take = Math.min(size - skip, left);
    wanted.push({ contentId, offset: from + skip, size: take });
    left -= take;
  }
  return wanted;
}

/** Lets go however the iteration ends: also where it is returned before it began, which a generator does not notice. */
function releasing(inner: AsyncGenerator<Uint8Array>, release: () => void): AsyncIterator<Uint8Array> {
  return {
    async next() {
      try {
        const next = await inner.next();
        if (next.done) release();
        return next;
      } catch (error) {
        release();
        throw error;
      }
    },
    async return() {
      release();
      await inner.return(undefined);
      return { done: true, value: undefined };
    },
  };
}

function once(action: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    action();
  };
}

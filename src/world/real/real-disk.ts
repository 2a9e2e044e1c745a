import {
  chmod,
  chown,
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  truncate,
} from 'node:fs/promises';
import { dirname } from 'node:path';
import type { AppendFile, Disk, FileOwner } from '../world.ts';

/** Ends the names of files being written. A crash may leave one behind, so listings leave them out. */
const unfinished = /\.unfinished-\d+-\d+$/;

export function realDisk(): Disk {
  let writes = 0;
  return {
    read: (path) => unlessMissing(readFile(path)),
    readRange: (path, offset, length) => unlessMissing(readRange(path, offset, length)),
    readStream,
    size: async (path) => (await unlessMissing(stat(path)))?.size,
    writeAtomic: (path, data, mode) => {
      writes += 1;
      return writeAtomic(path, `${path}.unfinished-${process.pid}-${writes}`, data, mode);
    },
    openAppend,
    truncate: (path, size) => truncate(path, size),
    rename: renameDurably,
    list: async (directory) => {
      const names = (await unlessMissing(readdir(directory))) ?? [];
      return names.filter((name) => !unfinished.test(name)).sort();
    },
    makeDirectory,
    realPath: (path) => unlessMissing(realpath(path)),
    remove: (path) => rm(path, { recursive: true, force: true }),
  };
}

async function readRange(path: string, offset: number, length: number): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const left = Math.max(0, (await file.stat()).size - offset);
    const bytes = new Uint8Array(Math.min(length, left));
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, offset + filled);
      if (bytesRead === 0) break; // cut off meanwhile
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  } finally {
    await file.close();
  }
}

/** Large enough that a layer costs few turns of the loop, small enough that a hundred readers are no burden. */
const streamPartBytes = 1024 * 1024;

/**
 * The part after the one that is given is read meanwhile, so that disk and network work at the same time. Two buffers take
 * turns: a new one for each part would be collected at the cost of all else that a layer's pull takes.
 */
async function* readStream(path: string, offset: number, length: number): AsyncIterable<Uint8Array> {
  const file = await open(path, 'r');
  let at = offset;
  const end = offset + length;
  const partBytes = Math.min(streamPartBytes, length);
  let [free, used] = [Buffer.allocUnsafeSlow(partBytes), Buffer.allocUnsafeSlow(length > partBytes ? partBytes : 0)];
  const readNext = async (): Promise<Uint8Array> => {
    const part = free;
    [free, used] = [used, free];
    const wanted = Math.min(part.length, end - at);
    const { bytesRead } = wanted <= 0 ? { bytesRead: 0 } : await file.read(part, 0, wanted, at);
    at += bytesRead;
    return part.subarray(0, bytesRead);
  };
  let next = readNext();
  try {
    for (let part = await next; part.length > 0; part = await next) {
      next = readNext();
      yield part;
    }
  } finally {
    await next.catch(() => undefined); // whoever iterates has been told, or has gone
    await file.close();
  }
}

/** The bytes must be down before the name points at them, and the name (the directory) before this resolves. */
async function writeAtomic(path: string, temporary: string, data: Uint8Array, mode = 0o644): Promise<void> {
  try {
    const file = await open(temporary, 'w', mode);
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(dirname(path));
}

async function renameDurably(from: string, to: string): Promise<void> {
  await makeDirectory(dirname(to));
  await rename(from, to);
  await syncDirectory(dirname(to));
  if (dirname(from) !== dirname(to)) await syncDirectory(dirname(from));
}

async function openAppend(path: string): Promise<AppendFile> {
  await makeDirectory(dirname(path));
  const file = await open(path, 'a');
  try {
    await syncDirectory(dirname(path));
    return new RealAppendFile(file, (await file.stat()).size);
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Appends in the order asked for, each whole or not at all. */
class RealAppendFile implements AppendFile {
  readonly #file: FileHandle;
  #size: number;
  #last: Promise<void> = Promise.resolve();

  constructor(file: FileHandle, size: number) {
    this.#file = file;
    this.#size = size;
  }

  get size(): number {
    return this.#size;
  }

  append(data: Uint8Array): Promise<void> {
    const appended = this.#last.then(() => this.#append(data));
    this.#last = appended.catch(() => undefined); // its caller is told; the next append stands for itself
    return appended;
  }

  async sync(): Promise<void> {
    await this.#last;
    await this.#file.datasync(); // the length is data; the time of the last change is not
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#file.close();
  }

  async #append(data: Uint8Array): Promise<void> {
    let written = 0;
    try {
      while (written < data.length) written += (await this.#file.write(data, written)).bytesWritten;
    } catch (error) {
      if (written > 0) await this.#file.truncate(this.#size); // a full disk took a part of it
      throw error;
    }
    this.#size += data.length;
  }
}

async function makeDirectory(path: string, mode = 0o755, owner?: FileOwner): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode });
  if (first === undefined) return;
  if (owner) {
    await chown(path, owner.userId, owner.groupId);
    await chmod(path, mode); // which this process's own mask has no say in, and a change of owner may take bits of
  }
  for (let parent = dirname(path); parent.length >= dirname(first).length; parent = dirname(parent)) {
    await syncDirectory(parent);
    if (parent === dirname(parent)) return;
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function unlessMissing<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

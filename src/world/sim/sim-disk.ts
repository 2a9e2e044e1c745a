import type { AppendFile, Disk } from '../world.ts';
import { type SimLife, never } from './sim-life.ts';
import type { SimRandom } from './sim-random.ts';

/** Small, so that tests with little data see several parts. */
const streamPartBytes = 1024;

/**
 * The disk of one simulated host, outliving its processes. Killing a process loses nothing that was written; power loss
 * (`losePower`) does what real disks do with bytes that were appended and not synced: keeps some prefix of them, at
 * times with a torn tail of zeros, and forgets files that were never synced at all.
 */
export class SimDisk {
  readonly #files = new Map<string, SimFile>();
  readonly #directories = new Set<string>(['/']);
  readonly #random: SimRandom;
  readonly #typicalMs: number;
  #fault: ((path: string) => Error | undefined) | undefined;

  constructor(random: SimRandom, typicalMs = 0) {
    this.#random = random;
    this.#typicalMs = typicalMs;
  }

  /** Asked at each write: an error refuses it. */
  failWhen(fault: ((path: string) => Error | undefined) | undefined): void {
    this.#fault = fault;
  }

  losePower(): void {
    for (const [path, file] of this.#files) {
      if (!file.everSynced && this.#random.chance(0.5)) {
        this.#files.delete(path);
        continue;
      }
      const survives = this.#random.integer(file.syncedSize, file.size);
      const isTorn = survives > file.syncedSize && this.#random.chance(0.5);
      if (isTorn) file.zero(this.#random.integer(file.syncedSize, survives), survives);
      file.resize(survives);
      file.syncedSize = survives;
      file.everSynced = true;
    }
  }

  /** The disk as one process sees it. */
  as(life: SimLife): Disk {
    const wait = async (): Promise<void> => {
      if (!life.isAlive) await never();
      await life.pass(this.#typicalMs === 0 ? 0 : this.#random.latencyMs(this.#typicalMs));
    };
    const write = async (path: string): Promise<void> => {
      await wait();
      const fault = this.#fault?.(path);
      if (fault) throw fault;
    };
    return {
      read: async (path) => {
        await wait();
        return this.#file(path)?.slice(0);
      },
      readRange: async (path, offset, length) => {
        await wait();
        return this.#file(path)?.slice(offset, offset + length);
      },
      readStream: (path, offset, length) => this.#readStream(path, offset, length, wait),
      size: async (path) => {
        await wait();
        return this.#file(path)?.size;
      },
      writeAtomic: async (path, data) => {
        const copy = data.slice();
        await write(path);
        const file = new SimFile();
        file.append(copy);
        file.sync();
        this.#addDirectory(parentOf(path));
        this.#files.set(path, file);
      },
      openAppend: async (path) => {
        await write(path);
        this.#addDirectory(parentOf(path));
        const file = this.#files.get(path) ?? new SimFile();
        this.#files.set(path, file);
        return this.#appendTo(path, file, life, write);
      },
      truncate: async (path, size) => {
        await write(path);
        const file = this.#files.get(path);
        if (!file) throw new Error(`ENOENT: no such file or directory, open '${path}'`);
        file.resize(size);
        file.sync();
      },
      rename: async (from, to) => {
        await write(to);
        const file = this.#files.get(from);
        if (!file) throw new Error(`ENOENT: no such file or directory, rename '${from}' -> '${to}'`);
        this.#addDirectory(parentOf(to));
        this.#files.delete(from);
        this.#files.set(to, file);
        // The name is durable; bytes that were never synced are not.
        file.everSynced = true;
      },
      list: async (directory) => {
        await wait();
        const prefix = directory.endsWith('/') ? directory : `${directory}/`;
        const names = [...this.#files.keys(), ...this.#directories]
          .filter((path) => path.startsWith(prefix) && path.length > prefix.length)
          .map((path) => path.slice(prefix.length).split('/')[0] ?? '');
        return [...new Set(names)].toSorted();
      },
      makeDirectory: async (path) => {
        await write(path);
        this.#addDirectory(path);
      },
      realPath: async (path) => {
        await wait(); // there are no links
        return this.#files.has(path) || this.#directories.has(path) ? path : undefined;
      },
      remove: async (path) => {
        await write(path);
        for (const file of this.#files.keys()) if (isWithin(file, path)) this.#files.delete(file);
        for (const directory of this.#directories) if (isWithin(directory, path)) this.#directories.delete(directory);
      },
    };
  }

  async *#readStream(
    path: string,
    offset: number,
    length: number,
    wait: () => Promise<void>,
  ): AsyncIterable<Uint8Array> {
    // The file that was opened is read on, whatever becomes of its name.
    await wait();
    const file = this.#file(path);
    if (!file) throw new Error(`ENOENT: no such file or directory, open '${path}'`);
    const end = Math.min(offset + length, file.size);
    for (let at = offset; at < end; at += streamPartBytes) {
      if (at > offset) await wait();
      yield file.slice(at, Math.min(at + streamPartBytes, end));
    }
  }

  #appendTo(path: string, file: SimFile, life: SimLife, write: (path: string) => Promise<void>): AppendFile {
    return {
      get size() {
        return file.size;
      },
      append: async (data) => {
        if (!life.isAlive) await never();
        const fault = this.#fault?.(path);
        if (fault) throw fault;
        // Taken in at once, so that appends keep the order of their calls; the time is passed afterwards.
        file.append(data);
        await life.pass(0);
      },
      sync: async () => {
        const size = file.size;
        await write(path);
        file.syncedSize = Math.max(file.syncedSize, Math.min(size, file.size));
        file.everSynced = true;
      },
      close: async () => {
        await life.pass(0);
      },
    };
  }

  #file(path: string): SimFile | undefined {
    const file = this.#files.get(path);
    if (!file && this.#directories.has(path))
      throw new Error(`EISDIR: illegal operation on a directory, read '${path}'`);
    return file;
  }

  #addDirectory(path: string): void {
    for (let at = path; at !== '/' && at !== ''; at = parentOf(at)) this.#directories.add(at);
  }
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`);
}

class SimFile {
  #bytes = new Uint8Array(0);
  size = 0;
  syncedSize = 0;
  everSynced = false;

  append(data: Uint8Array): void {
    const end = this.size + data.length;
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(end, 2 * this.#bytes.length));
      grown.set(this.#bytes.subarray(0, this.size));
      this.#bytes = grown;
    }
    this.#bytes.set(data, this.size);
    this.size = end;
  }

  slice(from: number, to = this.size): Uint8Array {
    return this.#bytes.slice(from, Math.min(to, this.size));
  }

  zero(from: number, to: number): void {
    this.#bytes.fill(0, from, to);
  }

  /** Shorter drops the end; longer fills with zeros, as a file system does. */
  resize(size: number): void {
    if (size > this.size) this.append(new Uint8Array(size - this.size));
    else this.size = size;
    this.syncedSize = Math.min(this.syncedSize, size);
  }

  sync(): void {
    this.syncedSize = this.size;
    this.everSynced = true;
  }
}

import { type BigIntStats, closeSync, constants, fstatSync, openSync } from 'node:fs';

/** A file or directory that the kernel has been told of. */
export interface KnownFile {
  readonly node: bigint;
  /** Open only to be named: neither reading nor writing goes through it. */
  readonly descriptor: number;
  /** Where it was found last: links can be read and made only by name. */
  place: { readonly directory: bigint; readonly name: Buffer } | undefined;
  /** How often the kernel was told, and will say that it forgets. */
  told: bigint;
}

const rootNode = 1n;

/** O_PATH, which Node does not name: the same on all architectures of Linux that it runs on. */
const pathOnly = 0o10_000_000;

/** ESTALE: what the kernel names is not known any more. */
const staleErrno = 116;

/**
 * The files that the kernel knows, each held open by a descriptor, so that nobody can put another in its place: every
 * step goes from a directory that is held, by one name, and follows no link. What is outside of the root cannot be named.
 */
export class KnownFiles {
  readonly #byNode = new Map<bigint, KnownFile>();
  /** By device and number, for the same file may be found under several names. */
  readonly #byIdentity = new Map<string, KnownFile>();
  #next = rootNode + 1n;

  constructor(rootDescriptor: number) {
    const root: KnownFile = { node: rootNode, descriptor: rootDescriptor, place: undefined, told: 1n };
    this.#byNode.set(rootNode, root);
    this.#byIdentity.set(identity(statOf(root)), root);
  }

  get(node: bigint): KnownFile {
    const file = this.#byNode.get(node);
    if (!file) throw new ErrnoError(staleErrno);
    return file;
  }

  /** Looks a name up and counts that the kernel is told of it. */
  find(directory: bigint, name: Buffer): { readonly file: KnownFile; readonly stats: BigIntStats } {
    const descriptor = openSync(this.path(directory, name), pathOnly | constants.O_NOFOLLOW);
    const stats = fstatSync(descriptor, { bigint: true });
    const known = this.#byIdentity.get(identity(stats));
    if (known) {
      closeSync(descriptor);
      known.told += 1n;
      known.place = { directory, name };
      return { file: known, stats };
    }
    const file: KnownFile = { node: this.#next, descriptor, place: { directory, name }, told: 1n };
    this.#next += 1n;
    this.#byNode.set(file.node, file);
    this.#byIdentity.set(identity(stats), file);
    return { file, stats };
  }

  forget(node: bigint, count: bigint): void {
    const file = this.#byNode.get(node);
    if (!file || node === rootNode) return;
    file.told -= count;
    if (file.told > 0n) return;
    this.#byNode.delete(node);
    this.#byIdentity.delete(identity(statOf(file)));
    closeSync(file.descriptor);
  }

  /** After a rename: the file that is known by now stands there. */
  moved(directory: bigint, name: Buffer): void {
    const descriptor = openSync(this.path(directory, name), pathOnly | constants.O_NOFOLLOW);
    const known = this.#byIdentity.get(identity(fstatSync(descriptor, { bigint: true })));
    closeSync(descriptor);
    if (known) known.place = { directory, name };
  }

  /** A path that names an entry of a held directory, whatever has become of the directory's own name. */
  path(directory: bigint, name: Buffer): Buffer {
    // The kernel asks for single names; anything else would lead out of the directory.
    if (name.length === 0 || name.includes('/') || name.equals(dot) || name.equals(dotDot)) {
      throw new ErrnoError(invalidErrno);
    }
    return Buffer.concat([Buffer.from(`${pathOf(this.get(directory))}/`), name]);
  }

  /** Where the file was found last. */
  lastPath(file: KnownFile): Buffer {
    if (!file.place) throw new ErrnoError(staleErrno);
    return this.path(file.place.directory, file.place.name);
  }
}

const dot = Buffer.from('.');
const dotDot = Buffer.from('..');
const invalidErrno = 22;

/** An answer that is none of the system's own errors. */
export class ErrnoError extends Error {
  readonly errno: number;

  constructor(errno: number) {
    super(`errno ${errno}`);
    this.errno = errno;
  }
}

/** The file itself, by the descriptor that holds it. */
export function pathOf(file: KnownFile): string {
  return `/proc/self/fd/${file.descriptor}`;
}

export function statOf(file: KnownFile): BigIntStats {
  return fstatSync(file.descriptor, { bigint: true });
}

function identity({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}

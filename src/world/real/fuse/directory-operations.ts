import {
  accessSync,
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  renameSync,
  rmdirSync,
  statfsSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeSync,
  type BigIntStats,
  type Dirent,
} from 'node:fs';
import {
  type DirectoryEntry,
  writeAttributesReply,
  writeEntries,
  writeEntry,
  writeFileSystem,
  writeOpened,
} from './fuse-replies.ts';
import { type Cursor, operations, settable } from './fuse-requests.ts';
import { ErrnoError, KnownFiles, pathOf, statOf } from './known-files.ts';

/** Does what is asked of a node and writes the answer's body; gives its length. Throws errors that have an errno. */
export type DirectoryOperation = (node: bigint, request: Cursor, body: Buffer) => number;

const none = 0;
const invalid = 22;

/** What can be asked of the files below a directory that is held open. Each is one call of the system, in our own name. */
export function directoryOperations(rootDescriptor: number): ReadonlyMap<number, DirectoryOperation> {
  const files = new KnownFiles(rootDescriptor);
  const listings = new Map<bigint, readonly DirectoryEntry[]>();
  let nextListing = 1;

  const entry = (directory: bigint, name: Buffer, body: Buffer): number => {
    const { file, stats } = files.find(directory, name);
    return writeEntry(body, file.node, stats);
  };
  const own = (node: bigint): string => pathOf(files.get(node));

  function rename(node: bigint, newDirectory: bigint, request: Cursor): number {
    const [from, to] = [request.name(), request.name()];
    renameSync(files.path(node, from), files.path(newDirectory, to));
    files.moved(newDirectory, to);
    return none;
  }

  return new Map<number, DirectoryOperation>([
    [operations.lookup, (node, request, body) => entry(node, request.name(), body)],
    [operations.getAttributes, (node, _, body) => writeAttributesReply(body, statOf(files.get(node)))],
    [
      operations.setAttributes,
      (node, request, body) => {
        setAttributes(own(node), () => statOf(files.get(node)), request);
        return writeAttributesReply(body, statOf(files.get(node)));
      },
    ],
    [operations.readLink, (node, _, body) => readlinkSync(files.lastPath(files.get(node)), 'buffer').copy(body)],
    [
      operations.makeSymbolicLink,
      (node, request, body) => {
        const [name, target] = [request.name(), request.name()];
        symlinkSync(target, files.path(node, name));
        return entry(node, name, body);
      },
    ],
    [
      operations.makeDirectory,
      (node, request, body) => {
        const mode = request.u32();
        const name = request.skip(4).name();
        mkdirSync(files.path(node, name), mode & 0o7777);
        return entry(node, name, body);
      },
    ],
    [
      operations.makeNode,
      (node, request, body) => {
        const mode = request.u32();
        const name = request.skip(12).name();
        // Sockets, pipes and devices cannot be made with what Node gives.
        if ((mode & constants.S_IFMT) !== constants.S_IFREG) throw new ErrnoError(notPermitted);
        const flags = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY;
        closeSync(openSync(files.path(node, name), flags, mode & 0o7777));
        return entry(node, name, body);
      },
    ],
    [
      operations.create,
      (node, request, body) => {
        const [flags, mode] = [request.u32(), request.u32()];
        const name = request.skip(8).name();
        const handle = openSync(
          files.path(node, name),
          openFlags(flags) | constants.O_CREAT | (flags & constants.O_EXCL) | constants.O_NOFOLLOW,
          mode & 0o7777,
        );
        try {
          const length = entry(node, name, body);
          return length + writeOpened(body.subarray(length), handle);
        } catch (error) {
          closeSync(handle);
          throw error;
        }
      },
    ],
    [operations.unlink, (node, request) => done(() => unlinkSync(files.path(node, request.name())))],
    [operations.removeDirectory, (node, request) => done(() => rmdirSync(files.path(node, request.name())))],
    [operations.rename, (node, request) => rename(node, request.u64(), request)],
    [
      operations.renameWithFlags,
      (node, request) => {
        const newDirectory = request.u64();
        // "Not over another" and "exchange" are no calls that Node has; programs then do without.
        if (request.u32() !== 0) throw new ErrnoError(invalid);
        return rename(node, newDirectory, request.skip(4));
      },
    ],
    [
      operations.link,
      (node, request, body) => {
        const old = files.get(request.u64());
        const name = request.name();
        linkSync(files.lastPath(old), files.path(node, name));
        return entry(node, name, body);
      },
    ],
    [operations.open, (node, request, body) => writeOpened(body, openSync(own(node), openFlags(request.u32())))],
    [
      operations.read,
      (_, request, body) => {
        const [handle, offset, size] = [request.u64(), request.u64(), request.u32()];
        return readSync(Number(handle), body, 0, Math.min(size, body.length), Number(offset));
      },
    ],
    [
      operations.write,
      (_, request, body) => {
        const [handle, offset, size] = [request.u64(), request.u64(), request.u32()];
        const bytes = request.skip(20).rest().subarray(0, size);
        body.writeUInt32LE(writeSync(Number(handle), bytes, 0, bytes.length, Number(offset)), 0);
        body.writeUInt32LE(0, 4);
        return 8;
      },
    ],
    [operations.flush, () => none],
    [operations.release, (_, request) => done(() => closeSync(Number(request.u64())))],
    [
      operations.synchronize,
      (_, request) => {
        const handle = Number(request.u64());
        return done(() => (request.u32() & 1 ? fdatasyncSync(handle) : fsyncSync(handle)));
      },
    ],
    [operations.synchronizeDirectory, () => none],
    [
      operations.openDirectory,
      (node, _, body) => {
        listings.set(BigInt(nextListing), listed(own(node)));
        nextListing += 1;
        return writeOpened(body, nextListing - 1);
      },
    ],
    [
      operations.readDirectory,
      (node, request, body) => {
        const [handle, offset, size] = [request.u64(), request.u64(), request.u32()];
        // From the start again, after what has changed meanwhile.
        if (offset === 0n) listings.set(handle, listed(own(node)));
        return writeEntries(body, listings.get(handle) ?? [], Number(offset), Math.min(size, body.length));
      },
    ],
    [
      operations.releaseDirectory,
      (_, request) => {
        listings.delete(request.u64());
        return none;
      },
    ],
    [operations.access, (node, request) => done(() => accessSync(own(node), request.u32() & 7))],
    [operations.statFileSystem, (_, __, body) => writeFileSystem(body, statfsSync(own(1n), { bigint: true }))],
    [
      operations.forget,
      (node, request) => {
        files.forget(node, request.u64());
        return none;
      },
    ],
    [
      operations.forgetSeveral,
      (_, request) => {
        const count = request.u32();
        request.skip(4);
        for (let index = 0; index < count; index += 1) files.forget(request.u64(), request.u64());
        return none;
      },
    ],
  ]);
}

/** These are not answered: the kernel does not wait. */
export const unanswered: ReadonlySet<number> = new Set([
  operations.forget,
  operations.forgetSeveral,
  operations.interrupt,
]);

const notPermitted = 1;

function done(action: () => void): number {
  action();
  return none;
}

const accessModes = constants.O_RDONLY | constants.O_WRONLY | constants.O_RDWR;

/** How a file is opened again, by its descriptor: what makes, empties or does not follow it has been done already. */
function openFlags(flags: number): number {
  return flags & (accessModes | constants.O_APPEND | constants.O_SYNC | constants.O_DSYNC | constants.O_TRUNC);
}

const directoryType = 4;

function listed(path: string): readonly DirectoryEntry[] {
  const found = readdirSync(path, { withFileTypes: true, encoding: 'buffer' });
  const dots = ['.', '..'].map((name) => ({ name: Buffer.from(name), type: directoryType }));
  return [...dots, ...found.map((entry) => ({ name: entry.name, type: typeOf(entry) }))];
}

function typeOf(entry: Dirent<Buffer>): number {
  if (entry.isDirectory()) return directoryType;
  if (entry.isSymbolicLink()) return 10;
  if (entry.isFIFO()) return 1;
  return entry.isSocket() ? 12 : 8;
}

function setAttributes(path: string, stats: () => BigIntStats, request: Cursor): void {
  const valid = request.u32();
  const isGiven = (what: keyof typeof settable): boolean => (valid & settable[what]) !== 0;
  const handle = request.skip(4).u64();
  const size = request.u64();
  const [accessSeconds, modificationSeconds] = [request.skip(8).u64(), request.u64()];
  const [accessNs, modificationNs] = [request.skip(8).u32(), request.u32()];
  const mode = request.skip(4).u32();
  const [userId, groupId] = [request.skip(4).u32(), request.u32()];
  if (isGiven('mode')) chmodSync(path, mode & 0o7777);
  if (isGiven('userId') || isGiven('groupId')) {
    const present = stats();
    chownSync(
      path,
      isGiven('userId') ? userId : Number(present.uid),
      isGiven('groupId') ? groupId : Number(present.gid),
    );
  }
  if (isGiven('size')) {
    if (isGiven('handle')) ftruncateSync(Number(handle), Number(size));
    else truncateSync(path, Number(size));
  }
  if (isGiven('accessTime') || isGiven('modificationTime')) {
    const now = Date.now() / 1000;
    const time = (isNow: boolean, seconds: bigint, ns: number): number => (isNow ? now : Number(seconds) + ns / 1e9);
    const present = stats();
    utimesSync(
      path,
      isGiven('accessTime') ? time(isGiven('accessTimeIsNow'), accessSeconds, accessNs) : Number(present.atimeNs) / 1e9,
      isGiven('modificationTime')
        ? time(isGiven('modificationTimeIsNow'), modificationSeconds, modificationNs)
        : Number(present.mtimeNs) / 1e9,
    );
  }
}

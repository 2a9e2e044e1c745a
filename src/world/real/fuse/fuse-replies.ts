import type { BigIntStats } from 'node:fs';

/** What the kernel is answered, laid out as in fuse-requests.ts. */
export const replyHeaderBytes = 16;

/** How long the kernel may use what it was told without asking again: others write to the same files. */
const validSeconds = 1n;

/** Writes the header before a body of this many bytes that is in the buffer already, and gives what is to be sent. */
export function reply(buffer: Buffer, unique: bigint, bodyBytes: number): Buffer {
  return header(buffer, unique, bodyBytes, 0);
}

/** `errno` is positive, as in errno.h. */
export function failure(buffer: Buffer, unique: bigint, errno: number): Buffer {
  return header(buffer, unique, 0, -errno);
}

function header(buffer: Buffer, unique: bigint, bodyBytes: number, error: number): Buffer {
  buffer.writeUInt32LE(replyHeaderBytes + bodyBytes, 0);
  buffer.writeInt32LE(error, 4);
  buffer.writeBigUInt64LE(unique, 8);
  return buffer.subarray(0, replyHeaderBytes + bodyBytes);
}

const attributeBytes = 88;

function writeAttributes(body: Buffer, at: number, stats: BigIntStats): void {
  const { ino, size, blocks, atimeNs, mtimeNs, ctimeNs } = stats;
  const times = [atimeNs, mtimeNs, ctimeNs] as const;
  [ino, size, blocks].forEach((value, index) => body.writeBigUInt64LE(value, at + index * 8));
  // Seconds before 1970 are negative; what is left of them never is.
  times.forEach((ns, index) => body.writeBigInt64LE(floorDivide(ns, 1_000_000_000n), at + 24 + index * 8));
  const nanoseconds = times.map((ns) => Number(ns - floorDivide(ns, 1_000_000_000n) * 1_000_000_000n));
  const { mode, nlink, uid, gid, rdev, blksize } = stats;
  const narrow = [...nanoseconds, ...[mode, nlink, uid, gid, rdev, blksize].map(Number), 0];
  narrow.forEach((value, index) => body.writeUInt32LE(value >>> 0, at + 48 + index * 4));
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}

export function writeEntry(body: Buffer, node: bigint, stats: BigIntStats): number {
  body.writeBigUInt64LE(node, 0);
  body.writeBigUInt64LE(0n, 8); // generation: numbers of nodes are never used again
  body.writeBigUInt64LE(validSeconds, 16);
  body.writeBigUInt64LE(validSeconds, 24);
  body.writeBigUInt64LE(0n, 32); // nanoseconds of both
  writeAttributes(body, 40, stats);
  return 40 + attributeBytes;
}

export function writeAttributesReply(body: Buffer, stats: BigIntStats): number {
  body.writeBigUInt64LE(validSeconds, 0);
  body.writeBigUInt64LE(0n, 8);
  writeAttributes(body, 16, stats);
  return 16 + attributeBytes;
}

export function writeOpened(body: Buffer, handle: number): number {
  body.writeBigUInt64LE(BigInt(handle), 0);
  body.writeBigUInt64LE(0n, 8); // no flags: what is cached of a file ends when it is opened anew, as with NFS
  return 16;
}

/** Asks for requests of this many bytes at most, and for reads of one file at the same time. */
export function writeInitialized(body: Buffer, asked: { readonly flags: number; readonly most: number }): number {
  const words = [7, 31, asked.most, asked.flags & wantedFlags, 0, asked.most, 1, asked.most / 4096];
  body.fill(0, 0, 64);
  words.forEach((value, index) => body.writeUInt32LE(value, index * 4));
  return 64;
}

/** ASYNC_READ, BIG_WRITES, AUTO_INVAL_DATA, PARALLEL_DIROPS, MAX_PAGES. */
const wantedFlags = (1 << 0) | (1 << 5) | (1 << 12) | (1 << 18) | (1 << 22);

export function writeFileSystem(
  body: Buffer,
  stats: {
    readonly blocks: bigint;
    readonly bfree: bigint;
    readonly bavail: bigint;
    readonly files: bigint;
    readonly ffree: bigint;
    readonly bsize: bigint;
  },
): number {
  body.fill(0, 0, 80);
  const { blocks, bfree, bavail, files, ffree, bsize } = stats;
  [blocks, bfree, bavail, files, ffree].forEach((value, index) => body.writeBigUInt64LE(value, index * 8));
  [Number(bsize), 255, Number(bsize)].forEach((value, index) => body.writeUInt32LE(value, 40 + index * 4));
  return 80;
}

export interface DirectoryEntry {
  readonly name: Buffer;
  /** The file type of its mode, shifted to the lowest bits: 4 for a directory, 8 for a file, 10 for a link. */
  readonly type: number;
}

/** Writes the entries from this one on for which there is room in so many bytes. */
export function writeEntries(body: Buffer, entries: readonly DirectoryEntry[], from: number, room: number): number {
  let at = 0;
  for (const [offset, { name, type }] of entries.slice(from).entries()) {
    const padded = Math.ceil((24 + name.length) / 8) * 8;
    if (at + padded > room) break;
    body.fill(0, at, at + padded);
    body.writeBigUInt64LE(unknownNumber, at);
    body.writeBigUInt64LE(BigInt(from + offset + 1), at + 8); // where the next one is
    body.writeUInt32LE(name.length, at + 16);
    body.writeUInt32LE(type, at + 20);
    name.copy(body, at + 24);
    at += padded;
  }
  return at;
}

/** libfuse's value where a listing does not tell the numbers of files; programs learn them with stat. */
const unknownNumber = 0xffff_ffffn;

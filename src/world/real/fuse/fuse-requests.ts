/**
 * What the kernel asks a file system in a user's process: FUSE, version 7, as the kernel's own header
 * include/uapi/linux/fuse.h lays it out. Numbers have the byte order of the machine, which is little-endian on both
 * architectures that Longshore is built for.
 */
export const operations = {
  lookup: 1,
  forget: 2,
  getAttributes: 3,
  setAttributes: 4,
  readLink: 5,
  makeSymbolicLink: 6,
  makeNode: 8,
  makeDirectory: 9,
  unlink: 10,
  removeDirectory: 11,
  rename: 12,
  link: 13,
  open: 14,
  read: 15,
  write: 16,
  statFileSystem: 17,
  release: 18,
  synchronize: 20,
  flush: 25,
  initialize: 26,
  openDirectory: 27,
  readDirectory: 28,
  releaseDirectory: 29,
  synchronizeDirectory: 30,
  access: 34,
  create: 35,
  interrupt: 36,
  destroy: 38,
  forgetSeveral: 42,
  renameWithFlags: 45,
} as const;

export const requestHeaderBytes = 40;

/** One request: its header, and its body as a cursor over the bytes that came. */
export interface Request {
  readonly operation: number;
  readonly unique: bigint;
  readonly node: bigint;
  readonly body: Cursor;
}

/** Reads the request at the start of the buffer, of which so many bytes came. */
export function readRequest(buffer: Buffer, length: number): Request {
  return {
    operation: buffer.readUInt32LE(4),
    unique: buffer.readBigUInt64LE(8),
    node: buffer.readBigUInt64LE(16),
    body: new Cursor(buffer.subarray(requestHeaderBytes, length)),
  };
}

/** Takes one member after the other. */
export class Cursor {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  u32(): number {
    this.#at += 4;
    return this.#bytes.readUInt32LE(this.#at - 4);
  }

  u64(): bigint {
    this.#at += 8;
    return this.#bytes.readBigUInt64LE(this.#at - 8);
  }

  skip(count: number): this {
    this.#at += count;
    return this;
  }

  /** A name ends with a zero byte; it need not be UTF-8, so it stays bytes. It outlives the request. */
  name(): Buffer {
    const end = this.#bytes.indexOf(0, this.#at);
    const bytes = Buffer.from(this.#bytes.subarray(this.#at, end));
    this.#at = end + 1;
    return bytes;
  }

  /** Not a copy: what is to outlive the request copies it. */
  rest(): Buffer {
    return this.#bytes.subarray(this.#at);
  }
}

/** Which members of a request to set attributes count. */
export const settable = {
  mode: 1,
  userId: 2,
  groupId: 4,
  size: 8,
  accessTime: 16,
  modificationTime: 32,
  handle: 64,
  accessTimeIsNow: 128,
  modificationTimeIsNow: 256,
} as const;

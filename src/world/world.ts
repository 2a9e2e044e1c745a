/**
 * The ports: the only door through which Longshore meets time, chance, disk, network, the container engine and its log.
 * world/real holds their real bodies, world/sim their simulated ones; everything else is deterministic.
 */
import type { Instant } from '../core/instant.ts';
import type { Cgroups } from './cgroups.ts';
import type { Docker } from './docker.ts';
import type { FileSystems } from './file-systems.ts';
import type { Firewall } from './firewall.ts';
import type { Net } from './net.ts';

export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly hash: Hash;
  readonly cipher: Cipher;
  readonly disk: Disk;
  readonly net: Net;
  readonly docker: Docker;
  /** Absent where this process cannot set limits on a group of containers. */
  readonly cgroups?: Cgroups;
  /** Absent where the engine is not this machine's own. */
  readonly firewall?: Firewall;
  /** Absent where there is no machine to mount on. */
  readonly fileSystems?: FileSystems;
  readonly log: Log;
}

// --- time -------------------------------------------------------------------------------------------------------

export interface Clock {
  /** Wall time. May jump; never measure a duration with it. */
  now(): Instant;
  /** Milliseconds on a clock that only goes forward. */
  monotonicMs(): number;
  /** Runs `action` once, after at least `delayMs`. */
  after(delayMs: number, action: () => void): Timer;
  /** Runs `action` after the I/O that is already waiting has been taken in: what lets commits form groups. */
  soon(action: () => void): void;
  /** Resolves after `delayMs`, or at once when `signal` aborts. Never rejects. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

export interface Timer {
  cancel(): void;
}

// --- chance and digests -----------------------------------------------------------------------------------------

export interface Random {
  bytes(count: number): Uint8Array;
  /** A number in [0, 1). */
  fraction(): number;
}

/** Digests, as lower-case hex where the name says so. Deterministic; a port because its fast body is the host's. */
export interface Hash {
  sha256(data: Uint8Array | string): Uint8Array;
  sha256Hex(data: Uint8Array | string): string;
  hmacSha256(key: Uint8Array | string, data: Uint8Array | string): Uint8Array;
  md5Hex(data: Uint8Array | string): string;
  /** A digest of bytes that come in parts. */
  startSha256(): RunningDigest;
  /** For what clients send and once signed with it; nothing of ours rests on it. */
  startSha1(): RunningDigest;
  startMd5(): RunningDigest;
  /** Compares without telling by its time where the first difference is. */
  equal(a: Uint8Array, b: Uint8Array): boolean;
}

export interface RunningDigest {
  update(data: Uint8Array): void;
  /** Lower-case hex. Ends the digest: nothing may be added afterwards. */
  hex(): string;
}

/** AES-256-GCM: nobody reads or changes what is sealed without the key (32 bytes) and the very same `context`. */
export interface Cipher {
  /** `nonce` is 12 random bytes, never used twice with one key. The result holds the ciphertext and its tag, not the nonce. */
  seal(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array, context: Uint8Array): Uint8Array;
  /** Undefined when key, nonce, context or a byte of the sealed is not what it was. */
  open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, context: Uint8Array): Uint8Array | undefined;
}

// --- disk -------------------------------------------------------------------------------------------------------

/** Files under absolute paths. A path that does not exist reads as undefined; any other failure rejects. */
export interface Disk {
  read(path: string): Promise<Uint8Array | undefined>;
  /** At most `length` bytes from `offset`; fewer at the end of the file; undefined when there is no file. */
  readRange(path: string, offset: number, length: number): Promise<Uint8Array | undefined>;
  /**
   * The same bytes in parts, each read when it is asked for: memory stays flat. A part's memory is used again: whoever
   * takes it is done with it before asking for the next. Throws when there is no file.
   */
  readStream(path: string, offset: number, length: number): AsyncIterable<Uint8Array>;
  size(path: string): Promise<number | undefined>;
  /** Replaces the whole file durably: readers and crashes see the old bytes or the new, never a mixture. */
  writeAtomic(path: string, data: Uint8Array, mode?: number): Promise<void>;
  /** Opens for appending, making the file and its directories where missing. */
  openAppend(path: string): Promise<AppendFile>;
  truncate(path: string, size: number): Promise<void>;
  /** Moves a file within one file system, durably, replacing what is there and making directories where missing. */
  rename(from: string, to: string): Promise<void>;
  /** Names (not paths) in a directory, sorted; empty when there is no such directory. */
  list(directory: string): Promise<readonly string[]>;
  /** `mode` and `owner` are those of a directory that is made, whatever the process would give it. */
  makeDirectory(path: string, mode?: number, owner?: FileOwner): Promise<void>;
  /** The path with no symbolic link in it; undefined when there is nothing there. */
  realPath(path: string): Promise<string | undefined>;
  /** Removes a file or a whole directory; nothing to remove is not an error. */
  remove(path: string): Promise<void>;
}

export interface FileOwner {
  readonly userId: number;
  readonly groupId: number;
}

export interface AppendFile {
  /** Bytes in the file so far. */
  readonly size: number;
  append(data: Uint8Array): Promise<void>;
  /** Resolves when all that was appended survives a crash of the machine. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

// --- the log ----------------------------------------------------------------------------------------------------

/** Events with fields, written at the edges only. No secret ever goes into one. */
export interface Log {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

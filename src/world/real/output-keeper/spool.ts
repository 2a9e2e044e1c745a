import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writevSync,
} from 'node:fs';
import { join } from 'node:path';
import { headerBytes, recordHeader, recordsIn, segmentName, segmentTimes, type StreamNumber } from './record.ts';

/** What is deleted at once when it has been shipped. */
const segmentBytes = 4 * 1024 * 1024;
/** A container that is ahead of its shipping by so much waits, or loses lines where it may not wait. */
const blockingLimitBytes = 100 * 1024 * 1024;
/** How finely it is known what of a limited buffer is shipped. */
const unshippedParts = 1000;
/** A line longer than this is kept in parts: a program that never breaks its line must not fill the memory. */
const lineLimitBytes = 1024 * 1024;
/** A disk that is nearly full takes this and not that: only after so long without a loss it is said to be over. */
const calmMs = 1000;
const lineFeed = 10;

/**
 * The kept output of one container: segments in a folder, appended to by one process and deleted as they are shipped.
 * Nothing is synced: it has to outlive processes, and no container outlives its machine. What the disk does not take is
 * lost and counted; the container goes on, and so does its output as soon as there is room.
 */
export class Spool {
  readonly #folder: string;
  /** Where the container may not be kept waiting: how much is kept at most, and what is beyond it is dropped. */
  maxBufferBytes: number | undefined;
  readonly #segments: Segment[] = [];
  #open: number | undefined;
  #lastUs = 0;
  #keptBytes = 0;
  /** Of records that are not shipped, where what is not shipped is limited: small ones that follow each other together. */
  #unshipped: { timeUs: number; bytes: number }[] = [];
  #unshippedBytes = 0;
  readonly #rest = { 1: new Rest(), 2: new Rest() };
  /** Lines that the disk did not take. */
  lostLines = 0;
  /** Why the disk did not take all that came of late; undefined while it does. */
  losing: string | undefined;
  #lostAtMs = Number.NEGATIVE_INFINITY;

  /** Goes on where an earlier keeper was killed. */
  constructor(folder: string) {
    this.#folder = folder;
    this.#try(() => mkdirSync(folder, { recursive: true }));
    const times = existsSync(folder) ? segmentTimes(readdirSync(folder)) : [];
    for (const firstUs of times) {
      const bytes = readFileSync(join(folder, segmentName(firstUs)));
      const { records, size } = recordsIn(bytes);
      if (size < bytes.length) truncate(join(folder, segmentName(firstUs)), size);
      this.#segments.push({ firstUs, size });
      this.#lastUs = records.at(-1)?.timeUs ?? firstUs;
      this.#keptBytes += size;
    }
  }

  /** Where the newest segment ends: what a reader compares its own place with. */
  get end(): { readonly segment: number; readonly size: number } {
    const last = this.#segments.at(-1);
    return { segment: last?.firstUs ?? 0, size: last?.size ?? 0 };
  }

  get isFull(): boolean {
    return this.maxBufferBytes === undefined && this.#keptBytes >= blockingLimitBytes;
  }

  /** Keeps the whole lines of what came; the rest of a line waits for its end. */
  write(pieces: readonly { readonly stream: StreamNumber; readonly bytes: Buffer }[]): void {
    const parts: Buffer[] = [];
    for (const { stream, bytes } of pieces) {
      const rest = this.#rest[stream];
      const end = bytes.lastIndexOf(lineFeed) + 1;
      if (end === 0) {
        rest.push(bytes);
        if (rest.size >= lineLimitBytes) this.#record(parts, stream, rest.take());
        continue;
      }
      this.#record(parts, stream, [...rest.take(), bytes.subarray(0, end)]);
      if (end < bytes.length) rest.push(bytes.subarray(end));
    }
    this.#append(parts);
  }

  /** The container's output has ended, be it in the middle of a line. */
  endLines(): void {
    const parts: Buffer[] = [];
    for (const stream of [1, 2] as const) {
      if (this.#rest[stream].size > 0) this.#record(parts, stream, this.#rest[stream].take());
    }
    this.#append(parts);
  }

  /** All before this time has been shipped. */
  release(timeUs: number): void {
    const from = this.#unshipped.findIndex((record) => record.timeUs > timeUs);
    for (const { bytes } of this.#unshipped.splice(0, from < 0 ? this.#unshipped.length : from)) {
      this.#unshippedBytes -= bytes;
    }
    for (let next = this.#segments[1]; next && next.firstUs <= timeUs; next = this.#segments[1]) {
      const [gone] = this.#segments.splice(0, 1);
      if (!gone) break;
      rmSync(join(this.#folder, segmentName(gone.firstUs)), { force: true });
      this.#keptBytes -= gone.size;
    }
  }

  close(): void {
    if (this.#open !== undefined) closeSync(this.#open);
    this.#open = undefined;
  }

  remove(): void {
    this.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #record(parts: Buffer[], stream: StreamNumber, text: readonly Buffer[]): void {
    const bytes = text.reduce((sum, part) => sum + part.length, 0);
    if (this.maxBufferBytes !== undefined && this.#unshippedBytes + bytes > this.maxBufferBytes) return;
    const timeUs = Math.max(Date.now() * 1000, this.#lastUs + 1);
    this.#lastUs = timeUs;
    let segment = this.#segments.at(-1);
    if (!segment || segment.size >= segmentBytes) {
      this.#append(parts);
      this.close();
      segment = { firstUs: timeUs, size: 0 };
      this.#segments.push(segment);
    }
    const size = headerBytes + bytes;
    segment.size += size;
    if (this.maxBufferBytes !== undefined) {
      const last = this.#unshipped.at(-1);
      if (last && last.bytes + bytes <= this.maxBufferBytes / unshippedParts) {
        last.timeUs = timeUs;
        last.bytes += bytes;
      } else {
        this.#unshipped.push({ timeUs, bytes });
      }
      this.#unshippedBytes += bytes;
    }
    this.#keptBytes += size;
    parts.push(recordHeader(stream, timeUs, bytes), ...text);
  }

  #append(parts: Buffer[]): void {
    const segment = this.#segments.at(-1);
    if (parts.length === 0 || !segment) return;
    const isKept = this.#try(() => {
      mkdirSync(this.#folder, { recursive: true });
      this.#open ??= openSync(this.#pathOf(segment), 'a', 0o600);
      writeAll(this.#open, parts);
    });
    if (!isKept) this.#lose(segment, parts);
    parts.length = 0;
  }

  /** Takes back what the disk did not take. A record of which a part is there would hide those after it. */
  #lose(segment: Segment, parts: readonly Buffer[]): void {
    const { records, size } = recordsIn(Buffer.concat(parts));
    for (const { text } of records) this.lostLines += linesIn(text);
    segment.size -= size;
    this.#keptBytes -= size;
    if (this.maxBufferBytes !== undefined) {
      let lost = records.reduce((sum, { text }) => sum + text.length, 0);
      this.#unshippedBytes -= lost;
      for (let last = this.#unshipped.at(-1); last && lost > 0; last = this.#unshipped.at(-1)) {
        const taken = Math.min(lost, last.bytes);
        last.bytes -= taken;
        lost -= taken;
        if (last.bytes === 0) this.#unshipped.pop();
      }
    }
    if (segment.size > 0) {
      if (this.#open !== undefined) ftruncateSync(this.#open, segment.size);
      return;
    }
    // Nobody is to look for a segment that may not be there.
    this.close();
    this.#segments.pop();
    rmSync(this.#pathOf(segment), { force: true });
  }

  /** False where the disk refuses. */
  #try(write: () => void): boolean {
    try {
      write();
      if (performance.now() - this.#lostAtMs >= calmMs) this.losing = undefined;
      return true;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      this.losing = error.message;
      this.#lostAtMs = performance.now();
      return false;
    }
  }

  #pathOf(segment: Segment): string {
    return join(this.#folder, segmentName(segment.firstUs));
  }
}

function writeAll(file: number, parts: readonly Buffer[]): void {
  let left: Buffer = Buffer.alloc(0);
  // One call takes at most 1024 buffers.
  for (let from = 0; from < parts.length; from += 1024) {
    const some = parts.slice(from, from + 1024);
    const written = writevSync(file, some);
    if (written < bytesOf(some)) left = Buffer.concat(some).subarray(written);
    while (left.length > 0) left = left.subarray(writevSync(file, [left]));
  }
}

function bytesOf(parts: readonly Buffer[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

/** A line that does not end counts as well. */
function linesIn(text: Buffer): number {
  let lines = text.at(-1) === lineFeed ? 0 : 1;
  for (let at = text.indexOf(lineFeed); at >= 0; at = text.indexOf(lineFeed, at + 1)) lines += 1;
  return lines;
}

interface Segment {
  readonly firstUs: number;
  size: number;
}

/** The beginning of a line whose end has not come. */
class Rest {
  #parts: Buffer[] = [];
  size = 0;

  push(bytes: Buffer): void {
    this.#parts.push(Buffer.from(bytes)); // copied: it is a view of a larger chunk
    this.size += bytes.length;
  }

  take(): Buffer[] {
    const parts = this.#parts;
    this.#parts = [];
    this.size = 0;
    return parts;
  }
}

function truncate(path: string, size: number): void {
  const file = openSync(path, 'r+');
  ftruncateSync(file, size);
  closeSync(file);
}

import { assert } from '../../core/assert.ts';
import type { Instant } from '../../core/instant.ts';
import type { AppendFile, Disk, Hash, Log } from '../../world/world.ts';
import { type BlockHeader, checkBlock, encodeBlock, type EncodedBlock } from './block.ts';
import type { AppendOutcome, LogBatch, LogPage, LogRange, SourceCursors, StreamSummary } from './contract.ts';
import { readPage } from './read-page.ts';
import { type PlacedSegment, type Segment, Segments } from './segments.ts';

/** Sizes that decide when a segment, a file and a group are full. */
export interface FileLimits {
  /** What a read takes in at least: large enough for a small index, small enough to answer a poll for the newest line. */
  readonly segmentBytes: number;
  /** What retention deletes at once, and what a start after a crash reads through. */
  readonly fileBytes: number;
  readonly groupBytes: number;
}

export const fileLimits: FileLimits = {
  segmentBytes: 64 * 1024,
  fileBytes: 8 * 1024 * 1024,
  groupBytes: 4 * 1024 * 1024,
};

/**
 * The files of one stream: `<position of its first event>.events`, appended to until full, then sealed with a
 * `.index` beside it, so that a start reads through the newest file only. One writer: appends that come while others
 * are being synced share the next sync. After an error nothing is known of the disk, so the object refuses everything
 * and its owner opens the stream again, which finds out.
 */
export class StreamFiles {
  readonly #parts: StreamParts;
  readonly #segments = new Segments();
  #files: EventFile[] = [];
  #cursors: Record<string, string> = {};
  /** Cursors and position with all that waits counted in. */
  #nextCursors: Record<string, string> = {};
  #nextPosition = 0;
  #lastIngestionTime: Instant | undefined;
  #active: AppendFile | undefined;
  #waiting: WaitingBatch[] = [];
  #writing: Promise<void> | undefined;
  #queue: Promise<void> = Promise.resolve();
  #refusal: Error | undefined;
  #generation = 0;

  private constructor(parts: StreamParts) {
    this.#parts = parts;
  }

  /** Reads what is there, and cuts off what a crash left half written. */
  static async open(parts: StreamParts): Promise<StreamFiles> {
    const stream = new StreamFiles(parts);
    const names = await parts.disk.list(parts.directory);
    const firsts = names.filter((name) => name.endsWith(eventsSuffix)).map((name) => Number.parseInt(name, 10));
    for (const first of firsts) await stream.#recover(first, first === firsts.at(-1));
    await stream.#syncNewest();
    stream.#nextCursors = { ...stream.#cursors };
    return stream;
  }

  /** False after an error or a close. */
  get isUsable(): boolean {
    return this.#refusal === undefined;
  }

  get summary(): StreamSummary {
    const { firstTime, lastTime } = this.#segments;
    let storedBytes = 0;
    for (const file of this.#files) storedBytes += file.storedBytes;
    return {
      ...(firstTime === undefined ? {} : { firstEventTime: firstTime }),
      ...(lastTime === undefined ? {} : { lastEventTime: lastTime }),
      ...(this.#lastIngestionTime === undefined ? {} : { lastIngestionTime: this.#lastIngestionTime }),
      storedBytes,
    };
  }

  async append(batch: LogBatch): Promise<AppendOutcome> {
    if (this.#refusal) throw this.#refusal;
    if (batch.sources.some((source) => (this.#nextCursors[source.name] ?? '') > source.from)) {
      await this.#writing; // what it repeats may still be on its way to the disk
      const cursors: SourceCursors = Object.fromEntries(
        batch.sources.flatMap(({ name }) => {
          const cursor = this.#cursors[name];
          return cursor === undefined ? [] : [[name, cursor]];
        }),
      );
      return { kind: 'repeated', cursors };
    }
    if (batch.sources.some((source) => source.follows && (this.#nextCursors[source.name] ?? '') < source.from)) {
      return { kind: 'early' };
    }
    const firstPosition = this.#nextPosition;
    this.#nextPosition += 'runs' in batch.events ? batch.events.count : batch.events.length;
    for (const source of batch.sources) this.#nextCursors[source.name] = source.to;
    const nextPosition = this.#nextPosition;
    const block = encodeBlock(this.#parts.hash, batch, firstPosition);
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ block, resolve, reject });
      this.#writing ??= this.#exclusively(() => this.#writeGroups());
    });
    return { kind: 'added', nextPosition };
  }

  async read(range: LogRange): Promise<LogPage> {
    for (;;) {
      const generation = this.#generation;
      const page = await readPage(this.#segments, range, {
        bytesOf: (segment) => this.#bytesOf(segment),
        isStale: () => generation !== this.#generation,
      });
      if (page) return page;
    }
  }

  /** Deletes files all of whose events are older than `time`. */
  dropBefore(time: Instant): Promise<void> {
    return this.#exclusively(async () => {
      const last = this.#files.at(-1);
      if (last && last.size > 0 && last.lastTime < time) await this.#roll(this.#nextWritten());
      for (const file of this.#files.filter((each) => each.size > 0 && each.lastTime < time)) {
        this.#files = this.#files.filter((each) => each !== file);
        this.#segments.dropFile(file.first);
        this.#generation += 1;
        // The index first: events without an index are read through, an index without events would be a riddle.
        await this.#parts.disk.remove(this.#path(file.first, indexSuffix));
        await this.#parts.disk.remove(this.#path(file.first, eventsSuffix));
      }
    });
  }

  /** Lets go of the open file until the next append. */
  release(): Promise<void> {
    return this.#exclusively(() => this.#closeActive());
  }

  /** Waits for what was accepted, then refuses. */
  async close(): Promise<void> {
    this.#refusal ??= new Error(`log stream files ${this.#parts.directory} are closed`);
    await this.release();
  }

  // --- writing

  async #writeGroups(): Promise<void> {
    try {
      while (this.#waiting.length > 0) await this.#writeGroup(this.#takeGroup());
    } catch (error) {
      this.#refusal ??= new Error(`log stream files ${this.#parts.directory} could not be written`, { cause: error });
      for (const { reject } of this.#waiting.splice(0)) reject(this.#refusal);
      await this.#closeActive();
    } finally {
      this.#writing = undefined;
    }
  }

  #takeGroup(): readonly WaitingBatch[] {
    let bytes = 0;
    let count = 0;
    for (const waiting of this.#waiting) {
      const { length } = waiting.block.header;
      if (count > 0 && bytes + length > this.#parts.limits.groupBytes) break;
      bytes += length;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  async #writeGroup(group: readonly WaitingBatch[]): Promise<void> {
    try {
      const headers = group.map(({ block }) => block.header);
      const bytes = headers.reduce((sum, { length }) => sum + length, 0);
      const file = await this.#fileWithRoom(bytes, headers[0]?.firstPosition ?? 0);
      assert(this.#active, 'a file with room is open');
      for (const part of joinedSmall(group.flatMap(({ block }) => block.parts))) await this.#active.append(part);
      await this.#active.sync();
      for (const header of headers) this.#take(file, { ...header, offset: file.size });
    } catch (error) {
      for (const { reject } of group) reject(asError(error));
      throw error;
    }
    for (const { resolve } of group) resolve();
  }

  async #fileWithRoom(bytes: number, nextPosition: number): Promise<EventFile> {
    const last = this.#files.at(-1);
    if (!last || (last.size > 0 && last.size + bytes > this.#parts.limits.fileBytes)) await this.#roll(nextPosition);
    const file = this.#files.at(-1);
    assert(file, 'a stream being written has a file');
    this.#active ??= await this.#parts.disk.openAppend(this.#path(file.first, eventsSuffix));
    assert(this.#active.size === file.size, 'the file ends where its last whole block ends');
    return file;
  }

  /** Seals the newest file and begins the next. */
  async #roll(nextPosition: number): Promise<void> {
    await this.#closeActive();
    const sealed = this.#files.at(-1);
    if (sealed) {
      const index: IndexFile = { version: 1, ...sealed, cursors: this.#cursors, segments: this.#segmentsOf(sealed) };
      const text = new TextEncoder().encode(JSON.stringify(index));
      await this.#parts.disk.writeAtomic(this.#path(sealed.first, indexSuffix), text);
    }
    this.#active = await this.#parts.disk.openAppend(this.#path(nextPosition, eventsSuffix));
    await this.#active.sync();
    this.#files.push(emptyFile(nextPosition));
  }

  async #closeActive(): Promise<void> {
    const active = this.#active;
    this.#active = undefined;
    await active?.close();
  }

  /** Position of the next event to be written: that of all that wait is counted in `#nextPosition` already. */
  #nextWritten(): number {
    const waiting = this.#waiting[0];
    return waiting ? waiting.block.header.firstPosition : this.#nextPosition;
  }

  #exclusively(action: () => Promise<void>): Promise<void> {
    const done = this.#queue.then(action);
    this.#queue = done.catch(() => undefined); // whoever asked for it is told; the next in the queue goes on
    return done;
  }

  // --- what is known of the files

  /** Takes a block that is on the disk into the index. */
  #take(file: EventFile, block: BlockHeader): void {
    const last = this.#segments.at(this.#segments.size - 1);
    const segment = { file: file.first, offset: block.offset, length: block.length, ...timesOf(block) };
    if (last && last.file === file.first && last.length + block.length <= this.#parts.limits.segmentBytes) {
      this.#segments.extendLast({
        file: file.first,
        offset: last.offset,
        length: last.length + block.length,
        firstTime: Math.min(last.firstTime, block.firstTime),
        lastTime: Math.max(last.lastTime, block.lastTime),
      });
    } else {
      this.#segments.add(segment);
    }
    file.size += block.length;
    file.storedBytes += block.storedBytes;
    file.lastTime = Math.max(file.lastTime, block.lastTime);
    file.lastIngestionTime = Math.max(file.lastIngestionTime, block.ingestionTime);
    file.nextPosition = block.firstPosition + block.count;
    this.#lastIngestionTime = Math.max(this.#lastIngestionTime ?? 0, block.ingestionTime);
    for (const source of block.sources) this.#cursors[source.name] = source.to;
  }

  #segmentsOf(file: EventFile): readonly Segment[] {
    const segments: Segment[] = [];
    for (let index = this.#segments.size - 1; index >= 0; index -= 1) {
      const segment = this.#segments.at(index);
      if (!segment || segment.file !== file.first) break;
      const { offset, length, firstTime, lastTime } = segment;
      segments.push({ offset, length, firstTime, lastTime });
    }
    return segments.reverse();
  }

  async #recover(first: number, newest: boolean): Promise<void> {
    const { disk, log } = this.#parts;
    const path = this.#path(first, eventsSuffix);
    const index = await this.#readIndex(first);
    if (index && !newest) {
      for (const segment of index.segments) this.#segments.add({ ...segment, file: first });
      const { size, storedBytes, lastTime, lastIngestionTime, nextPosition } = index;
      this.#files.push({ first, size, storedBytes, lastTime, lastIngestionTime, nextPosition });
      Object.assign(this.#cursors, index.cursors);
      this.#lastIngestionTime = Math.max(this.#lastIngestionTime ?? 0, lastIngestionTime);
      this.#nextPosition = nextPosition;
      return;
    }
    const bytes = (await disk.read(path)) ?? new Uint8Array();
    const file = emptyFile(first);
    this.#files.push(file);
    for (;;) {
      const block = checkBlock(this.#parts.hash, bytes, file.size);
      if (!block) break;
      this.#take(file, block);
    }
    this.#nextPosition = file.nextPosition;
    if (file.size === bytes.length) return;
    if (newest) {
      log.info('log file ended in a batch that was never acknowledged', { path, cutBytes: bytes.length - file.size });
      await disk.truncate(path, file.size);
    } else {
      log.error('log file is damaged', { path, lostBytes: bytes.length - file.size });
    }
  }

  /** A process that was killed may have left whole batches unsynced: before anybody is told of them they must be durable. */
  async #syncNewest(): Promise<void> {
    const newest = this.#files.at(-1);
    if (!newest) return;
    const file = await this.#parts.disk.openAppend(this.#path(newest.first, eventsSuffix));
    await file.sync();
    await file.close();
  }

  /** The index of a sealed file; undefined when the seal was not finished. */
  async #readIndex(first: number): Promise<IndexFile | undefined> {
    const bytes = await this.#parts.disk.read(this.#path(first, indexSuffix));
    if (!bytes) return undefined;
    const index = JSON.parse(new TextDecoder().decode(bytes)) as IndexFile;
    assert(index.version === 1, `log index of ${this.#parts.directory} is of a version known here`);
    return index;
  }

  #path(first: number, suffix: string): string {
    return `${this.#parts.directory}/${first.toString().padStart(positionDigits, '0')}${suffix}`;
  }

  async #bytesOf({ file, offset, length }: PlacedSegment): Promise<Uint8Array | undefined> {
    const bytes = await this.#parts.disk.readRange(this.#path(file, eventsSuffix), offset, length);
    assert(!bytes || bytes.length === length, 'what was synced is on the disk');
    return bytes;
  }
}

export interface StreamParts {
  readonly directory: string;
  readonly disk: Disk;
  readonly hash: Hash;
  readonly log: Log;
  readonly limits: FileLimits;
}

const eventsSuffix = '.events';
const indexSuffix = '.index';
/** Enough for every safe integer, so that names sort as numbers. */
const positionDigits = 16;

interface EventFile {
  readonly first: number;
  size: number;
  storedBytes: number;
  lastTime: Instant;
  lastIngestionTime: Instant;
  nextPosition: number;
}

function emptyFile(first: number): EventFile {
  return { first, size: 0, storedBytes: 0, lastTime: 0, lastIngestionTime: 0, nextPosition: first };
}

/** A sealed file's index, as JSON. */
interface IndexFile extends Readonly<EventFile> {
  readonly version: 1;
  readonly cursors: SourceCursors;
  readonly segments: readonly Segment[];
}

interface WaitingBatch {
  readonly block: EncodedBlock;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

function timesOf({ firstTime, lastTime }: BlockHeader): { readonly firstTime: Instant; readonly lastTime: Instant } {
  return { firstTime, lastTime };
}

/** A write costs as much as copying so many bytes. */
const joinedBytes = 64 * 1024;

/** Small parts that follow each other are written as one. */
function joinedSmall(parts: readonly Uint8Array[]): readonly Uint8Array[] {
  const joined: Uint8Array[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (last && last.length + part.length <= joinedBytes) joined[joined.length - 1] = concatenated(last, part);
    else joined.push(part);
  }
  return joined;
}

function concatenated(a: Uint8Array, b: Uint8Array): Uint8Array {
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

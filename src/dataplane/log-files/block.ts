/**
 * One batch of events as bytes, little-endian:
 *   0 magic u32 · 4 length of the block u32 · 8 first 8 bytes of the SHA-256 of all that follows ·
 *   16 ingestion time f64 · 24 first event's time f64 · 32 position of the first event f64 · 40 number of events u32 ·
 *   44 length of the sources u32 · 48 sources as JSON · then for each event milliseconds after the first event's time u32,
 *   then for each event the length of its message in UTF-16 units u32, then all messages as one UTF-8 text.
 * Events that come as lines have a magic of their own, and after the sources: number of runs u32, then for each run
 * milliseconds after the first event's time u32 and number of events u32, then the lines as they came. What is digested
 * is then all before the lines, and after it the SHA-256 of the lines: so they need not be copied to stand in one piece.
 * One text for all, because encoding and decoding once is several times faster than once an event.
 */
import { assert } from '../../core/assert.ts';
import type { Instant } from '../../core/instant.ts';
import type { Hash } from '../../world/world.ts';
import {
  type EventLines,
  eventOverheadBytes,
  type LogBatch,
  type LogSource,
  type Place,
  type StoredEvent,
} from './contract.ts';

const magic = 0x53474f4c;
const linesMagic = 0x4c474f4c;
const headerBytes = 48;
const digestBytes = 8;
const digestedFrom = 16;
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const linesDecoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** A block that is whole, read from `offset` of some bytes. */
export interface BlockHeader {
  readonly offset: number;
  readonly length: number;
  readonly ingestionTime: Instant;
  readonly firstTime: Instant;
  readonly lastTime: Instant;
  readonly firstPosition: number;
  readonly count: number;
  readonly storedBytes: number;
  readonly sources: readonly LogSource[];
}

/** In parts, to be written one after the other. */
export function encodeBlock(hash: Hash, batch: LogBatch, firstPosition: number): EncodedBlock {
  const { events } = batch;
  const stretches = batch.sources.map(({ name, from, to }): LogSource => ({ name, from, to }));
  const sources = stretches.length === 0 ? new Uint8Array() : encoder.encode(JSON.stringify(stretches));
  if ('runs' in events) return encodeLines(hash, { ...batch, events }, sources, firstPosition);
  const first = events[0];
  assert(first, 'a batch holds an event');
  // The line break in front keeps the decoder from taking a byte order mark off the first message.
  const text = encoder.encode(`\n${events.map((event) => event.message).join('')}`);
  const tableAt = headerBytes + sources.length;
  const textAt = tableAt + events.length * 8;
  const bytes = new Uint8Array(textAt + text.length);
  const { ingestionTime } = batch;
  const head = { magic, length: bytes.length, ingestionTime, firstTime: first.timestamp, firstPosition, sources };
  const view = writeHeader(bytes, { ...head, count: events.length });
  let timeAt = tableAt;
  let lengthAt = tableAt + events.length * 4;
  for (const event of events) {
    view.setUint32(timeAt, event.timestamp - first.timestamp, true);
    view.setUint32(lengthAt, event.message.length, true);
    timeAt += 4;
    lengthAt += 4;
  }
  bytes.set(text, textAt);
  seal(hash, bytes);
  return { header: readHeader(bytes, 0), parts: [bytes] };
}

export interface EncodedBlock {
  readonly header: BlockHeader;
  readonly parts: readonly Uint8Array[];
}

function encodeLines(
  hash: Hash,
  { ingestionTime, events }: { readonly ingestionTime: Instant; readonly events: EventLines },
  sources: Uint8Array,
  firstPosition: number,
): EncodedBlock {
  const { text, count, runs } = events;
  const firstTime = runs[0]?.[0];
  assert(firstTime !== undefined, 'a batch holds an event');
  const runsAt = headerBytes + sources.length;
  const textAt = runsAt + 4 + runs.length * 8;
  const bytes = new Uint8Array(textAt);
  const length = textAt + text.length;
  const head = { magic: linesMagic, length, ingestionTime, firstTime, firstPosition, sources, count };
  const view = writeHeader(bytes, head);
  view.setUint32(runsAt, runs.length, true);
  let at = runsAt + 4;
  for (const [time, events] of runs) {
    view.setUint32(at, time - firstTime, true);
    view.setUint32(at + 4, events, true);
    at += 8;
  }
  bytes.set(linesDigest(hash, bytes, text), 8);
  return { header: readHeader(bytes, 0), parts: [bytes, text] };
}

function linesDigest(hash: Hash, head: Uint8Array, text: Uint8Array): Uint8Array {
  const digested = new Uint8Array(head.length - digestedFrom + 32);
  digested.set(head.subarray(digestedFrom));
  digested.set(hash.sha256(text), head.length - digestedFrom);
  return hash.sha256(digested).subarray(0, digestBytes);
}

function writeHeader(
  bytes: Uint8Array<ArrayBuffer>,
  head: Pick<BlockHeader, 'length' | 'ingestionTime' | 'firstTime' | 'firstPosition' | 'count'> & {
    readonly magic: number;
    readonly sources: Uint8Array;
  },
): DataView {
  const view = new DataView(bytes.buffer);
  view.setUint32(0, head.magic, true);
  view.setUint32(4, head.length, true);
  view.setFloat64(16, head.ingestionTime, true);
  view.setFloat64(24, head.firstTime, true);
  view.setFloat64(32, head.firstPosition, true);
  view.setUint32(40, head.count, true);
  view.setUint32(44, head.sources.length, true);
  bytes.set(head.sources, headerBytes);
  return view;
}

function seal(hash: Hash, bytes: Uint8Array): void {
  bytes.set(hash.sha256(bytes.subarray(digestedFrom)).subarray(0, digestBytes), 8);
}

/** The header of the block at `offset`, or undefined when the bytes end before the block does or are not what was written. */
export function checkBlock(hash: Hash, bytes: Uint8Array, offset: number): BlockHeader | undefined {
  const length = blockLength(bytes, offset);
  if (length === undefined || length < headerBytes || offset + length > bytes.length) return undefined;
  const block = bytes.subarray(offset, offset + length);
  const digest = digestOf(hash, block);
  const written = bytes.subarray(offset + 8, offset + digestedFrom);
  const isWhole = digest.length > 0 && digest.every((byte, index) => byte === written[index]);
  return isWhole ? readHeader(bytes, offset) : undefined;
}

function digestOf(hash: Hash, block: Uint8Array): Uint8Array {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  if (view.getUint32(0, true) !== linesMagic) return hash.sha256(block.subarray(digestedFrom)).subarray(0, digestBytes);
  const runsAt = headerBytes + view.getUint32(44, true);
  if (runsAt + 4 > block.length) return new Uint8Array(); // not what was written
  const textAt = Math.min(block.length, runsAt + 4 + view.getUint32(runsAt, true) * 8);
  return linesDigest(hash, block.subarray(0, textAt), block.subarray(textAt));
}

/** The length a block says it has; undefined where no block begins or its first bytes are missing. */
export function blockLength(bytes: Uint8Array, offset: number): number | undefined {
  if (offset + 8 > bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const begin = view.getUint32(offset, true);
  return begin === magic || begin === linesMagic ? view.getUint32(offset + 4, true) : undefined;
}

/** Header of a block that has been checked before. */
export function readHeader(bytes: Uint8Array, offset: number): BlockHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const begin = view.getUint32(offset, true);
  const areLines = begin === linesMagic;
  assert(areLines || begin === magic, 'an indexed block begins where the index says');
  const length = view.getUint32(offset + 4, true);
  const firstTime = view.getFloat64(offset + 24, true);
  const count = view.getUint32(offset + 40, true);
  const sourceBytes = view.getUint32(offset + 44, true);
  const tableAt = offset + headerBytes + sourceBytes;
  const runs = areLines ? view.getUint32(tableAt, true) : 0;
  const textAt = areLines ? tableAt + 4 + runs * 8 : tableAt + count * 8;
  const lastTimeAt = areLines ? textAt - 8 : tableAt + (count - 1) * 4;
  // The line feeds that are not of a message: one in front of all, or one between two.
  const messageBytes = offset + length - textAt - (areLines ? count - 1 : 1);
  return {
    offset,
    length,
    ingestionTime: view.getFloat64(offset + 16, true),
    firstTime,
    lastTime: firstTime + view.getUint32(lastTimeAt, true),
    firstPosition: view.getFloat64(offset + 32, true),
    count,
    storedBytes: messageBytes + count * eventOverheadBytes,
    sources:
      sourceBytes === 0
        ? []
        : (JSON.parse(decoder.decode(bytes.subarray(offset + headerBytes, tableAt))) as readonly LogSource[]),
  };
}

/** Which events of a block are wanted. */
export interface Wanted {
  /** Inclusive. */
  readonly startTime: Instant;
  /** Exclusive. */
  readonly endTime: Instant;
  readonly isWanted: (place: Place) => boolean;
  /** More than so many, from that end of the block on, need not be given. */
  readonly direction: 'forward' | 'backward';
  readonly most: number;
}

/** The events of a block that are wanted, in order. */
export function decodeEvents(bytes: Uint8Array, header: BlockHeader, wanted: Wanted): readonly StoredEvent[] {
  const { startTime, endTime, isWanted } = wanted;
  if (header.lastTime < startTime || header.firstTime >= endTime) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(header.offset, true) === linesMagic) return decodeLines(bytes, view, header, wanted);
  const end = header.offset + header.length;
  const textBytes = header.storedBytes - header.count * eventOverheadBytes;
  const text = decoder.decode(bytes.subarray(end - textBytes - 1, end));
  let timeAt = end - textBytes - 1 - header.count * 8;
  let lengthAt = timeAt + header.count * 4;
  let from = 1;
  const events: StoredEvent[] = [];
  for (let index = 0; index < header.count; index += 1) {
    const time = header.firstTime + view.getUint32(timeAt, true);
    const to = from + view.getUint32(lengthAt, true);
    if (time >= startTime && time < endTime) {
      const place = { time, position: header.firstPosition + index };
      if (isWanted(place)) {
        events.push({ ...place, message: text.slice(from, to), ingestionTime: header.ingestionTime });
      }
    }
    from = to;
    timeAt += 4;
    lengthAt += 4;
  }
  return events;
}

function decodeLines(
  bytes: Uint8Array,
  view: DataView,
  { offset, length, firstTime, firstPosition, ingestionTime }: BlockHeader,
  { startTime, endTime, isWanted, direction, most }: Wanted,
): readonly StoredEvent[] {
  const runsAt = offset + headerBytes + view.getUint32(offset + 44, true);
  const textAt = runsAt + 4 + view.getUint32(runsAt, true) * 8;
  const lines = linesDecoder.decode(bytes.subarray(textAt, offset + length)).split('\n');
  const events: StoredEvent[] = [];
  // From the end that is wanted first: of a block of thousands mostly the last few are.
  const isForward = direction === 'forward';
  const runs = (textAt - runsAt - 4) / 8;
  let next = isForward ? 0 : lines.length - 1;
  for (let run = 0; run < runs && events.length < most; run += 1) {
    const at = runsAt + 4 + (isForward ? run : runs - 1 - run) * 8;
    const time = firstTime + view.getUint32(at, true);
    const isInRange = time >= startTime && time < endTime;
    for (let left = view.getUint32(at + 4, true); left > 0; left -= 1) {
      const place = { time, position: firstPosition + next };
      if (isInRange && events.length < most && isWanted(place)) {
        events.push({ ...place, message: lines[next] ?? '', ingestionTime });
      }
      next += isForward ? 1 : -1;
    }
  }
  return isForward ? events : events.reverse();
}

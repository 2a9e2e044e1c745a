import { assert } from '../../core/assert.ts';

/**
 * CBOR (RFC 8949) of a tree of objects, arrays, texts, numbers, booleans, bytes, Dates (tag 1) and CborFloats, with
 * lengths before everything. A whole number goes out as an integer unless it is a CborFloat.
 */
export function encodeCbor(value: unknown): Uint8Array {
  const sink: Sink = { bytes: new Uint8Array(512), view: new DataView(new ArrayBuffer(0)), length: 0 };
  sink.view = new DataView(sink.bytes.buffer);
  write(sink, value);
  return sink.bytes.subarray(0, sink.length);
}

/** A number that the model calls a fraction: written as one even where it is whole. */
export class CborFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

interface Sink {
  bytes: Uint8Array;
  view: DataView;
  length: number;
}

const major = { unsigned: 0, negative: 1, bytes: 2, text: 3, array: 4, map: 5, tag: 6 } as const;

function write(sink: Sink, value: unknown): void {
  if (typeof value === 'string') return writeText(sink, value);
  if (typeof value === 'number') return writeNumber(sink, value);
  if (typeof value === 'boolean') return writeByte(sink, value ? 0xf5 : 0xf4);
  if (Array.isArray(value)) {
    writeHead(sink, major.array, value.length);
    for (const item of value) write(sink, item);
    return;
  }
  assert(typeof value === 'object' && value !== null, 'what goes out has no null, and nothing that CBOR does not know');
  if (value instanceof CborFloat) return writeFloat(sink, value.value);
  if (value instanceof Date) {
    writeHead(sink, major.tag, 1);
    return writeNumber(sink, value.getTime() / 1000);
  }
  if (value instanceof Uint8Array) {
    writeHead(sink, major.bytes, value.length);
    return writeBytes(sink, value);
  }
  const entries = Object.entries(value).filter(([, held]) => held !== undefined);
  writeHead(sink, major.map, entries.length);
  for (const [name, held] of entries) {
    writeText(sink, name);
    write(sink, held);
  }
}

const utf8 = new TextEncoder();

/** Texts as long as this are written in place where they are ASCII: copying them costs as much as encoding them. */
const longText = 4096;

function writeText(sink: Sink, text: string): void {
  if (text.length >= longText) {
    const { length } = sink;
    writeHead(sink, major.text, text.length);
    reserve(sink, text.length);
    const { read } = utf8.encodeInto(text, sink.bytes.subarray(sink.length, sink.length + text.length));
    if (read === text.length) {
      sink.length += text.length;
      return;
    }
    sink.length = length;
  }
  const bytes = utf8.encode(text);
  writeHead(sink, major.text, bytes.length);
  writeBytes(sink, bytes);
}

function writeNumber(sink: Sink, value: number): void {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) return writeFloat(sink, value);
  if (value >= 0) writeHead(sink, major.unsigned, value);
  else writeHead(sink, major.negative, -1 - value);
}

function writeFloat(sink: Sink, value: number): void {
  writeByte(sink, 0xfb);
  reserve(sink, 8);
  sink.view.setFloat64(sink.length, value);
  sink.length += 8;
}

/** The initial byte and what of the number does not fit into it. */
function writeHead(sink: Sink, type: number, argument: number): void {
  reserve(sink, 9);
  const at = sink.length;
  const width = argument < 24 ? 0 : argument < 0x100 ? 1 : argument < 0x1_0000 ? 2 : argument < 0x1_0000_0000 ? 4 : 8;
  const info = { 0: argument, 1: 24, 2: 25, 4: 26, 8: 27 }[width];
  sink.view.setUint8(at, (type << 5) | info);
  if (width === 1) sink.view.setUint8(at + 1, argument);
  else if (width === 2) sink.view.setUint16(at + 1, argument);
  else if (width === 4) sink.view.setUint32(at + 1, argument);
  else if (width === 8) sink.view.setBigUint64(at + 1, BigInt(argument));
  sink.length = at + 1 + width;
}

function writeByte(sink: Sink, byte: number): void {
  reserve(sink, 1);
  sink.bytes[sink.length] = byte;
  sink.length += 1;
}

function writeBytes(sink: Sink, bytes: Uint8Array): void {
  reserve(sink, bytes.length);
  sink.bytes.set(bytes, sink.length);
  sink.length += bytes.length;
}

function reserve(sink: Sink, more: number): void {
  const needed = sink.length + more;
  if (needed <= sink.bytes.length) return;
  const grown = new Uint8Array(Math.max(needed, sink.bytes.length * 2));
  grown.set(sink.bytes);
  sink.bytes = grown;
  sink.view = new DataView(grown.buffer);
}

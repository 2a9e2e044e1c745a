import { AwsError } from '../error.ts';

/**
 * One CBOR data item (RFC 8949) that fills all of the bytes: maps as objects without a prototype, tag 1 as a Date, byte
 * strings as bytes, undefined as null. Throws SerializationException for anything that is not exactly that, other tags
 * and simple values included: AWS's protocol has no use for them.
 */
export function decodeCbor(bytes: Uint8Array): unknown {
  const cursor: Cursor = { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), at: 0 };
  const value = readItem(cursor, 0);
  if (value === breakMark || cursor.at !== bytes.length) throw malformed('bytes follow the value');
  return value;
}

interface Cursor {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  at: number;
}

const breakMark = Symbol('break');
const indefinite = -1;

/** No AWS input nests half as deep. */
const depthLimit = 64;

const major = { unsigned: 0, negative: 1, bytes: 2, text: 3, array: 4, map: 5, tag: 6, simple: 7 } as const;

function readItem(cursor: Cursor, depth: number): unknown {
  if (depth > depthLimit) throw malformed('it is nested too deeply');
  const initial = readByte(cursor);
  const [type, info] = [initial >> 5, initial & 0x1f];
  if (type === major.simple) return readSimple(cursor, info);
  const argument = readArgument(cursor, info);
  if (argument === indefinite && (type < major.bytes || type === major.tag)) throw malformed('a number has no end');
  switch (type) {
    case major.unsigned:
      return argument;
    case major.negative:
      return -1 - argument;
    case major.bytes:
      return readString(cursor, argument, major.bytes);
    case major.text:
      return decodeText(readString(cursor, argument, major.text));
    case major.array:
      return readArray(cursor, argument, depth);
    case major.map:
      return readMap(cursor, argument, depth);
    default:
      return readTagged(cursor, argument, depth);
  }
}

function readSimple(cursor: Cursor, info: number): unknown {
  switch (info) {
    case 20:
      return false;
    case 21:
      return true;
    case 22:
    case 23:
      return null;
    case 25:
      return halfFloat(take(cursor, 2));
    case 26:
      return cursor.view.getFloat32(take(cursor, 4));
    case 27:
      return cursor.view.getFloat64(take(cursor, 8));
    case 31:
      return breakMark;
    default:
      throw malformed('it holds an unknown simple value');
  }

  function halfFloat(at: number): number {
    const bits = cursor.view.getUint16(at);
    const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 0x1f, bits & 0x3ff];
    if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
}

/** The number in or after the initial byte. Beyond 2^53 its last digits are lost, as they are in JSON. */
function readArgument(cursor: Cursor, info: number): number {
  if (info < 24) return info;
  switch (info) {
    case 24:
      return readByte(cursor);
    case 25:
      return cursor.view.getUint16(take(cursor, 2));
    case 26:
      return cursor.view.getUint32(take(cursor, 4));
    case 27:
      return Number(cursor.view.getBigUint64(take(cursor, 8)));
    case 31:
      return indefinite;
    default:
      throw malformed('it holds a reserved length');
  }
}

/** A byte or text string; one without a length is made of such with one. */
function readString(cursor: Cursor, length: number, type: number): Uint8Array {
  if (length !== indefinite) {
    const at = take(cursor, length);
    return cursor.bytes.subarray(at, at + length);
  }
  const chunks: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const initial = readByte(cursor);
    if (initial === 0xff) break;
    const chunkLength = readArgument(cursor, initial & 0x1f);
    if (initial >> 5 !== type || chunkLength === indefinite) throw malformed('a string is made of something else');
    const at = take(cursor, chunkLength);
    chunks.push(cursor.bytes.subarray(at, at + chunkLength));
    total += chunkLength;
  }
  const joined = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}

function readArray(cursor: Cursor, length: number, depth: number): unknown[] {
  checkCount(cursor, length);
  const items: unknown[] = [];
  while (length === indefinite || items.length < length) {
    const item = readItem(cursor, depth + 1);
    if (item === breakMark) {
      if (length === indefinite) break;
      throw misplacedBreak();
    }
    items.push(item);
  }
  return items;
}

function readMap(cursor: Cursor, length: number, depth: number): object {
  checkCount(cursor, length);
  const entries: Record<string, unknown> = Object.create(null);
  for (let count = 0; length === indefinite || count < length; count += 1) {
    const key = readItem(cursor, depth + 1);
    if (key === breakMark) {
      if (length === indefinite) break;
      throw misplacedBreak();
    }
    if (typeof key !== 'string') throw malformed('a map has a key that is no text');
    if (key in entries) throw malformed('a map has a key twice');
    const value = readItem(cursor, depth + 1);
    if (value === breakMark) throw misplacedBreak();
    entries[key] = value;
  }
  return entries;
}

/** Tag 1: seconds since 1970, whole or not. */
function readTagged(cursor: Cursor, tag: number, depth: number): Date {
  if (tag !== 1) throw malformed(`it holds a value of tag ${tag}`);
  const seconds = readItem(cursor, depth + 1);
  const date = new Date(typeof seconds === 'number' ? Math.round(seconds * 1000) : Number.NaN);
  if (Number.isNaN(date.getTime())) throw malformed('a timestamp is no time');
  return date;
}

/** Every item takes a byte at least, so a count beyond what is left is wrong before any memory is taken for it. */
function checkCount(cursor: Cursor, count: number): void {
  if (count > cursor.bytes.length - cursor.at) throw malformed('it ends too early');
}

function readByte(cursor: Cursor): number {
  return cursor.view.getUint8(take(cursor, 1));
}

/** Moves on by so many bytes. Returns where they begin. */
function take(cursor: Cursor, length: number): number {
  const { at } = cursor;
  if (length > cursor.bytes.length - at) throw malformed('it ends too early');
  cursor.at = at + length;
  return at;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw malformed('a text is not UTF-8');
  }
}

function misplacedBreak(): AwsError {
  return malformed('a break stands where a value is due');
}

function malformed(what: string): AwsError {
  return new AwsError('SerializationException', `The request body is not valid CBOR: ${what}.`);
}

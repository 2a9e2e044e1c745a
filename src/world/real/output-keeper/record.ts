/**
 * What a container wrote, as it is kept on disk: records of whole lines of one stream. Little-endian:
 *   0 length of the text u32 · 4 stream u8, 1 standard output, 2 standard error · 8 microseconds of the epoch f64 · 16 text
 * The times of the records of a container only grow, so that a time is a place.
 */
import type { OutputChunk } from '../../outputs.ts';

export const headerBytes = 16;

export type StreamNumber = 1 | 2;

export function recordHeader(stream: StreamNumber, timeUs: number, textBytes: number): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32LE(textBytes, 0);
  header.writeUInt8(stream, 4);
  header.writeDoubleLE(timeUs, 8);
  return header;
}

/** The whole records of some bytes, and how many bytes they take: the last may be only half there. */
export function recordsIn(bytes: Buffer): { readonly records: readonly KeptRecord[]; readonly size: number } {
  const records: KeptRecord[] = [];
  let at = 0;
  while (at + headerBytes <= bytes.length) {
    const end = at + headerBytes + bytes.readUInt32LE(at);
    if (end > bytes.length) break;
    const stream = bytes[at + 4] === 2 ? 'stderr' : 'stdout';
    records.push({ stream, timeUs: bytes.readDoubleLE(at + 8), text: bytes.subarray(at + headerBytes, end), end });
    at = end;
  }
  return { records, size: at };
}

export interface KeptRecord {
  readonly stream: OutputChunk['stream'];
  readonly timeUs: number;
  /** A view of the bytes it was read from. */
  readonly text: Buffer;
  readonly end: number;
}

/** Seconds of the epoch in 12 digits, and nanoseconds in 9: sorts as it is. */
export function timeText(timeUs: number): string {
  const seconds = Math.floor(timeUs / 1_000_000);
  const micros = timeUs - seconds * 1_000_000;
  return `${String(seconds).padStart(12, '0')}.${String(micros).padStart(6, '0')}000`;
}

export function timeOfText(text: string): number {
  const [seconds = '0', fraction = '0'] = text.split('.');
  return Number(seconds) * 1_000_000 + Math.floor(Number(fraction.padEnd(9, '0')) / 1000);
}

/** Segments are named by the time of their first record. */
export function segmentName(timeUs: number): string {
  return `${String(timeUs).padStart(17, '0')}.output`;
}

/** Times of the segments of a folder, in order. */
export function segmentTimes(names: readonly string[]): number[] {
  return names
    .filter((name) => name.endsWith('.output'))
    .map((name) => Number.parseInt(name, 10))
    .sort((a, b) => a - b);
}

/** From lines of an engine to events of CloudWatch Logs, and the cursors that tell where in a container's output one is. */
import type { Instant } from '../../core/instant.ts';
import type { OutputChunk } from '../../world/outputs.ts';

export type OutputStream = OutputChunk['stream'];

/** By output stream, the cursor of the last piece; empty before the first. Each stream is in order, the two together need not be. */
export type Cursors = Readonly<Record<OutputStream, string>>;

export const noCursors: Cursors = { stdout: '', stderr: '' };

/** A line, or a part of one that is too long for an event. */
export interface Piece {
  readonly stream: OutputStream;
  /** Engine time, count of the line among those of the same time and stream, count of the part: sorts as it came. */
  readonly cursor: string;
  readonly timestamp: Instant;
  /** Empty for an empty line, which is no event: CloudWatch Logs takes none. */
  readonly message: string;
  /** UTF-8 length of the message. */
  readonly bytes: number;
}

/** The longest event the awslogs driver sends: 256 KiB with the overhead. Longer lines are split, there and here. */
export const eventBytes = 262_144 - 26;

/** Cuts what a container wrote into pieces, counting as it goes: from some time on, in order. */
export class LineCutter {
  #lastTime: Record<OutputStream, string> = { ...noCursors };
  #count: Record<OutputStream, number> = { stdout: 0, stderr: 0 };
  // A byte order mark is a character like others.
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  readonly #encoder = new TextEncoder();

  cut(chunk: OutputChunk): readonly Piece[] {
    const { stream } = chunk;
    // A wall clock that was set back must not make cursors go back: such lines count as of the latest time before.
    const time = chunk.time > this.#lastTime[stream] ? chunk.time : this.#lastTime[stream];
    let count = time === this.#lastTime[stream] ? this.#count[stream] : 0;
    this.#lastTime[stream] = time;
    const timestamp = Number(chunk.time.slice(0, 12)) * 1000 + Number(chunk.time.slice(13, 16));
    // Whole chunks are decoded and measured at once: a call for each line would cost more than all the rest.
    const text = this.#decoder.decode(chunk.text);
    const isPlain = this.#encoder.encode(text).length === text.length;
    const lines = text.split('\n');
    if (lines.at(-1) === '') lines.pop();
    const pieces: Piece[] = [];
    for (const message of lines) {
      count += 1;
      const place = `${time}:${count.toString().padStart(6, '0')}:`;
      if (isPlain && message.length <= eventBytes) {
        pieces.push({ stream, cursor: `${place}000000`, timestamp, message, bytes: message.length });
        continue;
      }
      for (const [part, bytes] of splitBytes(this.#encoder.encode(message)).entries()) {
        const cursor = `${place}${part.toString().padStart(6, '0')}`;
        pieces.push({ stream, cursor, timestamp, message: this.#decoder.decode(bytes), bytes: bytes.length });
      }
    }
    this.#count[stream] = count;
    return pieces;
  }
}

/**
 * The time to read from so that everything after these cursors is there. What waited to be joined with more lines may
 * have been overtaken by the other stream for as long as such lines wait. Undefined reads from the start.
 */
export function sinceOf(cursors: Cursors, waitMs = 0): string | undefined {
  const latest = cursors.stdout > cursors.stderr ? cursors.stdout : cursors.stderr;
  if (latest === '') return undefined;
  const [seconds = '', rest = ''] = latest.split('.');
  const from = Math.max(0, Number(seconds) - Math.ceil(waitMs / 1000));
  return `${from.toString().padStart(12, '0')}.${rest.slice(0, 9)}`;
}

/** The token that tells Longshore's CloudWatch Logs which stretch of the container's output a batch holds. */
export function tokenOf(
  containerId: string,
  pieces: readonly Piece[],
  from: Cursors,
  runs: readonly Run[] | undefined,
): string {
  const to = cursorsAfter(pieces, from);
  const sources = outputStreams
    .filter((stream) => to[stream] !== from[stream])
    .map((stream) => ({ name: `${containerId}/${stream}`, from: from[stream], to: to[stream] }));
  return `longshore:${JSON.stringify({ sources, runs })}`;
}

/** How many events in turn have a time. */
export type Run = readonly [timestamp: Instant, count: number];

/**
 * Events as the lines of one text, which costs a tenth of what thousands of small values do, here and there. Undefined where
 * one of them has lines of its own.
 */
export function packed(
  events: readonly { readonly timestamp: Instant; readonly message: string }[],
): { readonly text: string; readonly runs: readonly Run[] } | undefined {
  const runs: [Instant, number][] = [];
  for (const { timestamp } of events) {
    const run = runs.at(-1);
    if (run?.[0] === timestamp) run[1] += 1;
    else runs.push([timestamp, 1]);
  }
  const text = events.map(({ message }) => message).join('\n');
  let lineFeeds = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lineFeeds += 1;
  return lineFeeds === events.length - 1 ? { text, runs } : undefined;
}

/** What the service says it has of the container, in the message of a DataAlreadyAcceptedException. */
export function cursorsIn(message: string, containerId: string): Partial<Cursors> | undefined {
  const text = /longshore:(\{.*\})/.exec(message)?.[1];
  if (text === undefined) return undefined;
  const stored = new Map(Object.entries(JSON.parse(text) as Readonly<Record<string, unknown>>));
  const found: Partial<Record<OutputStream, string>> = {};
  for (const stream of outputStreams) {
    const cursor = stored.get(`${containerId}/${stream}`);
    if (typeof cursor === 'string') found[stream] = cursor;
  }
  return found;
}

export function cursorsAfter(pieces: readonly Piece[], before: Cursors): Cursors {
  const lastOf = (stream: OutputStream): string =>
    pieces.findLast((piece) => piece.stream === stream)?.cursor ?? before[stream];
  return { stdout: lastOf('stdout'), stderr: lastOf('stderr') };
}

const outputStreams: readonly OutputStream[] = ['stdout', 'stderr'];

/** Parts of at most `eventBytes`, never cut inside a UTF-8 character; at least one, be it empty. */
function splitBytes(text: Uint8Array): readonly Uint8Array[] {
  const parts: Uint8Array[] = [];
  let start = 0;
  while (text.length - start > eventBytes) {
    let end = start + eventBytes;
    for (let back = 0; back < 3 && ((text[end] ?? 0) & 0xc0) === 0x80; back += 1) end -= 1;
    parts.push(text.subarray(start, end));
    start = end;
  }
  parts.push(text.subarray(start));
  return parts;
}

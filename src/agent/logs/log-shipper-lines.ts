/** From lines of an engine to events of CloudWatch Logs, and the cursors that tell where in a container's output one is. */
import type { Instant } from '../../core/instant.ts';
import type { LogLine } from '../../world/world.ts';

export type OutputStream = LogLine['stream'];

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

/** How far apart the engine's times of the two streams may be out of order: each is copied by its own thread. */
const skewSeconds = 10;

/** Cuts lines into pieces, counting as it goes: the lines of a container, from some engine time on, in order. */
export class LineCutter {
  #lastTime: Record<OutputStream, string> = { ...noCursors };
  #count: Record<OutputStream, number> = { stdout: 0, stderr: 0 };
  readonly #decoder = new TextDecoder();
  readonly #encoder = new TextEncoder();

  cut(line: LogLine): readonly Piece[] {
    const { stream } = line;
    const { seconds, nanoseconds } = timeOf(line.timestamp);
    // A wall clock that was set back must not make cursors go back: such lines count as of the latest time before.
    const given = `${seconds.toString().padStart(12, '0')}.${nanoseconds}`;
    const time = given > this.#lastTime[stream] ? given : this.#lastTime[stream];
    this.#count[stream] = time === this.#lastTime[stream] ? this.#count[stream] + 1 : 1;
    this.#lastTime[stream] = time;
    const timestamp = seconds * 1000 + Number(nanoseconds.slice(0, 3));
    const place = `${time}:${this.#count[stream].toString().padStart(6, '0')}`;
    return splitBytes(line.text).map((bytes, part) => {
      const message = this.#decoder.decode(bytes);
      return {
        stream,
        cursor: `${place}:${part.toString().padStart(6, '0')}`,
        timestamp,
        message,
        bytes: message.length === bytes.length ? bytes.length : this.#encoder.encode(message).length,
      };
    });
  }
}

/** The engine time to read from so that everything after these cursors is there. Undefined reads from the start. */
export function sinceOf(cursors: Cursors): string | undefined {
  const latest = cursors.stdout > cursors.stderr ? cursors.stdout : cursors.stderr;
  if (latest === '') return undefined;
  const [seconds = '', rest = ''] = latest.split('.');
  return `${Math.max(0, Number(seconds) - skewSeconds)}.${rest.slice(0, 9)}`;
}

/** The token that tells Longshore's CloudWatch Logs which stretch of the container's output a batch holds. */
export function tokenOf(containerId: string, pieces: readonly Piece[], from: Cursors): string {
  const to = cursorsAfter(pieces, from);
  const sources = outputStreams
    .filter((stream) => to[stream] !== from[stream])
    .map((stream) => ({ name: `${containerId}/${stream}`, from: from[stream], to: to[stream] }));
  return `longshore:${JSON.stringify(sources)}`;
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
  const after = { ...before };
  for (const { stream, cursor } of pieces) after[stream] = cursor;
  return after;
}

const outputStreams: readonly OutputStream[] = ['stdout', 'stderr'];

/** RFC 3339 with a fraction of up to nine digits. */
function timeOf(timestamp: string): { readonly seconds: number; readonly nanoseconds: string } {
  const [, whole = '', fraction = '', zone = 'Z'] = /^([^.Z+]+?)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(timestamp) ?? [];
  return { seconds: Date.parse(`${whole}${zone}`) / 1000, nanoseconds: fraction.slice(0, 9).padEnd(9, '0') };
}

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

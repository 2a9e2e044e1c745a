/** From lines of an engine to events of CloudWatch Logs, and the cursors that tell where in a container's output one is. */
import type { Instant } from '../../core/instant.ts';
import type { OutputChunk } from '../../world/outputs.ts';

export type OutputStream = OutputChunk['stream'];

/** By output stream, the cursor of the last piece; empty before the first. Each stream is in order, the two together need not be. */
export type Cursors = Readonly<Record<OutputStream, string>>;

export const noCursors: Cursors = { stdout: '', stderr: '' };

/**
 * What is shipped together: some whole lines of one stream and time, or one event by itself (a part of a line that is too
 * long, or lines that were joined).
 */
export interface Piece {
  readonly stream: OutputStream;
  /** Of its last line: engine time, count of the line among those of the same time and stream, count of the part. Sorts as it came. */
  readonly cursor: string;
  readonly timestamp: Instant;
  /** Its events with a line feed between two of them; only an event that is the only one has line feeds of its own. */
  readonly text: string;
  /** None for an empty line: CloudWatch Logs takes no empty event. */
  readonly events: number;
  /** UTF-8 length of the events. */
  readonly bytes: number;
}

/** The longest event the awslogs driver sends: 256 KiB with the overhead. Longer lines are split, there and here. */
export const eventBytes = 262_144 - 26;

/** The most lines of a piece, so that a batch is filled well. */
const pieceLines = 1000;

/** Cuts what a container wrote into pieces, counting as it goes: from some time on, in order. */
export class LineCutter {
  readonly #isByLine: boolean;
  #lastTime: Record<OutputStream, string> = { ...noCursors };
  #count: Record<OutputStream, number> = { stdout: 0, stderr: 0 };

  /** `isByLine` makes each line a piece, for what joins them. */
  constructor(isByLine: boolean) {
    this.#isByLine = isByLine;
  }

  /** The pieces of a chunk that lie after the cursor `known`. */
  cut(chunk: OutputChunk, known: string): readonly Piece[] {
    const { stream } = chunk;
    // A wall clock that was set back must not make cursors go back: such lines count as of the latest time before.
    const time = chunk.time > this.#lastTime[stream] ? chunk.time : this.#lastTime[stream];
    const before = time === this.#lastTime[stream] ? this.#count[stream] : 0;
    this.#lastTime[stream] = time;
    const timestamp = Number(chunk.time.slice(0, 12)) * 1000 + Number(chunk.time.slice(13, 16));
    const place = { stream, time, timestamp, before };
    const text = this.#isByLine || chunk.text.length > eventBytes ? undefined : decoded(chunk.text);
    const pieces = text === undefined ? undefined : stretches(text, chunk.text.length, place);
    const isKnownInPart = pieces?.some(({ first, cursor }) => first <= known && known < cursor) === true;
    const cut = pieces && !isKnownInPart ? pieces : singleLines(chunk.text, place);
    this.#count[stream] = before + cut.reduce((sum, { lines }) => sum + lines, 0);
    return (cut[0]?.cursor ?? '') > known ? cut : cut.filter(({ cursor }) => cursor > known);
  }
}

interface ChunkPlace {
  readonly stream: OutputStream;
  readonly time: string;
  readonly timestamp: Instant;
  /** Lines of the same time and stream that came before. */
  readonly before: number;
}

interface CutPiece extends Piece {
  /** Cursor of its first line. */
  readonly first: string;
  /** Lines that end in it, empty ones too. */
  readonly lines: number;
}

const encoder = new TextEncoder();
// A byte order mark is a character like others.
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenientDecoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Undefined where it is not UTF-8: what stands for bad bytes is longer than they are, so that has to be measured. */
function decoded(bytes: Uint8Array): string | undefined {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Many lines at once, which costs a tenth of what each by itself does. `bytes` is the length of the text in UTF-8. */
function stretches(text: string, bytes: number, place: ChunkPlace): readonly CutPiece[] {
  const { stream, timestamp, before } = place;
  const isAscii = text.length === bytes;
  const pieces: CutPiece[] = [];
  let count = 0;
  for (let from = 0; from < text.length; ) {
    const first = cursorOf(place, before + count + 1);
    let next = from;
    let lines = 0;
    for (; next < text.length && lines < pieceLines; lines += 1) {
      const end = text.indexOf('\n', next);
      next = end < 0 ? text.length + 1 : end + 1;
    }
    const whole = text.slice(from, next - 1);
    const hasEmpty = whole.startsWith('\n') || whole.endsWith('\n') || whole.includes('\n\n');
    const kept = hasEmpty ? whole.replace(/^\n+|\n+$/g, '').replace(/\n{2,}/g, '\n') : whole;
    const events = kept === '' ? 0 : hasEmpty ? kept.split('\n').length : lines;
    const keptBytes = isAscii ? kept.length : encoder.encode(kept).length;
    count += lines;
    const cursor = cursorOf(place, before + count);
    pieces.push({
      stream,
      timestamp,
      first,
      cursor,
      text: kept,
      events,
      bytes: keptBytes - Math.max(0, events - 1),
      lines,
    });
    from = next;
  }
  return pieces;
}

/** Each line by itself, or in parts where it is too long for an event. */
function singleLines(bytes: Uint8Array, place: ChunkPlace): readonly CutPiece[] {
  const { stream, timestamp, before } = place;
  const whole = lenientDecoder.decode(bytes);
  // Measured at once: a call for each line would cost more than all the rest.
  const isAscii = encoder.encode(whole).length === whole.length;
  const lines = whole.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const pieces: CutPiece[] = [];
  for (const [index, line] of lines.entries()) {
    const parts = isAscii && line.length <= eventBytes ? undefined : splitBytes(encoder.encode(line));
    for (let part = 0; part < (parts?.length ?? 1); part += 1) {
      const cursor = cursorOf(place, before + index + 1, part);
      const partBytes = parts?.[part];
      const text = partBytes ? lenientDecoder.decode(partBytes) : line;
      pieces.push({
        stream,
        timestamp,
        first: cursor,
        cursor,
        text,
        events: text === '' ? 0 : 1,
        bytes: partBytes?.length ?? line.length,
        lines: part === 0 ? 1 : 0,
      });
    }
  }
  return pieces;
}

function cursorOf({ time }: ChunkPlace, line: number, part = 0): string {
  return `${time}:${line.toString().padStart(6, '0')}:${part.toString().padStart(6, '0')}`;
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

/**
 * The token that tells Longshore's CloudWatch Logs which stretch of the container's output a batch holds. `follows` where
 * the batch before it, which ends at `from`, is not acknowledged: it is then stored right after that or not at all.
 */
export function tokenOf(
  containerId: string,
  stretch: { readonly from: Cursors; readonly to: Cursors; readonly follows: boolean },
  runs: readonly Run[] | undefined,
): string {
  const { from, to, follows } = stretch;
  const sources = outputStreams
    .filter((stream) => to[stream] !== from[stream])
    .map((stream) => ({ name: `${containerId}/${stream}`, from: from[stream], to: to[stream] }));
  return `longshore:${JSON.stringify({ sources, runs, ...(follows && { follows }) })}`;
}

/** How many events in turn have a time. */
export type Run = readonly [timestamp: Instant, count: number];

/**
 * Events as the lines of one text, which costs a tenth of what thousands of small values do, here and there. Undefined where
 * one of them has lines of its own.
 */
export function packed(pieces: readonly Piece[]): { readonly text: string; readonly runs: readonly Run[] } | undefined {
  const runs: [Instant, number][] = [];
  for (const { timestamp, text, events } of pieces) {
    if (events === 1 && text.includes('\n')) return undefined;
    const run = runs.at(-1);
    if (run?.[0] === timestamp) run[1] += events;
    else runs.push([timestamp, events]);
  }
  return { text: pieces.map(({ text }) => text).join('\n'), runs };
}

/** The events of pieces, each by itself. */
export function unpacked(
  pieces: readonly Piece[],
): readonly { readonly timestamp: Instant; readonly message: string }[] {
  return pieces.flatMap(({ timestamp, text, events }) =>
    (events > 1 ? text.split('\n') : [text]).map((message) => ({ timestamp, message })),
  );
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

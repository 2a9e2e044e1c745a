import type { IncomingMessage } from 'node:http';
import { DockerError, type LogLine } from '../docker.ts';
import { parseJson } from './docker-connection.ts';

/** A line longer than this is given in pieces: a program that never breaks its line must not fill the memory. */
const lineLimitBytes = 1024 * 1024;
/** The engine cuts longer lines into entries of this size, each with its own timestamp. */
const entryBytes = 16 * 1024;
const lineFeed = 10;
const carriageReturn = 13;

/** One JSON value per line, whatever the chunks. */
export async function* jsonLines<T>(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<T> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield parseJson<T>(line);
  }
  if (rest.trim() !== '') yield parseJson<T>(rest);
}

/** Ends quietly when `signal` aborts; what else breaks the stream off is the engine's failure. */
export async function* untilAborted(response: IncomingMessage, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const stop = (): void => void response.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (signal.aborted) return;
    for await (const chunk of response) {
      yield chunk;
      if (signal.aborted) return;
    }
  } catch (error) {
    if (signal.aborted) return;
    throw new DockerError(`the container engine broke off its stream: ${String(error)}`);
  } finally {
    signal.removeEventListener('abort', stop);
    response.destroy();
  }
}

/**
 * The lines of a log with timestamps. Without a terminal the engine frames every entry: one byte for the stream, three
 * unused, four for the length, then the entry. With one, entries just follow each other.
 */
export async function* logLines(chunks: AsyncIterable<Uint8Array>, hasTerminal: boolean): AsyncGenerator<LogLine> {
  const pieces = { stdout: new Pieces('stdout'), stderr: new Pieces('stderr') };
  if (hasTerminal) {
    for await (const entry of terminalEntries(chunks)) {
      for (const part of timedParts(entry)) yield* pieces.stdout.take(part);
    }
  } else {
    for await (const { stream, entry } of framedEntries(chunks)) yield* pieces[stream].take(entry);
  }
  yield* pieces.stdout.end();
  yield* pieces.stderr.end();
}

interface FramedEntry {
  readonly stream: 'stdout' | 'stderr';
  readonly entry: Buffer;
}

async function* framedEntries(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<FramedEntry> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    rest = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    while (rest.length >= 8) {
      const end = 8 + rest.readUInt32BE(4);
      if (rest.length < end) break;
      yield { stream: rest[0] === 2 ? 'stderr' : 'stdout', entry: rest.subarray(8, end) };
      rest = rest.subarray(end);
    }
  }
}

async function* terminalEntries(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    rest = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(lineFeed); end >= 0; end = rest.indexOf(lineFeed)) {
      const line = rest.subarray(0, end);
      const cut = line.at(-1) === carriageReturn ? line.subarray(0, -1) : line; // a terminal breaks lines with both
      yield Buffer.concat([cut, Buffer.of(lineFeed)]);
      rest = rest.subarray(end + 1);
    }
  }
  if (rest.length > 0) yield rest;
}

/** A long line of a terminal comes as entries without a frame between: cut where an entry is full and a time follows. */
function timedParts(line: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  let rest = line;
  for (;;) {
    const start = timestampLength(rest);
    const end = start + entryBytes;
    if (start === 0 || rest.length <= end || timestampLength(rest.subarray(end)) === 0) break;
    parts.push(rest.subarray(0, end));
    rest = rest.subarray(end);
  }
  return [...parts, rest];
}

/** Bytes of the timestamp and the space behind it, or 0 when there is none. */
function timestampLength(entry: Buffer): number {
  const match = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d) /.exec(entry.toString('latin1', 0, 48));
  return match ? match[0].length : 0;
}

/** Joins the entries of one stream until a line break. The line has the time of its first entry. */
class Pieces {
  readonly #stream: 'stdout' | 'stderr';
  #timestamp = '';
  #parts: Buffer[] = [];
  #size = 0;

  constructor(stream: 'stdout' | 'stderr') {
    this.#stream = stream;
  }

  *take(entry: Buffer): Generator<LogLine> {
    const start = timestampLength(entry);
    if (this.#timestamp === '') this.#timestamp = entry.toString('latin1', 0, Math.max(0, start - 1));
    const ends = entry.at(-1) === lineFeed;
    const part = entry.subarray(start, ends ? -1 : undefined);
    this.#parts.push(part);
    this.#size += part.length;
    if (ends || this.#size >= lineLimitBytes) yield* this.end();
  }

  *end(): Generator<LogLine> {
    if (this.#timestamp === '') return;
    // Copied: an entry is a view of a larger chunk, and a line that is kept must not keep the chunk.
    yield { stream: this.#stream, timestamp: this.#timestamp, text: new Uint8Array(Buffer.concat(this.#parts)) };
    this.#timestamp = '';
    this.#parts = [];
    this.#size = 0;
  }
}

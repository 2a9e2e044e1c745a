import { type ChildProcess, spawn } from 'node:child_process';
import { open, readdir } from 'node:fs/promises';
import { mkdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DockerError } from '../../docker.ts';
import type { OutputChunk, Outputs } from '../../outputs.ts';
import type { Log } from '../../world.ts';
import { type Answer, messagesOf, type Request } from './protocol.ts';
import { type KeptRecord, recordsIn, segmentName, segmentTimes, timeOfText, timeText } from './record.ts';

const connectLimitMs = 15_000;
const connectEveryMs = 20;
const reconnectMs = 2000;
const readBytes = 512 * 1024;

export interface RealOutputsOptions {
  readonly directory: string;
  readonly socketPath: string;
  /** The program and the first arguments of a keeper; the two paths follow. */
  readonly command: readonly [string, ...string[]];
  /** For containers that are not kept. */
  readonly engine: Outputs;
  readonly log: Log;
}

/** The output of containers as the keeper of this machine has it; starts one whenever there is none. */
export function realOutputs(options: RealOutputsOptions): Outputs {
  const link = new KeeperLink(options);
  return {
    isKept: true,
    keep: async (id, maxBufferBytes) => {
      await link.ask({ verb: 'keep', id, ...(maxBufferBytes === undefined ? {} : { maxBufferBytes }) });
    },
    read: (id, since, signal) => read(options, link, id, since, signal),
    release: (id, time) => link.tell({ verb: 'release', id, timeUs: timeOfText(time) }),
    forget: async (id) => {
      await link.ask({ verb: 'forget', id });
    },
    close: () => link.close(),
  };
}

async function* read(
  options: RealOutputsOptions,
  link: KeeperLink,
  id: string,
  since: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<OutputChunk> {
  const folder = join(options.directory, id);
  const sinceUs = since === undefined ? 0 : timeOfText(since);
  const buffers: ReadBuffer = { bytes: Buffer.allocUnsafeSlow(readBytes) };
  let segment = 0;
  let size = 0;
  const losses = new Losses(options.log, id);
  while (!signal.aborted) {
    const { isLosing } = losses;
    const end = await abortable(link.ask({ verb: 'wait', id, segment, size, isLosing }), signal);
    if (!end) return;
    losses.tell(end);
    if (end.isUnknown) {
      yield* options.engine.read(id, since, signal);
      return;
    }
    for (;;) {
      if (segment === 0) segment = firstSegment(await segmentsIn(folder), sinceUs);
      if (segment === 0) break;
      const isNewest = end.segment === segment;
      const until = isNewest ? end.size : undefined;
      for await (const { records, at } of recordsFrom(join(folder, segmentName(segment)), size, until, buffers)) {
        size = at;
        for (const { stream, timeUs, text } of records) {
          if (timeUs >= sinceUs) yield { stream, time: timeText(timeUs), text };
          if (signal.aborted) return;
        }
      }
      if (isNewest || (end.segment ?? 0) < segment) break;
      const current = segment;
      const next = (await segmentsIn(folder)).find((time) => time > current);
      if (next === undefined) break;
      segment = next;
      size = 0;
    }
    if (end.hasEnded && (end.segment ?? 0) === segment && (end.size ?? 0) <= size) return;
  }
}

/** Says once that lines are being lost, and how many were when that is over. */
class Losses {
  readonly #log: Log;
  readonly #containerId: string;
  #toldLines = 0;
  isLosing = false;

  constructor(log: Log, containerId: string) {
    this.#log = log;
    this.#containerId = containerId;
  }

  tell({ losing, lostLines = 0, hasEnded }: Answer): void {
    const containerId = this.#containerId;
    if (losing !== undefined && !this.isLosing) {
      this.#log.error('container output cannot be kept and is lost', { containerId, error: losing });
    }
    this.isLosing = losing !== undefined;
    const isOver = !this.isLosing || hasEnded === true;
    if (isOver && lostLines > this.#toldLines) {
      this.#log.error('container output was lost', { containerId, lines: lostLines - this.#toldLines });
    }
    // Less than before: another keeper counts from none.
    if (isOver || lostLines < this.#toldLines) this.#toldLines = lostLines;
  }
}

/** The last segment that begins at that time or before it, or else the first. 0 when there is none. */
function firstSegment(times: readonly number[], sinceUs: number): number {
  return times.findLast((time) => time <= sinceUs) ?? times[0] ?? 0;
}

async function segmentsIn(folder: string): Promise<readonly number[]> {
  try {
    return segmentTimes(await readdir(folder));
  } catch (error) {
    if (isMissing(error)) return []; // forgotten meanwhile
    throw error;
  }
}

/**
 * Whole records from a place in a segment to `until`, or to its end. They are views of one buffer for all: a fresh megabyte
 * costs more than what is done with it.
 */
async function* recordsFrom(
  path: string,
  from: number,
  until: number | undefined,
  buffers: ReadBuffer,
): AsyncGenerator<{ readonly records: readonly KeptRecord[]; readonly at: number }> {
  const file = await open(path, 'r').catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (!file) return;
  try {
    for (let at = from; ; ) {
      const { bytes } = buffers;
      // What is beyond the end that was told may be taken back, where the disk is full.
      const wanted = until === undefined ? bytes.length : Math.max(0, Math.min(bytes.length, until - at));
      const { bytesRead } = await file.read(bytes, 0, wanted, at);
      const { records, size } = recordsIn(bytes.subarray(0, bytesRead));
      const isAtEnd = bytesRead < bytes.length;
      // A record that is longer than what is read at once.
      if (size === 0 && !isAtEnd) buffers.bytes = Buffer.allocUnsafeSlow(bytes.length * 2);
      at += size;
      if (size > 0) yield { records, at };
      if (isAtEnd) return;
    }
  } finally {
    await file.close();
  }
}

interface ReadBuffer {
  bytes: Buffer;
}

/** The connection to the keeper. Whatever happens to that, what is asked is asked again of the next one. */
class KeeperLink {
  readonly #options: RealOutputsOptions;
  readonly #outstanding = new Map<number, { readonly request: Request; readonly take: (answer: Answer) => void }>();
  #socket: Socket | undefined;
  #connecting: Promise<void> | undefined;
  #lastNumber = 0;
  #isClosed = false;
  /** The one that was started last. */
  #keeper: ChildProcess | undefined;
  /** What is known of why that does not serve. */
  #failure: string | undefined;
  #isFailureTold = false;

  constructor(options: RealOutputsOptions) {
    this.#options = options;
  }

  async ask(question: Omit<Request, 'n'>): Promise<Answer> {
    const request = { n: (this.#lastNumber += 1), ...question };
    const answer = await new Promise<Answer>((resolve, reject) => {
      this.#outstanding.set(request.n, { request, take: resolve });
      this.#send(request).catch((error: unknown) => {
        this.#outstanding.delete(request.n);
        reject(error instanceof Error ? error : new Error(String(error)));
      });
    });
    if (answer.error !== undefined) throw new DockerError(answer.error);
    return answer;
  }

  /** For what needs no answer. */
  tell(question: Omit<Request, 'n'>): void {
    if (this.#socket) this.#write({ n: (this.#lastNumber += 1), ...question });
  }

  close(): void {
    this.#isClosed = true;
    this.#socket?.destroy();
    this.#outstanding.clear();
  }

  async #send(request: Request): Promise<void> {
    if (!this.#socket) {
      this.#connecting ??= this.#connect().finally(() => (this.#connecting = undefined));
      await this.#connecting;
      return; // sent with all that was outstanding
    }
    this.#write(request);
  }

  #write(request: Request): void {
    this.#socket?.write(`${JSON.stringify(request)}\n`);
  }

  async #connect(): Promise<void> {
    const { socketPath } = this.#options;
    const untilMs = performance.now() + connectLimitMs;
    let isStarted = false;
    for (;;) {
      const socket = await connected(socketPath);
      if (this.#isClosed) {
        socket?.destroy();
        return;
      }
      if (socket) {
        this.#take(socket);
        return;
      }
      if (!isStarted) this.#start();
      isStarted = true;
      if (performance.now() > untilMs || this.#failure !== undefined) throw this.#doesNotStart();
      await sleep(connectEveryMs);
    }
  }

  /** What is asked already has nobody to tell that there is no keeper: it waits for one. */
  async #reconnect(): Promise<void> {
    while (!this.#isClosed && !this.#socket) {
      try {
        await this.#connect();
      } catch (error) {
        if (!(error instanceof DockerError)) throw error;
        await sleep(reconnectMs); // the machine cannot start a process now; that has been told
      }
    }
  }

  /** Told once for as long as it lasts: what is not kept meanwhile is lost. */
  #doesNotStart(): DockerError {
    const error = new DockerError(
      `the process that keeps container output does not start: ${this.#failure ?? `it does not listen within ${connectLimitMs} ms`}`,
    );
    if (!this.#isFailureTold) this.#options.log.error('container output is not kept', { error: error.message });
    this.#isFailureTold = true;
    return error;
  }

  #take(socket: Socket): void {
    if (this.#isFailureTold) this.#options.log.info('container output is kept again');
    this.#isFailureTold = false;
    this.#socket = socket;
    messagesOf<Answer>(socket, (answer) => {
      const asked = this.#outstanding.get(answer.n);
      this.#outstanding.delete(answer.n);
      asked?.take(answer);
    });
    socket.on('error', () => undefined); // its close says all
    socket.on('close', () => {
      this.#socket = undefined;
      if (this.#outstanding.size === 0 || this.#isClosed) return;
      this.#connecting ??= this.#reconnect().finally(() => (this.#connecting = undefined));
    });
    for (const { request } of this.#outstanding.values()) this.#write(request);
  }

  /** In a session of its own, so that it outlives the agent, whatever signal that is sent. */
  #start(): void {
    const { directory, socketPath, command } = this.#options;
    const [program, ...first] = command;
    this.#failure = undefined;
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      mkdirSync(dirname(socketPath), { recursive: true, mode: 0o700 });
    } catch (error) {
      this.#failure = error instanceof Error ? error.message : String(error);
      return;
    }
    const keeper = spawn(program, [...first, directory, socketPath], { detached: true, stdio: 'ignore' });
    this.#keeper = keeper;
    const fail = (failure: string): void => {
      if (this.#keeper === keeper) this.#failure = failure;
    };
    keeper.on('error', (error) => fail(error.message));
    // It ends well where another one serves already.
    keeper.on('exit', (code, signal) => code !== 0 && fail(`it ended with ${signal ?? `code ${code}`}`));
    keeper.unref();
  }
}

function connected(socketPath: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(socketPath, () => resolve(socket));
    socket.on('error', () => resolve(undefined));
  });
}

async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return await new Promise((resolve, reject) => {
    const stop = (): void => resolve(undefined);
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

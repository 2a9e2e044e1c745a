import { DockerError } from '../../world/docker.ts';
import type { OutputChunk } from '../../world/outputs.ts';
import type { Timer } from '../../world/world.ts';
import { logCursorTable } from './log-shipper-cursors.ts';
import { type EventJoiner, joinerOf, joinWaitMs } from './log-shipper-joining.ts';
import { codeOf, createDestination, messageOf } from './log-shipper-destination.ts';
import type { LogShipperParts } from './log-shipper.ts';
import type { LogDestination } from './shipped-output.ts';
import {
  type Cursors,
  cursorsAfter,
  cursorsIn,
  LineCutter,
  noCursors,
  packed,
  type Piece,
  sinceOf,
  tokenOf,
  unpacked,
} from './log-shipper-lines.ts';

/** A batch is sent when its first line has waited this long, or when it is this large. */
const lingerMs = 15;
/** PutLogEvents takes no more: 1 MiB. */
const batchBytes = 1024 * 1024;
const batchEvents = 10_000;
const batchSpanMs = 24 * 60 * 60 * 1000;
const eventOverheadBytes = 26;
/** The more of them, the more share a sync of the service's disk. */
const batchesOnTheirWay = 4;
/** Reading pauses while this much waits to be sent. */
const queueBytes = 2 * 1024 * 1024;
/** How often at most it is written down what has been acknowledged: what was not, is asked of the service. */
const cursorEveryMs = 250;
const backoff = { firstMs: 100, lastMs: 5000 } as const;

/** Errors of a batch that no repetition would cure: it is dropped, as the awslogs driver drops it. */
const hopeless = new Set(['InvalidParameterException', 'ValidationException', 'SerializationException']);

/**
 * One container's output on its way: a reader that follows the engine, a queue of bounded size, a sender. While the
 * service makes one batch durable the next are on their way, and say that they follow: each is stored right after the one
 * before it or refused. The cursor of what was acknowledged is written now and then. A crash may lose that write, or the
 * acknowledgement itself; then lines are read and sent again, and the service, which keeps the cursors of what it stored
 * together with the events, says how far it had come.
 */
export class ContainerShipping {
  /** Resolves when the container's output has ended and is acknowledged, or when shipping was stopped. */
  readonly done: Promise<void>;
  readonly #parts: LogShipperParts;
  readonly #containerId: string;
  readonly #destination: LogDestination;
  readonly #stopping = new AbortController();
  readonly #joiner: EventJoiner | undefined;
  #joinTimer: Timer | undefined;
  #queue: Piece[] = [];
  #queuedBytes = 0;
  #queuedEvents = 0;
  #firstQueuedAtMs = 0;
  /** Up to where lines have been queued, and up to where they have been acknowledged. */
  #read: Cursors = noCursors;
  #acknowledged: Cursors = noCursors;
  /** Up to where lines are acknowledged or on their way. */
  #sent: Cursors = noCursors;
  #cursorTimer: Timer | undefined;
  #readerEnded = false;
  #startedAgain = false;
  #wakeSender: (() => void) | undefined;
  #wakeReader: (() => void) | undefined;

  /** Begins once `before`, an earlier shipping of the same container, is done. */
  constructor(parts: LogShipperParts, containerId: string, destination: LogDestination, before?: Promise<void>) {
    this.#parts = parts;
    this.#containerId = containerId;
    this.#destination = destination;
    this.#joiner = joinerOf(destination.startPattern);
    this.done = this.#run(before);
  }

  /** Whether nothing more will be read. */
  get hasEnded(): boolean {
    return this.#readerEnded;
  }

  /** The container may have been started again: its output is looked at once more when it seems to have ended. */
  followAgain(): void {
    this.#startedAgain = true;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#poke();
    await this.done;
  }

  async #run(before: Promise<void> | undefined): Promise<void> {
    await before;
    const { store } = this.#parts;
    this.#acknowledged = store.view((reader) => reader.get(logCursorTable, this.#containerId))?.cursors ?? noCursors;
    this.#read = this.#acknowledged;
    await Promise.all([this.#readAll(), this.#sendAll()]);
    if (this.#cursorTimer) await this.#writeCursors();
  }

  // --- reading

  async #readAll(): Promise<void> {
    let failures = 0;
    while (!this.#isStopped) {
      this.#startedAgain = false;
      const before = this.#read;
      try {
        await this.#readOnce();
        if (await this.#hasContainerEnded()) break;
        failures = this.#read === before ? failures + 1 : 0;
      } catch (error) {
        if (error instanceof DockerError && error.status === 404) break; // removed: there is nothing left to read
        failures += 1;
        this.#parts.log.warn('container output could not be read', {
          containerId: this.#containerId,
          failures,
          error: messageOf(error),
        });
      }
      if (failures > 0) await this.#pause(failures);
    }
    this.#joinTimer?.cancel();
    for (const event of this.#joiner?.all() ?? []) this.#queueUp(event);
    this.#readerEnded = true;
    this.#poke();
  }

  async #readOnce(): Promise<void> {
    const since = sinceOf(this.#read, this.#joinWaitMs);
    const cutter = new LineCutter(this.#joiner !== undefined);
    const known = this.#read;
    for await (const chunk of this.#parts.outputs.read(this.#containerId, since, this.#stopping.signal)) {
      if (this.#isStopped) return;
      this.#enqueue(chunk, cutter, known);
      while (this.#queuedBytes >= queueBytes && !this.#isStopped) {
        await new Promise<void>((resolve) => {
          this.#wakeReader = resolve;
        });
      }
    }
  }

  /** Queues what of a chunk lies after `known`: reading begins somewhat before that. */
  #enqueue(chunk: OutputChunk, cutter: LineCutter, known: Cursors): void {
    const { stream } = chunk;
    const pieces = cutter.cut(chunk, known[stream]);
    const last = pieces.at(-1);
    if (!last) return;
    this.#read = { ...this.#read, [stream]: last.cursor };
    for (const piece of pieces) {
      if (!this.#joiner) {
        this.#queueUp(piece);
        continue;
      }
      for (const event of this.#joiner.take(piece, this.#parts.clock.monotonicMs())) this.#queueUp(event);
      this.#joinTimer ??= this.#parts.clock.after(joinWaitMs, () => this.#queueDue());
    }
    if (this.#queue.length > 0) this.#poke();
  }

  /** How long a stream may be behind the other in what is acknowledged. */
  get #joinWaitMs(): number {
    return this.#joiner ? 2 * joinWaitMs : 0;
  }

  /** Whatever its last line was, an event is shipped when no more of it has come for a while. */
  #queueDue(): void {
    this.#joinTimer = undefined;
    if (!this.#joiner || this.#isStopped) return;
    for (const event of this.#joiner.due(this.#parts.clock.monotonicMs())) this.#queueUp(event);
    if (!this.#joiner.isEmpty) this.#joinTimer = this.#parts.clock.after(joinWaitMs / 5, () => this.#queueDue());
    if (this.#queue.length > 0) this.#poke();
  }

  #queueUp(piece: Piece): void {
    if (this.#queue.length === 0) this.#firstQueuedAtMs = this.#parts.clock.monotonicMs();
    this.#queue.push(piece);
    this.#queuedBytes += sizeOf(piece);
    this.#queuedEvents += piece.events;
  }

  async #hasContainerEnded(): Promise<boolean> {
    const container = await this.#parts.docker.inspectContainer(this.#containerId);
    if (!container) return true;
    const { Status } = container.State;
    return (Status === 'exited' || Status === 'dead') && !this.#startedAgain;
  }

  // --- sending

  async #sendAll(): Promise<void> {
    const onTheirWay: Promise<void>[] = [];
    while (await this.#isBatchDue()) {
      const sending = this.#send(this.#takeBatch(), onTheirWay.at(-1)).finally(() => {
        void onTheirWay.shift();
      });
      onTheirWay.push(sending); // they end in the order they began
      if (onTheirWay.length >= batchesOnTheirWay) await onTheirWay[0];
    }
    await onTheirWay.at(-1);
  }

  /** Waits for a batch. False when there will be none. */
  async #isBatchDue(): Promise<boolean> {
    for (;;) {
      if (this.#isStopped) return false;
      if (this.#queue.length === 0) {
        if (this.#readerEnded) return false;
        await this.#change();
        continue;
      }
      const waitMs = this.#firstQueuedAtMs + lingerMs - this.#parts.clock.monotonicMs();
      const isFull = this.#queuedBytes >= batchBytes || this.#queuedEvents >= batchEvents;
      if (waitMs <= 0 || isFull || this.#readerEnded) return true;
      await this.#change(waitMs);
    }
  }

  #takeBatch(): readonly Piece[] {
    let bytes = 0;
    let events = 0;
    let count = 0;
    let earliest = Number.POSITIVE_INFINITY;
    let latest = 0;
    for (const piece of this.#queue) {
      earliest = Math.min(earliest, piece.timestamp);
      latest = Math.max(latest, piece.timestamp);
      const isTooMuch = bytes + sizeOf(piece) > batchBytes || events + piece.events > batchEvents;
      if (latest - earliest > batchSpanMs || (count > 0 && isTooMuch)) break;
      bytes += sizeOf(piece);
      events += piece.events;
      count += 1;
    }
    const batch = this.#queue.slice(0, count);
    this.#queue = this.#queue.slice(count);
    this.#queuedBytes -= bytes;
    this.#queuedEvents -= events;
    this.#firstQueuedAtMs = this.#parts.clock.monotonicMs();
    this.#wakeReader?.();
    this.#wakeReader = undefined;
    return batch;
  }

  /** Sends a batch until it is acknowledged, after the one before it. That may be on its way still; if so, `before` is its end. */
  async #send(batch: readonly Piece[], before: Promise<void> | undefined): Promise<void> {
    let ahead = before;
    let rest = ahead ? batch : this.#notStored(batch);
    let from = ahead ? this.#sent : this.#acknowledged;
    this.#sent = cursorsAfter(rest, from);
    for (let failures = 0; !this.#isStopped; ) {
      try {
        await this.#put(rest, from, ahead !== undefined);
        break;
      } catch (error) {
        const code = codeOf(error);
        if (ahead) {
          // Whatever it was, with the one before it acknowledged this one stands for itself.
          await ahead;
          ahead = undefined;
          rest = this.#notStored(rest);
        } else if (code === 'DataAlreadyAcceptedException') {
          rest = this.#withoutStored(rest, messageOf(error));
        } else if (code !== undefined && (hopeless.has(code) || (await this.#isDestinationGone(code)))) {
          const lines = rest.reduce((sum, { events }) => sum + events, 0);
          const fields = { containerId: this.#containerId, lines, error: messageOf(error) };
          this.#parts.log.error('log lines were refused and dropped', fields);
          break;
        } else if (code !== 'ResourceNotFoundException') {
          failures += 1;
          const fields = { containerId: this.#containerId, failures, error: messageOf(error) };
          if (failures === 1 || failures % 20 === 0) this.#parts.log.warn('log lines could not be sent', fields);
          await this.#pause(failures);
        } // or else its stream has been made now
        from = this.#acknowledged;
      }
    }
    await ahead;
    if (!this.#isStopped) this.#acknowledge(rest);
  }

  async #put(pieces: readonly Piece[], from: Cursors, follows: boolean): Promise<void> {
    let batch = pieces.filter(({ events }) => events > 0);
    if (batch.length === 0) return;
    const isInOrder = batch.every(({ timestamp }, index) => timestamp >= (batch[index - 1]?.timestamp ?? 0));
    if (!isInOrder) batch = batch.toSorted((a, b) => a.timestamp - b.timestamp);
    const lines = packed(batch);
    const input = {
      logGroupName: this.#destination.group,
      logStreamName: this.#destination.stream,
      sequenceToken: tokenOf(this.#containerId, { from, to: cursorsAfter(pieces, from), follows }, lines?.runs),
      // Last, so that nothing is written after it and the body need not grow once more.
      logEvents: lines ? [{ timestamp: lines.runs[0]?.[0], message: lines.text }] : unpacked(batch),
    };
    const { region } = this.#destination;
    const output = await this.#parts.backend.call('logs', 'PutLogEvents', input, undefined, region);
    if (output['rejectedLogEventsInfo'] === undefined) return;
    const rejected = JSON.stringify(output['rejectedLogEventsInfo']);
    this.#parts.log.warn('log lines were too old to be stored', { containerId: this.#containerId, rejected });
  }

  /** What of a batch the service does not have yet, by what it says. */
  #withoutStored(pieces: readonly Piece[], message: string): readonly Piece[] {
    const stored = cursorsIn(message, this.#containerId);
    if (!stored) return [];
    this.#acknowledged = { ...this.#acknowledged, ...stored };
    return this.#notStored(pieces);
  }

  #notStored(pieces: readonly Piece[]): readonly Piece[] {
    return pieces.filter(({ stream, cursor }) => cursor > this.#acknowledged[stream]);
  }

  /** Whether the stream is missing and cannot be made. Rejections other than the service's are left to the next attempt. */
  async #isDestinationGone(code: string): Promise<boolean> {
    if (code !== 'ResourceNotFoundException') return false;
    try {
      await createDestination(this.#parts.backend, this.#destination);
      return false;
    } catch (error) {
      const { log } = this.#parts;
      log.warn('log stream could not be made', { containerId: this.#containerId, error: messageOf(error) });
      if (codeOf(error) === 'ResourceNotFoundException') return true;
      await this.#pause(1);
      return false;
    }
  }

  /** Nothing waits until this is written: should it be lost, the service says how far it had come. */
  #acknowledge(pieces: readonly Piece[]): void {
    this.#acknowledged = cursorsAfter(pieces, this.#acknowledged);
    this.#cursorTimer ??= this.#parts.clock.after(cursorEveryMs, () => void this.#writeCursors());
  }

  async #writeCursors(): Promise<void> {
    this.#cursorTimer?.cancel();
    this.#cursorTimer = undefined;
    const record = { containerId: this.#containerId, cursors: this.#acknowledged };
    const { store, outputs, log } = this.#parts;
    try {
      await store.updateUnhurried((tx) => tx.put(logCursorTable, record));
    } catch (error) {
      log.warn('log cursor could not be written', { containerId: this.#containerId, error: messageOf(error) });
      return;
    }
    const since = sinceOf(record.cursors, this.#joinWaitMs);
    if (since !== undefined) outputs.release(this.#containerId, since);
  }

  // --- waiting

  get #isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  #pause(failures: number): Promise<void> {
    const delayMs = Math.min(backoff.lastMs, backoff.firstMs * 2 ** (failures - 1));
    return this.#parts.clock.sleep(delayMs, this.#stopping.signal);
  }

  /** Resolves when something changes for the sender, or after `timeoutMs`. */
  #change(timeoutMs?: number): Promise<void> {
    return new Promise((resolve) => {
      let timer: Timer | undefined;
      this.#wakeSender = () => {
        timer?.cancel();
        this.#wakeSender = undefined;
        resolve();
      };
      if (timeoutMs !== undefined) timer = this.#parts.clock.after(timeoutMs, () => this.#wakeSender?.());
    });
  }

  #poke(): void {
    this.#wakeSender?.();
    if (this.#isStopped) this.#wakeReader?.();
  }
}

/** As PutLogEvents counts. */
function sizeOf({ bytes, events }: Piece): number {
  return bytes + events * eventOverheadBytes;
}

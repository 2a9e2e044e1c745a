import { assert } from '../../core/assert.ts';
import type { Instant } from '../../core/instant.ts';
import type { Clock, Timer } from '../world.ts';

/**
 * Virtual time: a queue of events ordered by (time, insertion). Nothing passes but by taking the next event, so an hour
 * costs what happens in it, and the same program with the same seed takes the same events in the same order.
 *
 * Who takes the events:
 * - A driver: `await clock.run(untilMs)`, `advance(byMs)` or `runUntil(predicate)`. Only a driver moves time. Between
 *   two events it lets the promise continuations of the first come to rest (`settle`).
 * - With `dueRunsByItself` (what openSimStore gives to operation tests), events due at the present instant, `soon`
 *   above all, also run without a driver, one promise turn later, so a test writes `await store.update(…)` and no more.
 *
 * Promise continuations run in the order the language fixes, so order is deterministic in both modes, as long as
 * nothing in the program awaits the real world. By default the clock waits a fixed number of promise turns after each
 * event, which pure code can do anywhere; a host that can run continuations until none is left passes `turns`, which is
 * exact and many times faster.
 */
export class SimClock implements Clock {
  readonly #queue = new EventQueue();
  readonly #startAt: Instant;
  readonly #dueRunsByItself: boolean;
  readonly #turns: HostTurns | undefined;
  #nowMs = 0;
  #wallOffsetMs = 0;
  #eventsAtThisInstant = 0;
  #eventsTaken = 0;
  #driving = false;
  #pumpScheduled = false;

  constructor(options: SimClockOptions = {}) {
    this.#startAt = options.startAt ?? simEpoch;
    this.#dueRunsByItself = options.dueRunsByItself ?? false;
    this.#turns = options.turns;
  }

  now(): Instant {
    return this.#startAt + Math.floor(this.#nowMs) + this.#wallOffsetMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, action: () => void): Timer {
    assert(!Number.isNaN(delayMs), 'a delay is a number');
    const event = this.#queue.add(this.#nowMs + (delayMs > 0 ? Math.max(shortestDelayMs, delayMs) : 0), action);
    if (event.atMs === this.#nowMs) this.#schedulePump();
    return {
      cancel: () => {
        event.action = undefined;
      },
    };
  }

  soon(action: () => void): void {
    this.#queue.add(this.#nowMs, action);
    this.#schedulePump();
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, delayMs, signal);
  }

  /** Makes wall time jump, forward or back, as an operator or NTP would. Durations are not touched. */
  jumpWall(byMs: number): void {
    this.#wallOffsetMs += byMs;
  }

  /** Events taken so far: a measure of work, and of whether two runs went the same way. */
  get eventsTaken(): number {
    return this.#eventsTaken;
  }

  /** Takes events until none is left or the next is later than `untilMs` (monotonic); time then stands at `untilMs`. */
  async run(untilMs = Number.POSITIVE_INFINITY): Promise<void> {
    await this.#drive(untilMs, () => false);
    if (Number.isFinite(untilMs)) this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  /** Lets this much time pass, or less when `isOver` holds before. */
  async advance(byMs: number, isOver: () => boolean = () => false): Promise<void> {
    const untilMs = this.#nowMs + byMs;
    const endedEarly = await this.#drive(untilMs, isOver);
    if (!endedEarly) this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  /** Takes events until the predicate holds, asked after each event. Throws when it does not within `limitMs`. */
  async runUntil(predicate: () => boolean, limitMs = 3_600_000): Promise<void> {
    const held = await this.#drive(this.#nowMs + limitMs, predicate);
    assert(held, `what is waited for happens within ${limitMs} ms of virtual time: ${predicate.toString()}`);
  }

  /** Drives until the promise settles and gives what it gave. Throws when it does not settle within `limitMs`. */
  async runUntilSettled<T>(promise: Promise<T>, limitMs = 3_600_000): Promise<T> {
    let settled = false;
    const note = (): void => {
      settled = true;
    };
    promise.then(note, note);
    const held = await this.#drive(this.#nowMs + limitMs, () => settled);
    assert(held, `the promise settles within ${limitMs} ms of virtual time`);
    return await promise;
  }

  /** Runs what is due at the present instant, and what that makes due, without letting time pass. */
  async settle(): Promise<void> {
    await this.#drive(this.#nowMs, () => false);
  }

  async #drive(untilMs: number, predicate: () => boolean): Promise<boolean> {
    assert(!this.#driving, 'one driver at a time moves virtual time');
    this.#driving = true;
    try {
      return await (this.#turns
        ? this.#driveInTurn(this.#turns, untilMs, predicate)
        : this.#drivePatiently(untilMs, predicate));
    } finally {
      this.#driving = false;
    }
  }

  #driveInTurn(turns: HostTurns, untilMs: number, predicate: () => boolean): Promise<boolean> {
    const drive = (): boolean => {
      turns.finishContinuations();
      while (!predicate()) {
        const event = this.#queue.takeUntil(untilMs);
        if (!event) return false;
        this.#take(event);
        turns.finishContinuations();
      }
      return true;
    };
    return new Promise((resolve, reject) => {
      turns.begin(() => {
        try {
          resolve(drive());
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
  }

  async #drivePatiently(untilMs: number, predicate: () => boolean): Promise<boolean> {
    await settleTurns();
    while (!predicate()) {
      let event = this.#queue.takeUntil(untilMs);
      if (!event) {
        // Before it is said that nothing more comes, continuations longer than one settling get to their end.
        for (let round = 0; round < lastRounds && !predicate(); round += 1) await settleTurns();
        if (predicate()) return true;
        event = this.#queue.takeUntil(untilMs);
        if (!event) return false;
      }
      this.#take(event);
      await settleTurns();
    }
    return true;
  }

  #take(event: QueuedEvent): void {
    this.#eventsAtThisInstant = event.atMs > this.#nowMs ? 1 : this.#eventsAtThisInstant + 1;
    assert(this.#eventsAtThisInstant < 1_000_000, 'the program comes to rest within one instant');
    this.#nowMs = Math.max(this.#nowMs, event.atMs);
    this.#eventsTaken += 1;
    event.action?.();
  }

  #schedulePump(): void {
    if (!this.#dueRunsByItself || this.#pumpScheduled) return;
    this.#pumpScheduled = true;
    void Promise.resolve().then(() => {
      this.#pumpScheduled = false;
      const event = this.#queue.takeUntil(this.#nowMs);
      if (!event) return;
      this.#schedulePump();
      this.#take(event);
    });
  }
}

export interface SimClockOptions {
  /** Wall time at the beginning. */
  readonly startAt?: Instant;
  /** Whether events due at the present instant run without a driver. */
  readonly dueRunsByItself?: boolean;
  /** How the host lets promise continuations come to rest, where it can. */
  readonly turns?: HostTurns;
}

/** What a host must be able to do so that the clock can run continuations to their end without waiting for it. */
export interface HostTurns {
  /** Runs the action later, outside every promise continuation. */
  readonly begin: (action: () => void) => void;
  /** Called within such an action: runs promise continuations until none is left. */
  readonly finishContinuations: () => void;
}

/** 2026-01-01T00:00:00Z. */
export const simEpoch: Instant = 1_767_225_600_000;

/** The body of Clock.sleep for any clock with `after`. */
export function sleepOn(clock: Pick<Clock, 'after'>, delayMs: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const wake = (): void => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    };
    const timer = clock.after(delayMs, wake);
    const onAbort = (): void => {
      timer.cancel();
      wake();
    };
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/**
 * What is left of a wait may be less than the next number after the present time: a program that sleeps it and looks again
 * would do so for ever, where a real timer takes at least a millisecond.
 */
const shortestDelayMs = 1 / 1024;

/** Enough for every chain of awaits met so far; a longer one goes on at the next event, in the same order each run. */
const promiseTurns = 64;
const lastRounds = 200;

async function settleTurns(): Promise<void> {
  for (let turn = 0; turn < promiseTurns; turn += 1) await Promise.resolve();
}

interface QueuedEvent {
  readonly atMs: number;
  readonly order: number;
  /** Undefined once cancelled. */
  action: (() => void) | undefined;
}

/** A binary heap; cancelled events stay until they come up. */
class EventQueue {
  readonly #heap: QueuedEvent[] = [];
  #added = 0;

  add(atMs: number, action: () => void): QueuedEvent {
    const event = { atMs, order: this.#added, action };
    this.#added += 1;
    this.#rise(this.#heap.length, event);
    return event;
  }

  /** The next event that was not cancelled, taken out, or undefined when that is later than `untilMs`. */
  takeUntil(untilMs: number): QueuedEvent | undefined {
    for (;;) {
      const first = this.#heap[0];
      if (!first || (first.action && first.atMs > untilMs)) return undefined;
      const last = this.#heap.pop();
      if (last && last !== first) this.#sink(last);
      if (first.action) return first;
    }
  }

  /** Places the event at `from` or above. */
  #rise(from: number, event: QueuedEvent): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = this.#heap[parent];
      if (!above || isBefore(above, event)) break;
      this.#heap[at] = above;
      at = parent;
    }
    this.#heap[at] = event;
  }

  /** Places the event at the top or below. */
  #sink(event: QueuedEvent): void {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      let below = this.#heap[child];
      const right = this.#heap[child + 1];
      if (below && right && isBefore(right, below)) {
        child += 1;
        below = right;
      }
      if (!below || isBefore(event, below)) break;
      this.#heap[at] = below;
      at = child;
    }
    this.#heap[at] = event;
  }
}

function isBefore(one: QueuedEvent, other: QueuedEvent): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
}

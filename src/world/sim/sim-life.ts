import type { Instant } from '../../core/instant.ts';
import type { Clock, Timer } from '../world.ts';
import { type SimClock, sleepOn } from './sim-clock.ts';

/**
 * One run of a process on a simulated host: its clock, and what else ends with it. After `end` nothing that the process
 * asked for comes back to it: timers do not fire, promises of the ports stay pending. That is what a crash is to the
 * code inside, and why a crash needs no help from it.
 */
export class SimLife implements Clock {
  readonly host: string;
  readonly #clock: SimClock;
  readonly #wallSkewMs: number;
  readonly #endings = new Set<(ending: Ending) => void>();
  #alive = true;

  constructor(clock: SimClock, host: string, wallSkewMs = 0) {
    this.#clock = clock;
    this.host = host;
    this.#wallSkewMs = wallSkewMs;
  }

  get isAlive(): boolean {
    return this.#alive;
  }

  end(ending: Ending): void {
    if (!this.#alive) return;
    this.#alive = false;
    for (const listener of this.#endings) listener(ending);
    this.#endings.clear();
  }

  /** Runs when the life ends; what is returned takes it back. */
  onEnd(listener: (ending: Ending) => void): () => void {
    this.#endings.add(listener);
    return () => this.#endings.delete(listener);
  }

  now(): Instant {
    return this.#clock.now() + this.#wallSkewMs;
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs();
  }

  after(delayMs: number, action: () => void): Timer {
    return this.#clock.after(delayMs, () => this.#run(action));
  }

  soon(action: () => void): void {
    this.#clock.soon(() => this.#run(action));
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, delayMs, signal);
  }

  /** Resolves to the life after `delayMs`; without delay at the present instant, after what is queued. */
  pass(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      if (delayMs > 0) this.after(delayMs, resolve);
      else this.soon(resolve);
    });
  }

  #run(action: () => void): void {
    if (this.#alive) action();
  }
}

/** How a life ends: the process is killed, or the machine under it loses power. */
export type Ending = 'process' | 'machine';

/** What the dead are answered. Each has its own: one for all would hold on to all that ever waited for it. */
export function never(): Promise<never> {
  return new Promise<never>(() => undefined);
}

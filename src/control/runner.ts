import type { Store } from '../store/store.ts';
import type { Clock, Log, Timer } from '../world/world.ts';
import type { LookAgain, Reconciler } from './reconciler.ts';

/** How long a key that failed waits: doubling from the first to the last. */
const backoff = { firstMs: 50, lastMs: 30_000 } as const;
const resyncEveryMs = 60_000;

/**
 * Runs reconcilers: each changed record wakes keys, a key waits in its queue once however often it is woken, and
 * every key is looked at again once a minute. One transaction per key.
 */
export class Runner {
  readonly #parts: RunnerParts;
  #queued: Entry[] = [];
  /** By reconciler and key, those that are queued, wait or have failed. */
  readonly #entries = new Map<Reconciler, Map<string, Entry>>();
  readonly #stopWatching: (() => void)[] = [];
  #resyncTimer: Timer | undefined;
  #scheduled = false;
  #working: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  start(): void {
    const { store, reconcilers } = this.#parts;
    for (const reconciler of reconcilers) {
      for (const wake of reconciler.wakes) {
        const stop = store.watch(wake.table, (changedKey) => {
          for (const key of store.view((reader) => [...wake.keys(reader, changedKey)])) this.#enqueue(reconciler, key);
        });
        this.#stopWatching.push(stop);
      }
    }
    this.#resync();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const stop of this.#stopWatching) stop();
    for (const entries of this.#entries.values()) for (const { timer } of entries.values()) timer?.cancel();
    this.#resyncTimer?.cancel();
    this.#queued = [];
    await this.#working;
  }

  #resync(): void {
    for (const reconciler of this.#parts.reconcilers) {
      for (const key of this.#parts.store.view((reader) => [...reconciler.all(reader)])) this.#enqueue(reconciler, key);
    }
    this.#resyncTimer = this.#parts.clock.after(resyncEveryMs, () => this.#resync());
  }

  #enqueue(reconciler: Reconciler, key: string): void {
    if (this.#stopped) return;
    const entry = this.#entryOf(reconciler, key);
    // A commit of a hundred tasks wakes the service that they are of a hundred times.
    if (entry.isQueued) return;
    entry.timer?.cancel();
    entry.timer = undefined;
    entry.isQueued = true;
    this.#queued.push(entry);
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#parts.clock.soon(() => {
      this.#scheduled = false;
      this.#work();
    });
  }

  #entryOf(reconciler: Reconciler, key: string): Entry {
    let entries = this.#entries.get(reconciler);
    if (!entries) this.#entries.set(reconciler, (entries = new Map()));
    let entry = entries.get(key);
    if (!entry) {
      entry = { reconciler, key, isQueued: false, running: 0, timer: undefined, failures: 0 };
      entries.set(key, entry);
    }
    return entry;
  }

  /** Takes all that is queued. The transactions run at once and share one commit; only failures come back here later. */
  #work(): void {
    const batch = this.#queued;
    this.#queued = [];
    for (const entry of batch) entry.isQueued = false;
    const rounds = batch.map(async (entry) => {
      const { reconciler, key } = entry;
      entry.running += 1;
      let again: LookAgain | undefined;
      try {
        again = await this.#parts.store.update((tx, env) => reconciler.reconcile(tx, env, key));
        entry.failures = 0;
      } catch (error) {
        // Not swallowed: logged, and the key is tried again, later each time, as the level-triggered way demands.
        entry.failures += 1;
        again = { afterMs: Math.min(backoff.firstMs * 2 ** (entry.failures - 1), backoff.lastMs) };
        this.#parts.log.error('reconcile failed', {
          reconciler: reconciler.name,
          key,
          failures: entry.failures,
          error: String(error instanceof Error ? error.stack : error),
        });
      }
      entry.running -= 1;
      if (again && !this.#stopped && !entry.isQueued) {
        entry.timer?.cancel();
        entry.timer = this.#parts.clock.after(again.afterMs, () => this.#enqueue(reconciler, key));
      }
      this.#forgetIdle(entry);
    });
    this.#working = Promise.all([this.#working, ...rounds]).then(() => undefined);
  }

  #forgetIdle({ reconciler, key, isQueued, running, timer, failures }: Entry): void {
    if (isQueued || running > 0 || timer || failures > 0) return;
    this.#entries.get(reconciler)?.delete(key);
  }
}

/** One key of one reconciler, while there is something to remember of it. */
interface Entry {
  readonly reconciler: Reconciler;
  readonly key: string;
  isQueued: boolean;
  /** Its rounds whose changes are not durable yet. */
  running: number;
  /** When it is looked at again. */
  timer: Timer | undefined;
  failures: number;
}

export interface RunnerParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly reconcilers: readonly Reconciler[];
}

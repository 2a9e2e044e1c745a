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
  readonly #queued = new Map<string, { readonly reconciler: Reconciler; readonly key: string }>();
  readonly #timers = new Map<string, Timer>();
  readonly #failures = new Map<string, number>();
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
    for (const timer of this.#timers.values()) timer.cancel();
    this.#resyncTimer?.cancel();
    this.#queued.clear();
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
    const id = `${reconciler.name}/${key}`;
    this.#timers.get(id)?.cancel();
    this.#timers.delete(id);
    this.#queued.set(id, { reconciler, key });
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#parts.clock.soon(() => {
      this.#scheduled = false;
      this.#work();
    });
  }

  /** Takes all that is queued. The transactions run at once and share one commit; only failures come back here later. */
  #work(): void {
    const batch = [...this.#queued];
    this.#queued.clear();
    const rounds = batch.map(async ([id, { reconciler, key }]) => {
      let again: LookAgain | undefined;
      try {
        again = await this.#parts.store.update((tx, env) => reconciler.reconcile(tx, env, key));
        this.#failures.delete(id);
      } catch (error) {
        // Not swallowed: logged, and the key is tried again, later each time, as the level-triggered way demands.
        const failures = (this.#failures.get(id) ?? 0) + 1;
        this.#failures.set(id, failures);
        again = { afterMs: Math.min(backoff.firstMs * 2 ** (failures - 1), backoff.lastMs) };
        this.#parts.log.error('reconcile failed', {
          reconciler: reconciler.name,
          key,
          failures,
          error: String(error instanceof Error ? error.stack : error),
        });
      }
      if (again && !this.#stopped && !this.#queued.has(id)) {
        this.#timers.get(id)?.cancel();
        this.#timers.set(
          id,
          this.#parts.clock.after(again.afterMs, () => this.#enqueue(reconciler, key)),
        );
      }
    });
    this.#working = Promise.all([this.#working, ...rounds]).then(() => undefined);
  }
}

export interface RunnerParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly reconcilers: readonly Reconciler[];
}

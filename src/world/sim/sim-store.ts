import { Store } from '../../store/store.ts';
import type { Derivation, Projection, Table } from '../../store/table.ts';
import { MemoryJournal } from './memory-journal.ts';
import { SimClock } from './sim-clock.ts';
import { SimRandom } from './sim-random.ts';

/**
 * A real Store over a journal in memory, in one line, for tests:
 *
 *   const { store } = await openSimStore({ tables: [clusters] });
 *   await store.update((tx) => tx.put(clusters, cluster));
 *
 * The clock's `soon` runs by itself, so updates need no driver. Time stands still until the test moves it:
 * `await clock.advance(60_000)`. `reopen()` gives the store as a server would find it after a crash at this moment.
 */
export async function openSimStore(options: SimStoreOptions): Promise<SimStore> {
  const clock = options.clock ?? new SimClock({ dueRunsByItself: true });
  const random = new SimRandom(options.seed ?? 1);
  const journal = new MemoryJournal(clock);
  const open = (): Promise<Store> =>
    Store.open({
      journal: journal.open(),
      clock,
      random,
      tables: options.tables,
      projections: options.projections ?? [],
      derivations: options.derivations ?? [],
    });
  return {
    store: await open(),
    clock,
    random,
    journal,
    run: (untilMs) => clock.run(untilMs),
    reopen: () => {
      journal.crash();
      return open();
    },
  };
}

export interface SimStoreOptions {
  readonly tables: readonly Table<never>[];
  readonly projections?: readonly Projection<never, unknown>[];
  readonly derivations?: readonly Derivation[];
  readonly seed?: string | number;
  readonly clock?: SimClock;
}

export interface SimStore {
  readonly store: Store;
  readonly clock: SimClock;
  readonly random: SimRandom;
  readonly journal: MemoryJournal;
  /** Takes events until none is left or time reaches `untilMs`. */
  readonly run: (untilMs?: number) => Promise<void>;
  /** Crashes the server and opens its journal again; the old store must not be used any more. */
  readonly reopen: () => Promise<Store>;
}

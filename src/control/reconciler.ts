import type { Env, Reader, Transaction } from '../store/store.ts';
import type { Table } from '../store/table.ts';

/**
 * Writes what comes next for one key, from the state alone and never from an event: run twice it writes nothing the
 * second time. It runs as one transaction, so it is synchronous; what must touch the outside is an edge, not this.
 */
export interface Reconciler {
  readonly name: string;
  /** Which changes wake which keys. `keys` reads the state after the change; the changed record may be gone. */
  readonly wakes: readonly Wake[];
  /** Every key, for the slow full scan that makes a missed wake harmless. */
  readonly all: (reader: Reader) => Iterable<string>;
  /** Returns the time after which to look again, where something is due by time alone. */
  readonly reconcile: (tx: Transaction, env: Env, key: string) => LookAgain | undefined;
}

export interface Wake {
  readonly table: Table<never>;
  readonly keys: (reader: Reader, changedKey: string) => Iterable<string>;
}

export interface LookAgain {
  readonly afterMs: number;
}

import type { Env, Transaction } from './store.ts';

/**
 * A kind of record: how it is named, keyed and found. Records are plain JSON values, replaced and never edited.
 * `Index` is the union of its index names.
 */
export interface Table<Record extends object, Index extends string = string> {
  /** Unique in the store, `service.things`, and for ever: the journal knows records by it. */
  readonly name: string;
  readonly key: (record: Record) => string;
  /** For each index, the value or values under which a record is found; undefined leaves it out. */
  readonly indexes: { readonly [name in Index]: (record: Record) => string | readonly string[] | undefined };
  /** The records themselves where there is none. */
  readonly stored?: StoredForm<Record>;
}

/** How the journal keeps records in less room than they take when all they say is written out. Plain JSON either way. */
export interface StoredForm<Record extends object> {
  readonly pack: (record: Record) => object;
  /**
   * The JSON text of what pack() gives, where there is a quicker way to it: `textOf` gives the text of another record as
   * the journal keeps it, which is at hand where the same transaction has written that record.
   */
  readonly text?: (record: Record, textOf: TextOf) => string;
  /** Made anew for each reading of the journal, so that its records can share what is equal in them. */
  readonly reader: () => (key: string, stored: object) => object;
}

export type TextOf = <Record extends object>(table: Table<Record>, record: Record) => string;

export function table<Record extends object>() {
  return <Index extends string>(definition: Table<Record, Index>): Table<Record, Index> => definition;
}

/**
 * A value derived from the records of one table and kept in step with them: `apply` is called for every record that
 * comes (no before), changes, or goes (no after), inside the same transaction and in reverse when it is undone. Sums
 * that would otherwise be stored twice (what is reserved on a host) live here. Never journaled; rebuilt by loading.
 */
export interface Projection<Record extends object, State> {
  readonly of: Table<Record, string>;
  readonly create: () => State;
  /** Written as a method so that projections of different records can stand in one list. */
  apply(state: State, before: Record | undefined, after: Record | undefined): void;
}

export function projection<Record extends object, State>(
  definition: Projection<Record, State>,
): Projection<Record, State> {
  return definition;
}

/**
 * What follows from changes and must be neither lost nor doubled: written at the end of the very transaction that made
 * them, so that both are durable or neither is. One place sees every change of a table, whoever writes it.
 */
export interface Derivation {
  /** The tables whose changes it is told of; it must not write to them. */
  readonly of: readonly Table<never>[];
  /** Called once per transaction that changed records of these tables, with each changed record once. */
  readonly derive: (tx: Transaction, env: Env, changes: readonly RecordChange[]) => void;
}

/** A record as the transaction found it (none: it is new) and as it leaves it (none: it is gone). */
export interface RecordChange {
  readonly table: string;
  readonly before: object | undefined;
  readonly after: object | undefined;
}

/** The record before and after, in the type of its table; undefined when the change is of another. */
export function changeOf<Record extends object>(
  table: Table<Record>,
  change: RecordChange,
): { readonly before: Record | undefined; readonly after: Record | undefined } | undefined {
  if (change.table !== table.name) return undefined;
  // The store keeps records by the name of their table: under this name there are no others.
  return { before: change.before as Record | undefined, after: change.after as Record | undefined };
}

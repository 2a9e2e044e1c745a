/**
 * Where changes are made durable. The port of the store: SQLite and etcd implement it in world/real, memory in world/sim.
 * One server owns a journal at a time; opening one that is owned fails with JournalError.
 */
export interface Journal {
  /** Every record of the last durable state, once, in no particular order. */
  load(): Promise<Iterable<StoredBatch>>;
  /**
   * Makes a group of changes durable, all or none, after all earlier groups. Rejects only when nothing of it will survive;
   * with the code ENOSPC where the disk is full.
   */
  commit(changes: readonly StoredChange[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Records of one table, many at a time: what costs something for each piece of text, from the journal's engine to the
 * parser of JSON, is paid once for all of them.
 */
export interface StoredBatch {
  readonly table: string;
  readonly keys: readonly string[];
  /** The records as the JSON text of one array, in the order of their keys. */
  readonly records: string;
}

export interface StoredRecord {
  readonly table: string;
  readonly key: string;
  /** The record as JSON text. */
  readonly value: string;
}

export interface StoredChange {
  readonly table: string;
  readonly key: string;
  /** The new record as JSON text; undefined deletes. */
  readonly value: string | undefined;
}

/** The journal cannot be used: owned by another process, missing its tail, from a newer version, unreadable. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
}

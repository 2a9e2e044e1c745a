import { assert } from '../core/assert.ts';
import { equal } from '../core/equal.ts';
import { asUuid, hex } from '../core/hex.ts';
import type { Instant } from '../core/instant.ts';
import type { Clock, Random, Timer } from '../world/world.ts';
import { AppliedTransaction, ChangeGroup } from './applied-transaction.ts';
import type { Journal } from './journal.ts';
import { readRecords } from './read-records.ts';
import { TableState } from './table-state.ts';
import type { Derivation, Projection, Table } from './table.ts';

/** Reads of one consistent moment. */
export interface Reader {
  get<R extends object>(table: Table<R>, key: string): R | undefined;
  /** Records in key order, after `afterKey` where given. */
  list<R extends object>(table: Table<R>, afterKey?: string): Iterable<R>;
  /** Records found under one value of an index, in key order, after `afterKey` where given. */
  find<R extends object, I extends string>(table: Table<R, I>, index: I, value: string, afterKey?: string): Iterable<R>;
  count<R extends object, I extends string>(table: Table<R, I>, index: I, value: string): number;
  /** The derived value; for reading only. */
  projected<R extends object, S>(projection: Projection<R, S>): S;
}

/** Reads and writes of one transaction. Writes are seen at once by its own later reads. */
export interface Transaction extends Reader {
  /** Adds or replaces. Putting a record equal to the present one is no write. */
  put<R extends object>(table: Table<R>, record: R): void;
  delete<R extends object>(table: Table<R>, key: string): void;
}

/** Time and chance of one transaction, fixed before it runs: it gives the same writes if it is replayed. */
export interface Env {
  /** Never before an earlier transaction's, whatever the wall clock does. */
  readonly now: Instant;
  /** 32 lower-case hex digits, as AWS's task ids. */
  newId(): string;
  /** 8-4-4-4-12 lower-case hex digits, as AWS's container and attachment ids. */
  newUuid(): string;
  readonly random: Random;
}

/** The journal refused a group of changes: nothing of this transaction is kept, in memory or on disk. */
export class CommitFailed extends Error {
  override readonly name = 'CommitFailed';
}

/**
 * One in-memory state, written only inside synchronous transactions. A transaction runs to its end alone, so there are
 * no locks; its changes go to the journal in groups, and the promise it gives resolves once they are durable.
 */
export class Store {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #tables = new Map<string, TableState>();
  readonly #projections = new Map<Projection<never, unknown>, unknown>();
  readonly #derivations: readonly (Pick<Derivation, 'derive'> & { readonly tables: ReadonlySet<TableState> })[];
  readonly #watchers = new Map<string, Set<(key: string) => void>>();
  readonly #reader: Reader;
  /** Applied in memory, in order, not yet durable. The first `#inFlight` of them are being committed. */
  #pending: AppliedTransaction[] = [];
  #inFlight = 0;
  #flushScheduled = false;
  #unhurried: Timer | undefined;
  #lastNow: Instant = 0;
  #broken: Error | undefined;

  private constructor(parts: StoreParts) {
    this.#journal = parts.journal;
    this.#clock = parts.clock;
    this.#random = parts.random;
    for (const table of parts.tables) {
      assert(!this.#tables.has(table.name), `table name ${table.name} is used once`);
      this.#tables.set(table.name, new TableState(table));
    }
    for (const projection of parts.projections) {
      const state = projection.create();
      this.#projections.set(projection, state);
      this.#state(projection.of).project((before, after) => projection.apply(state, before as never, after as never));
    }
    this.#derivations = (parts.derivations ?? []).map(({ of, derive }) => ({
      tables: new Set(of.map((table) => this.#state(table))),
      derive,
    }));
    this.#reader = {
      get: (table, key) => this.#state(table).get(key) as never,
      list: (table, afterKey) => this.#state(table).list(afterKey) as never,
      find: (table, index, value, afterKey) => this.#state(table).find(index, value, afterKey) as never,
      count: (table, index, value) => this.#state(table).count(index, value),
      projected: (projection) => {
        const state = this.#projections.get(projection as never);
        // Asked for several times in each decision of placement: the words are made when they are needed.
        if (state === undefined) assert(false, `projection of ${projection.of.name} is registered`);
        return state as never;
      },
    };
  }

  /** Loads the journal. Rejects with JournalError when it cannot be used. */
  static async open(parts: StoreParts): Promise<Store> {
    const store = new Store(parts);
    readRecords(await parts.journal.load(), (name) => {
      const state = store.#tables.get(name);
      assert(state, `table ${name} of the journal is known to this version`);
      return state;
    });
    return store;
  }

  /** Reads. What is read may not be durable yet: whoever tells the outside waits for `durable()` first. */
  view<T>(read: (reader: Reader) => T): T {
    return read(this.#reader);
  }

  /**
   * Runs one transaction. Throws nothing of its own: what `write` throws rejects the promise, with nothing written.
   * Rejects with CommitFailed when the journal could not take it.
   */
  async update<T>(write: (tx: Transaction, env: Env) => T): Promise<T> {
    if (this.#broken) throw this.#broken;
    const applied = new AppliedTransaction(this.#stateOf);
    const result = this.#run(applied, write);
    if (applied.changes.length === 0) {
      await this.durable();
      return result;
    }
    this.#pending.push(applied);
    this.#scheduleFlush();
    await applied.outcome;
    return result;
  }

  /**
   * The same for what can be found out again: it goes with the next commit that somebody waits for, and comes without one
   * a moment later. Read at once, like all that is written; watchers hear of it when it is durable.
   */
  async updateUnhurried(write: (tx: Transaction, env: Env) => void): Promise<void> {
    if (this.#broken) throw this.#broken;
    const applied = new AppliedTransaction(this.#stateOf);
    this.#run(applied, write);
    if (applied.changes.length === 0) return;
    this.#pending.push(applied);
    this.#unhurried ??= this.#clock.after(unhurriedMs, () => this.#scheduleFlush());
    await applied.outcome;
  }

  /** Resolves when everything that can be read now is durable. */
  async durable(): Promise<void> {
    const last = this.#pending.at(-1);
    if (!last) return;
    this.#scheduleFlush();
    await last.outcome;
  }

  /**
   * Calls with the key of each record of the table that changed, after the change is durable. Keys and not records, so
   * that whoever is woken reads the state of now. Returns what ends the watch.
   */
  watch<R extends object>(table: Table<R>, listener: (key: string) => void): () => void {
    this.#state(table);
    const listeners = this.#watchers.get(table.name) ?? new Set();
    this.#watchers.set(table.name, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** Waits for what is under way and closes the journal. */
  async close(): Promise<void> {
    this.#broken = new CommitFailed('the store is closed');
    await this.durable().catch(() => undefined); // its own caller has been told
    await this.#journal.close();
  }

  #run<T>(applied: AppliedTransaction, write: (tx: Transaction, env: Env) => T): T {
    const transaction: Transaction = {
      ...this.#reader,
      put: (table, record) => {
        assert(!applied.ended, 'a transaction is used only while it runs');
        const state = this.#state(table);
        const key = table.key(record);
        const before = state.get(key);
        if (before === record || (before && equal(before, record))) return;
        state.set(key, record);
        applied.note(state, key, before, record);
      },
      delete: (table, key) => {
        assert(!applied.ended, 'a transaction is used only while it runs');
        const state = this.#state(table);
        const before = state.get(key);
        if (!before) return;
        state.set(key, undefined);
        applied.note(state, key, before, undefined);
      },
    };
    try {
      const env = this.#env();
      const result = write(transaction, env);
      assert(!(result instanceof Promise), 'a transaction is synchronous');
      applied.writeOut(transactionLimit);
      this.#derive(applied, transaction, env);
      applied.writeOut(journalLimit);
      applied.ended = true;
      return result;
    } catch (error) {
      this.#undo(applied);
      throw error;
    }
  }

  #derive(applied: AppliedTransaction, transaction: Transaction, env: Env): void {
    for (const { tables, derive } of this.#derivations) {
      const changes = applied.changes.filter(({ state }) => tables.has(state));
      if (changes.length === 0) continue;
      const written = applied.writes(tables);
      derive(transaction, env, changes);
      assert(applied.writes(tables) === written, 'a derivation does not write to the tables it derives from');
    }
  }

  #env(): Env {
    const now = Math.max(this.#clock.now(), this.#lastNow);
    this.#lastNow = now;
    const newId = (): string => hex(this.#random.bytes(16));
    const newUuid = (): string => asUuid(newId());
    return { now, newId, newUuid, random: this.#random };
  }

  #undo(applied: AppliedTransaction): void {
    for (const change of applied.changes.toReversed()) change.state.set(change.key, change.before);
  }

  #scheduleFlush(): void {
    this.#unhurried?.cancel();
    this.#unhurried = undefined;
    if (this.#flushScheduled || this.#inFlight > 0) return;
    this.#flushScheduled = true;
    this.#clock.soon(() => {
      this.#flushScheduled = false;
      void this.#flush();
    });
  }

  /** Commits as many waiting transactions as fit one group. One group is in flight at a time. */
  async #flush(): Promise<void> {
    const group = new ChangeGroup();
    let bytes = 0;
    let count = 0;
    for (const applied of this.#pending) {
      if (
        count > 0 &&
        (group.changes.length + applied.changes.length > groupLimit.changes || bytes + applied.bytes > groupLimit.bytes)
      )
        break;
      for (const change of applied.changes) group.add(change);
      bytes += applied.bytes;
      count += 1;
    }
    this.#inFlight = count;
    try {
      await this.#journal.commit(group.changes);
    } catch (error) {
      this.#giveUpPending(error);
      return;
    }
    const committed = this.#pending.splice(0, count);
    this.#inFlight = 0;
    if (this.#pending.length > 0) this.#scheduleFlush();
    for (const applied of committed) applied.resolve();
    for (const { table, key } of group.changes) {
      for (const listener of this.#watchers.get(table) ?? []) listener(key);
    }
  }

  /** A later transaction may have read what an earlier one wrote, so all that wait go back, newest first. */
  #giveUpPending(cause: unknown): void {
    const given = this.#pending.splice(0);
    this.#inFlight = 0;
    for (const applied of given.toReversed()) this.#undo(applied);
    for (const applied of given)
      applied.reject(new CommitFailed('the journal could not make the change durable', { cause }));
  }

  readonly #stateOf = (table: Table<never>): TableState => this.#state(table);

  #state<R extends object>(table: Table<R>): TableState {
    const state = this.#tables.get(table.name);
    assert(state, `table ${table.name} is registered`);
    return state;
  }
}

export interface StoreParts {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly random: Random;
  readonly tables: readonly Table<never>[];
  readonly projections: readonly Projection<never, unknown>[];
  readonly derivations?: readonly Derivation[];
}

/** What one transaction may write: the smallest journal (an etcd transaction) takes 128 operations and 1.5 MiB. */
export const transactionLimit = { changes: 120, bytes: 1024 * 1024 } as const;

/**
 * With what is derived from it. An event tells of its change about what the record holds, so the bytes may double; etcd
 * takes as many as it is set to take (--max-request-bytes), and always 128 operations.
 */
const journalLimit = { changes: 128, bytes: 3 * 1024 * 1024 } as const;

/**
 * How long a change waits at most for another with which it can be committed. Longer than a busy agent lets pass between
 * two that cannot wait.
 */
const unhurriedMs = 200;

/** What one group may hold. A group of a single transaction is always within it. */
const groupLimit = { changes: 1024, bytes: 4 * 1024 * 1024 } as const;

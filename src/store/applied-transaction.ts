import { assert } from '../core/assert.ts';
import { equal } from '../core/equal.ts';
import type { StoredChange } from './journal.ts';
import type { RecordChange, Table, TextOf } from './table.ts';
import type { TableState } from './table-state.ts';

/** The changes of one transaction: what undoes them and what makes them durable. */
export class AppliedTransaction {
  /** The last change of each record, in order of first change. */
  changes: AppliedChange[] = [];
  readonly outcome: Promise<void>;
  resolve: () => void = () => undefined;
  reject: (error: Error) => void = () => undefined;
  bytes = 0;
  ended = false;
  /** By table, of more changes than are quickly looked through. */
  #found: Map<TableState, Map<string, AppliedChange>> | undefined;
  #notes = new Map<TableState, number>();
  readonly #stateOf: (table: Table<never>) => TableState;

  readonly #textOfOther: TextOf = (table, record) => {
    const state = this.#stateOf(table);
    const change = this.#find(state, table.key(record));
    return (change?.after === record ? change.stored?.value : undefined) ?? this.#textOf(state, record);
  };

  constructor(stateOf: (table: Table<never>) => TableState) {
    this.#stateOf = stateOf;
    this.outcome = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.outcome.catch(() => undefined); // update() awaits it; without a waiter a refusal is not an unhandled one
  }

  note(state: TableState, key: string, before: object | undefined, after: object | undefined): void {
    this.#notes.set(state, (this.#notes.get(state) ?? 0) + 1);
    const present = this.#find(state, key);
    if (present) {
      present.after = after;
      present.isRewritten = true;
      present.stored = undefined;
      return;
    }
    const change = { table: state.table.name, state, key, before, after, isRewritten: false, stored: undefined };
    this.changes.push(change);
    if (this.#found) entriesOf(this.#found, state).set(key, change);
  }

  /** How often records of the tables have been written. */
  writes(tables: ReadonlySet<TableState>): number {
    let writes = 0;
    for (const [state, count] of this.#notes) if (tables.has(state)) writes += count;
    return writes;
  }

  #textOf(state: TableState, record: object): string {
    const { stored } = state.table;
    if (!stored) return JSON.stringify(record);
    return stored.text?.(record, this.#textOfOther) ?? JSON.stringify(stored.pack(record));
  }

  /** Writes the changes out as text, each once, and holds them to the limits. */
  writeOut(limit: { readonly changes: number; readonly bytes: number }): void {
    let undone = false;
    for (const change of this.changes) {
      if (change.stored) continue;
      const { table, key, before, after, state } = change;
      if (change.isRewritten && equal(before, after)) {
        undone = true;
        continue;
      }
      const value = after && this.#textOf(state, after);
      this.bytes += key.length + (value?.length ?? 0);
      change.stored = { table, key, value };
    }
    if (undone) this.#forget();
    assert(
      this.changes.length <= limit.changes,
      `a transaction writes at most ${limit.changes} records, not ${this.changes.length}`,
    );
    assert(this.bytes <= limit.bytes, `a transaction writes at most ${limit.bytes} bytes, not ${this.bytes}`);
  }

  /** Drops what was not written out: records that are again what they were. */
  #forget(): void {
    this.changes = this.changes.filter(({ stored }) => stored !== undefined);
    this.#found = undefined;
  }

  #find(state: TableState, key: string): AppliedChange | undefined {
    if (this.changes.length <= 8) {
      return this.changes.find((change) => change.key === key && change.state === state);
    }
    if (!this.#found) {
      this.#found = new Map();
      for (const change of this.changes) entriesOf(this.#found, change.state).set(change.key, change);
    }
    return this.#found.get(state)?.get(key);
  }
}

/** The changes of several transactions, of each record only the last. */
export class ChangeGroup {
  readonly changes: StoredChange[] = [];
  readonly #places = new Map<TableState, Map<string, number>>();

  add({ state, key, stored }: AppliedChange): void {
    assert(stored, 'a transaction that ended has written out its changes');
    const places = entriesOf(this.#places, state);
    const place = places.get(key);
    if (place === undefined) places.set(key, this.changes.push(stored) - 1);
    else this.changes[place] = stored;
  }
}

/** A record that a transaction changed: as it found it, as it leaves it, and the text of that for the journal. */
export interface AppliedChange extends RecordChange {
  readonly state: TableState;
  readonly key: string;
  after: object | undefined;
  /** Written more than once: it may be again what it was before. */
  isRewritten: boolean;
  /** Undefined until it is written out. */
  stored: StoredChange | undefined;
}

function entriesOf<Value>(byTable: Map<TableState, Map<string, Value>>, state: TableState): Map<string, Value> {
  let found = byTable.get(state);
  if (!found) byTable.set(state, (found = new Map()));
  return found;
}

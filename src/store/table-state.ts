import { SortedKeys } from './sorted-keys.ts';
import type { Table } from './table.ts';

/** The records of one table with their indexes. The table's types end here: Store gives them back to its callers. */
export class TableState {
  readonly table: Table<object>;
  readonly #records = new Map<string, object>();
  readonly #keys = new SortedKeys();
  readonly #indexes: ReadonlyMap<string, Map<string, SortedKeys>>;
  readonly #projections: ((before: object | undefined, after: object | undefined) => void)[] = [];

  constructor(table: Table<never>) {
    this.table = table as unknown as Table<object>;
    this.#indexes = new Map(Object.keys(table.indexes).map((name) => [name, new Map()]));
  }

  project(apply: (before: object | undefined, after: object | undefined) => void): void {
    this.#projections.push(apply);
  }

  get(key: string): object | undefined {
    return this.#records.get(key);
  }

  *list(afterKey?: string): Generator<object> {
    for (const key of this.#keys.after(afterKey)) yield this.#records.get(key) as object;
  }

  *find(index: string, value: string, afterKey?: string): Generator<object> {
    for (const key of this.#indexes.get(index)?.get(value)?.after(afterKey) ?? [])
      yield this.#records.get(key) as object;
  }

  count(index: string, value: string): number {
    return this.#indexes.get(index)?.get(value)?.size ?? 0;
  }

  /** Adds, replaces or (without a record) removes, and keeps indexes and projections in step. */
  set(key: string, record: object | undefined): void {
    const before = this.#records.get(key);
    if (before === record) return; // an undone transaction that put and deleted
    if (record) {
      this.#records.set(key, record);
      if (!before) this.#keys.add(key);
    } else {
      this.#records.delete(key);
      this.#keys.delete(key);
    }
    for (const [name, entries] of this.#indexes) {
      const old = before ? this.#values(name, before) : [];
      const values = record ? this.#values(name, record) : [];
      for (const value of old) if (!values.includes(value)) remove(entries, value, key);
      for (const value of values) if (!old.includes(value)) insert(entries, value, key);
    }
    for (const apply of this.#projections) apply(before, record);
  }

  #values(index: string, record: object): readonly string[] {
    const values = this.table.indexes[index]?.(record);
    return values === undefined ? [] : typeof values === 'string' ? [values] : values;
  }
}

function insert(entries: Map<string, SortedKeys>, value: string, key: string): void {
  let keys = entries.get(value);
  if (!keys) entries.set(value, (keys = new SortedKeys()));
  keys.add(key);
}

function remove(entries: Map<string, SortedKeys>, value: string, key: string): void {
  const keys = entries.get(value);
  keys?.delete(key);
  if (keys?.size === 0) entries.delete(value);
}

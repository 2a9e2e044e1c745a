import { assert } from '../core/assert.ts';
import { SortedKeys } from './sorted-keys.ts';
import type { Table } from './table.ts';

/** The records of one table with their indexes. The table's types end here: Store gives them back to its callers. */
export class TableState {
  readonly table: Table<object>;
  readonly #records = new Map<string, object>();
  #keys = new SortedKeys();
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

  list(afterKey?: string): Iterable<object> {
    return this.#keys.each(afterKey, this.#read);
  }

  find(index: string, value: string, afterKey?: string): Iterable<object> {
    return this.#indexes.get(index)?.get(value)?.each(afterKey, this.#read) ?? [];
  }

  readonly #read = (key: string): object => this.#records.get(key) as object;

  count(index: string, value: string): number {
    return this.#indexes.get(index)?.get(value)?.size ?? 0;
  }

  /** Fills an empty table: many records at once cost a fraction of one after another. */
  load(): TableLoad {
    assert(this.#records.size === 0, `${this.table.name} is filled while it is empty`);
    const keys: string[] = [];
    const indexes = Array.from(this.#indexes, ([name, entries]) => {
      return { entries, load: new IndexLoad(this.table.indexes[name] ?? (() => undefined)) };
    });
    return {
      // One index, one projection after another, while the records are still at hand.
      add: (batchKeys, records) => {
        const from = keys.length;
        for (let at = 0; at < records.length; at += 1) {
          keys.push(batchKeys[at] as string);
          this.#records.set(batchKeys[at] as string, records[at] as object);
        }
        for (const { load } of indexes) load.add(from, records);
        for (const apply of this.#projections) for (const record of records) apply(undefined, record);
      },
      end: () => {
        assert(this.#records.size === keys.length, `each record of ${this.table.name} is in the journal once`);
        const order = inOrder(keys);
        this.#keys = SortedKeys.of(order.keys);
        for (const { load, entries } of indexes) {
          for (const [value, found] of load.found) entries.set(value, SortedKeys.of(order.pick(found)));
        }
      },
    };
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
      const valuesOf = this.table.indexes[name];
      const was = before && valuesOf?.(before);
      const is = record && valuesOf?.(record);
      // Most changes leave a record where it is.
      if (was === is) continue;
      const old = listed(was);
      const values = listed(is);
      for (const value of old) if (!values.includes(value)) remove(entries, value, key);
      for (const value of values) if (!old.includes(value)) insert(entries, value, key);
    }
    for (const apply of this.#projections) apply(before, record);
  }
}

function listed(values: string | readonly string[] | undefined): readonly string[] {
  return values === undefined ? [] : typeof values === 'string' ? [values] : values;
}

/** The records of a table as they come from the journal. */
export interface TableLoad {
  readonly add: (keys: readonly string[], records: readonly object[]) => void;
  /** No more come. */
  readonly end: () => void;
}

/** What an index finds: by its values, the places of records in the order of their coming. */
class IndexLoad {
  readonly found = new Map<string, number[]>();
  readonly #valuesOf: (record: object) => string | readonly string[] | undefined;
  #lastValue: string | undefined;
  #last: number[] = [];

  constructor(valuesOf: (record: object) => string | readonly string[] | undefined) {
    this.#valuesOf = valuesOf;
  }

  add(from: number, records: readonly object[]): void {
    for (let at = 0; at < records.length; at += 1) {
      const values = this.#valuesOf(records[at] as object);
      if (values === undefined) continue;
      if (typeof values === 'string') this.#at(values).push(from + at);
      else {
        for (const value of values) {
          const places = this.#at(value);
          if (places.at(-1) !== from + at) places.push(from + at); // one that gives a value twice is found once
        }
      }
    }
  }

  #at(value: string): number[] {
    if (value === this.#lastValue) return this.#last; // neighbours are often alike
    let found = this.found.get(value);
    if (!found) this.found.set(value, (found = []));
    [this.#lastValue, this.#last] = [value, found];
    return found;
  }
}

/** Sorts keys once for all indexes: what one of them found of many is then put in order as numbers. */
function inOrder(keys: readonly string[]): {
  readonly keys: readonly string[];
  /** The keys in those places. */
  readonly pick: (places: readonly number[]) => readonly string[];
} {
  const sorted = Array.from(keys).sort();
  let rankOf: Uint32Array | undefined;
  return {
    keys: sorted,
    pick: (places) => {
      if (places.length === keys.length) return sorted;
      if (places.length <= fewPlaces) return places.map((place) => keys[place] as string).sort();
      rankOf ??= ranks(keys, sorted);
      const picked = new Uint32Array(places.length);
      for (let at = 0; at < places.length; at += 1) picked[at] = rankOf[places[at] as number] as number;
      return Array.from(picked.sort(), (rank) => sorted[rank] as string);
    },
  };
}

/** So few are sorted as text: most values of an index that has many are found by few. */
const fewPlaces = 64;

function ranks(keys: readonly string[], sorted: readonly string[]): Uint32Array {
  const byKey = new Map<string, number>();
  for (let rank = 0; rank < sorted.length; rank += 1) byKey.set(sorted[rank] as string, rank);
  return Uint32Array.from(keys, (key) => byKey.get(key) ?? 0);
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

import { assert } from '../core/assert.ts';
import type { StoredBatch } from './journal.ts';
import type { TableLoad, TableState } from './table-state.ts';

/** Reads the records of a journal into the tables, which are empty; `find` gives the table of a name. */
export function readRecords(batches: Iterable<StoredBatch>, find: (name: string) => TableState): void {
  const loads = new Map<string, RecordReader>();
  for (const { table, keys, records } of batches) {
    let reader = loads.get(table);
    if (!reader) loads.set(table, (reader = recordReader(find(table))));
    reader.read(keys, records);
  }
  for (const { load } of loads.values()) load.end();
}

interface RecordReader {
  readonly load: TableLoad;
  /** Keys, and the JSON text of the array of their records. */
  readonly read: (keys: readonly string[], text: string) => void;
}

function recordReader(state: TableState): RecordReader {
  const load = state.load();
  const { name, stored, key: keyOf } = state.table;
  const unpack = stored?.reader();
  return {
    load,
    read: (keys, text) => {
      const records = JSON.parse(text) as object[];
      assert(records.length === keys.length, `each record of ${name} in the journal is one JSON value`);
      for (let at = 0; at < keys.length; at += 1) {
        const key = keys[at] as string;
        const record = unpack ? unpack(key, records[at] as object) : (records[at] as object);
        if (keyOf(record) !== key) assert(false, `record ${key} of ${name} is stored under its own key`);
        records[at] = record;
      }
      load.add(keys, records);
    },
  };
}

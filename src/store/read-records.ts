import { assert } from '../core/assert.ts';
import type { StoredRecord } from './journal.ts';

/** The records of one table as they were stored together, with their keys in the same order. */
export interface RecordBatch {
  readonly table: string;
  readonly keys: readonly string[];
  readonly records: readonly object[];
}

/**
 * The records of a journal from their text, many at a time: one long text is read with one call, and V8 puts what it
 * reads from a long text where long-lived objects are, instead of copying it there twice.
 */
export function* readRecords(rows: Iterable<StoredRecord>): Generator<RecordBatch> {
  let table = '';
  let keys: string[] = [];
  let texts: string[] = [];
  let characters = 0;
  const read = (): RecordBatch => {
    const records = JSON.parse(`[${texts.join(',')}]`) as object[];
    assert(records.length === keys.length, `each record of ${table} in the journal is one JSON value`);
    const batch = { table, keys, records };
    keys = [];
    texts = [];
    characters = 0;
    return batch;
  };
  for (const row of rows) {
    if (keys.length > 0 && (row.table !== table || characters > batchCharacters)) yield read();
    table = row.table;
    keys.push(row.key);
    texts.push(row.value);
    characters += row.value.length;
  }
  if (keys.length > 0) yield read();
}

/** V8 takes a text of more than 100 KiB for a long one. */
const batchCharacters = 256 * 1024;

import type { DatabaseSync, StatementSync } from 'node:sqlite';

/**
 * The records of one table of the store, in a table of their own: what comes and goes all the time, as events do, leaves
 * no holes among what stays, and a start reads records of one kind after another.
 *
 * Rows are found by their id, which is kept in memory, and not by an index over keys: keys are random, so such an index
 * would add a page to the log for every record of a commit, several times what the records themselves take.
 */
export class RecordTable {
  /** Row ids by key, once something is written to the table: most of a start is over then. */
  #rows: Map<string, number> | undefined;
  /** What they are made of, where a load has read it. */
  #read: readonly (readonly [ids: readonly number[], keys: readonly string[]])[] | undefined;
  readonly #database: DatabaseSync;
  readonly #name: string;
  #statements: Readonly<Record<'insert' | 'update' | 'delete', StatementSync>> | undefined;

  constructor(database: DatabaseSync, number: number) {
    this.#database = database;
    this.#name = `records_${number}`;
  }

  get insert(): StatementSync {
    return this.#prepared().insert;
  }

  get update(): StatementSync {
    return this.#prepared().update;
  }

  /** Those that were put down one after another go together. */
  delete(ids: number[]): void {
    for (const [first, last] of runsOf(ids)) this.#prepared().delete.run(first, last);
  }

  read(): Iterable<StoredRow> {
    const inOrder = this.#database.prepare(`SELECT key, value FROM ${this.#name}`);
    inOrder.setReturnArrays(true);
    return inOrder.iterate() as Iterable<unknown> as Iterable<StoredRow>;
  }

  /** All records, put together by SQLite: a row that comes alone costs three times what it costs among others. */
  *batches(): Generator<{ readonly keys: readonly string[]; readonly records: string }> {
    const statement = this.#database.prepare(`
      SELECT max(id), json_group_array(id), json_group_array(key), '[' || group_concat(value, ',') || ']'
      FROM ${this.#name} WHERE id > :after AND id <= coalesce(
        (SELECT id FROM ${this.#name} WHERE id > :after ORDER BY id LIMIT 1 OFFSET ${rowsPerBatch - 1}), :last)`);
    statement.setReturnArrays(true);
    const read: (readonly [readonly number[], readonly string[]])[] = [];
    for (let after = 0; ; ) {
      const row: unknown = statement.get({ after, last: Number.MAX_SAFE_INTEGER });
      const [last, idsText, keysText, records] = row as StoredRows;
      if (last === null) break;
      const [ids, keys] = [JSON.parse(idsText) as readonly number[], JSON.parse(keysText) as readonly string[]];
      read.push([ids, keys]);
      after = last;
      yield { keys, records };
    }
    if (!this.#rows) this.#read = read;
  }

  /** Row ids by key. The keys are the store's own strings, so this costs little. */
  rows(): Map<string, number> {
    if (this.#rows) return this.#rows;
    const rows = new Map<string, number>();
    if (!this.#read) for (const _ of this.batches());
    for (const [ids, keys] of this.#read ?? []) for (const [at, key] of keys.entries()) rows.set(key, ids[at] ?? 0);
    this.#read = undefined;
    this.#rows = rows;
    return rows;
  }

  /** Most tables are not written to in most runs. */
  #prepared(): Readonly<Record<'insert' | 'update' | 'delete', StatementSync>> {
    return (this.#statements ??= {
      insert: this.#database.prepare(`INSERT INTO ${this.#name} (key, value) VALUES (?, ?)`),
      update: this.#database.prepare(`UPDATE ${this.#name} SET value = ? WHERE id = ?`),
      delete: this.#database.prepare(`DELETE FROM ${this.#name} WHERE id BETWEEN ? AND ?`),
    });
  }
}

/** Those that the journal has, by the name of the table of the store. Within a transaction. */
export function openRecordTables(database: DatabaseSync): Map<string, RecordTable> {
  database.exec('CREATE TABLE IF NOT EXISTS tables (number INTEGER PRIMARY KEY, name TEXT NOT NULL)');
  divideRecords(database);
  const rows = database.prepare('SELECT number, name FROM tables ORDER BY number').all();
  return new Map(rows.map(({ number, name }) => [String(name), new RecordTable(database, Number(number))]));
}

/** Makes one for a table that the journal has not had. */
export function makeRecordTable(database: DatabaseSync, name: string): RecordTable {
  const number = Number(database.prepare('INSERT INTO tables (name) VALUES (?)').run(name).lastInsertRowid);
  database.exec(`CREATE TABLE records_${number} (id INTEGER PRIMARY KEY, key TEXT NOT NULL, value TEXT NOT NULL)`);
  return new RecordTable(database, number);
}

/** The first journals had the records of all tables in one. */
function divideRecords(database: DatabaseSync): void {
  if (!database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'records'").get()) return;
  for (const { tbl } of database.prepare('SELECT DISTINCT tbl FROM records').all()) {
    const { insert } = makeRecordTable(database, String(tbl));
    const rows = database.prepare('SELECT key, value FROM records WHERE tbl = ?').iterate(String(tbl));
    for (const { key, value } of rows) insert.run(String(key), String(value));
  }
  database.exec('DROP TABLE records');
}

/** As the schema has it: SQLite checks no types, but nobody else writes there. */
type StoredRow = readonly [key: string, value: string];

type StoredRows =
  | readonly [lastId: number, ids: string, keys: string, records: string]
  | readonly [lastId: null, ...rest: unknown[]];

/** The largest records there can be (3 MiB) make a text that V8 can hold; usual ones make one worth a call. */
const rowsPerBatch = 128;

/** Numbers that follow each other, as the first and the last of each run: what is dropped together came together. */
function runsOf(numbers: number[]): readonly (readonly [first: number, last: number])[] {
  const runs: [number, number][] = [];
  for (const number of numbers.sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run && number === run[1] + 1) run[1] = number;
    else runs.push([number, number]);
  }
  return runs;
}

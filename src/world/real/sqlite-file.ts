import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { JournalError, type StoredBatch, type StoredChange, type StoredRecord } from '../../store/journal.ts';
import { FatalJournalError } from './fatal-journal-error.ts';
import { HighWaterMark, type Mark } from './high-water-mark.ts';

/** A checkpoint moves the log into the database: at this many pages, or this long after a commit. */
const checkpointAt = { pages: 1000, afterMs: 1000 } as const;
const pageBytes = 8192;

export interface SqliteFileOptions {
  readonly directory: string;
  /** The format a new journal is made in. */
  readonly formatVersion: number;
  /** Start although acknowledged commits are missing. */
  readonly acceptLoss: boolean;
  /** Called when a checkpoint, which nobody waits for, leaves in doubt what the disk holds. */
  readonly onFatal: (error: FatalJournalError) => void;
}

/**
 * The journal in an SQLite database, synchronously: the records, and beside them how many commits there were.
 * The lock is SQLite's own, held for as long as the file is open; the kernel drops it with the process, however it ends.
 */
export class SqliteFile {
  readonly #database: DatabaseSync;
  readonly #high: HighWaterMark;
  readonly #onFatal: (error: FatalJournalError) => void;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #setMeta: StatementSync;
  readonly #tables = new Map<string, RecordTable>();
  #journalId = '';
  #sequence = 0;
  #pagesInLog = 0;
  #checkpointTimer: NodeJS.Timeout | undefined;
  /** What the operator should know though it stops nothing. */
  readonly warnings: string[] = [];

  /** Throws JournalError when the journal cannot be used. */
  static open(options: SqliteFileOptions): SqliteFile {
    const { directory } = options;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    try {
      const database = openDatabase(directory);
      try {
        return new SqliteFile(database, options);
      } catch (error) {
        database.close();
        throw error;
      }
    } catch (error) {
      if (error instanceof JournalError || !(error instanceof Error)) throw error;
      if (codeOf(error) === sqliteBusy) throw inUse(directory, error);
      throw new JournalError(`the journal in ${directory} cannot be read: ${error.message}`, { cause: error });
    }
  }

  private constructor(database: DatabaseSync, options: SqliteFileOptions) {
    this.#database = database;
    this.#onFatal = options.onFatal;
    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#commit = database.prepare('COMMIT');
    // Committed in #start, with the journal's name: a first start waits for the disk as seldom as it can.
    this.#begin.run();
    database.exec(schema);
    divideRecords(database);
    for (const { number, name } of tablesOf(database)) this.#tables.set(name, new RecordTable(database, number));
    writeFileSync(join(options.directory, 'journal.owner'), `${process.pid}\n`, { mode: 0o600 });
    this.#setMeta = database.prepare(
      'INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
    );
    this.#high = HighWaterMark.open(join(options.directory, 'journal.high'));
    try {
      syncDirectory(options.directory);
      syncDirectory(dirname(options.directory));
      this.#start(options);
    } catch (error) {
      this.#high.close();
      throw error;
    }
  }

  get formatVersion(): number {
    return Number(this.#meta('formatVersion'));
  }

  get sequence(): number {
    return this.#sequence;
  }

  *load(): Generator<StoredBatch> {
    try {
      for (const [table, of] of this.#tables) {
        for (const { keys, records } of of.batches()) yield { table, keys, records };
      }
    } catch (error) {
      throw new JournalError(`the journal cannot be read: ${String(error)}`, { cause: error });
    }
  }

  /** One by one, for whoever looks at the text of each. */
  *records(): Generator<StoredRecord> {
    try {
      for (const [table, of] of this.#tables) for (const [key, value] of of.read()) yield { table, key, value };
    } catch (error) {
      throw new JournalError(`the journal cannot be read: ${String(error)}`, { cause: error });
    }
  }

  /** All or none. Throws JournalError when nothing was kept, FatalJournalError when that cannot be known. */
  commit(changes: readonly StoredChange[], formatVersion?: number): void {
    const sequence = this.#sequence + 1;
    const made: string[] = [];
    const gone = new Map<RecordTable, number[]>();
    /** What to put back when the commit is refused: a table, a key of it, and the row it had. */
    const before: (readonly [rows: Map<string, number>, key: string, id: number | undefined])[] = [];
    try {
      this.#begin.run();
      for (const { table, key, value } of changes) {
        let records = this.#tables.get(table);
        if (!records) {
          this.#tables.set(table, (records = makeTable(this.#database, table)));
          made.push(table);
        }
        const rows = records.rows();
        const id = rows.get(key);
        if (value !== undefined && id !== undefined) records.update.run(value, id);
        else if (value !== undefined) {
          rows.set(key, Number(records.insert.run(key, value).lastInsertRowid));
          before.push([rows, key, undefined]);
        } else if (id !== undefined) {
          const ids = gone.get(records);
          if (ids) ids.push(id);
          else gone.set(records, [id]);
          rows.delete(key);
          before.push([rows, key, id]);
        }
        this.#pagesInLog += 1 + (value?.length ?? 0) / pageBytes;
      }
      for (const [records, ids] of gone) {
        for (const [first, last] of runsOf(ids)) records.delete.run(first, last);
      }
      this.#setMeta.run('sequence', sequence);
      if (formatVersion !== undefined) this.#setMeta.run('formatVersion', formatVersion);
      this.#commit.run();
    } catch (error) {
      for (const [rows, key, id] of before.toReversed()) {
        if (id === undefined) rows.delete(key);
        else rows.set(key, id);
      }
      for (const table of made) this.#tables.delete(table);
      this.#rollBack(error);
      const refused = new JournalError(`the commit was refused: ${String(error)}`, { cause: error });
      throw codeOf(error) === sqliteFull ? Object.assign(refused, { code: 'ENOSPC' }) : refused;
    }
    this.#sequence = sequence;
    this.#advanceHigh();
    if (this.#pagesInLog >= checkpointAt.pages) this.checkpoint();
    else this.#checkpointTimer ??= setTimeout(() => this.checkpoint(), checkpointAt.afterMs).unref();
  }

  /** Keeps the log, and with it what a damaged log can lose, short. */
  checkpoint(): void {
    clearTimeout(this.#checkpointTimer);
    this.#checkpointTimer = undefined;
    try {
      this.#high.sync();
      this.#database.exec('PRAGMA wal_checkpoint(PASSIVE)');
      this.#pagesInLog = 0;
    } catch (error) {
      // A full disk only keeps the log long; it is tried again after the next commit.
      if (codeOf(error) !== sqliteFull) this.#onFatal(new FatalJournalError(error));
    }
  }

  /** What SQLite itself finds wrong with the file; empty when nothing is. */
  integrityProblems(): string[] {
    const rows = this.#database.prepare('PRAGMA integrity_check').all();
    return rows.map((row) => String(row['integrity_check'])).filter((problem) => problem !== 'ok');
  }

  close(): void {
    clearTimeout(this.#checkpointTimer);
    this.#high.sync();
    this.#high.close();
    this.#database.close();
  }

  /** Compares what is there with what was acknowledged. */
  #start({ directory, formatVersion, acceptLoss }: SqliteFileOptions): void {
    const mark = this.#high.read();
    const isNew = this.#meta('journalId') === undefined;
    if (!isNew) {
      this.#journalId = String(this.#meta('journalId'));
      this.#sequence = Number(this.#meta('sequence'));
    }
    const missing = this.#missing(mark);
    if (missing > 0 && !acceptLoss) {
      throw new JournalError(
        `${missing} acknowledged commits are missing from the journal in ${directory}: it holds ${this.#sequence}, ` +
          `and ${mark?.sequence ?? 0} were acknowledged. Restore the directory from a backup, or go on without ` +
          'them with --accept-loss.',
      );
    }
    if (isNew) {
      this.#journalId = newJournalId();
      this.#setMeta.run('journalId', this.#journalId);
      this.#setMeta.run('formatVersion', formatVersion);
      this.#setMeta.run('sequence', 0);
    }
    this.#commit.run();
    if (missing > 0) this.warnings.push(`going on without ${missing} acknowledged commits, as told`);
    // A missing mark says nothing about the journal (a backup need not hold it), so it is no reason to stay down.
    else if (!mark && this.#sequence > 0) this.warnings.push('journal.high was missing or unreadable and is made anew');
    if (mark?.journalId !== this.#journalId || missing > 0) this.#high.reset(this.#mark());
    else if (mark.sequence < this.#sequence) this.#high.write(this.#mark());
  }

  #missing(mark: Mark | undefined): number {
    if (!mark) return 0;
    // The mark of another journal: the one it belongs to is gone, with all it held.
    if (mark.journalId !== this.#journalId) return mark.sequence;
    return Math.max(0, mark.sequence - this.#sequence);
  }

  #mark(): Mark {
    return { journalId: this.#journalId, sequence: this.#sequence };
  }

  #advanceHigh(): void {
    try {
      this.#high.write(this.#mark());
    } catch (error) {
      // The commit itself is down. A mark that lags notices less, which a full disk may cost; anything else is doubt.
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw new FatalJournalError(error);
    }
  }

  /** After a full disk SQLite has rolled back already. After anything that casts doubt there is no going on. */
  #rollBack(cause: unknown): void {
    try {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
    } catch (error) {
      throw new FatalJournalError(error);
    }
    if (!harmless.has(codeOf(cause))) throw new FatalJournalError(cause);
  }

  #meta(name: string): unknown {
    return this.#database.prepare('SELECT value FROM meta WHERE name = ?').get(name)?.['value'];
  }
}

/**
 * The records of one table of the store, in a table of their own: what comes and goes all the time, as events do, leaves
 * no holes among what stays, and a start reads records of one kind after another.
 *
 * Rows are found by their id, which is kept in memory, and not by an index over keys: keys are random, so such an index
 * would add a page to the log for every record of a commit, several times what the records themselves take.
 */
class RecordTable {
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

  get delete(): StatementSync {
    return this.#prepared().delete;
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

const schema = `
  CREATE TABLE IF NOT EXISTS tables (number INTEGER PRIMARY KEY, name TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS meta (name TEXT NOT NULL PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
`;

function makeTable(database: DatabaseSync, name: string): RecordTable {
  const number = Number(database.prepare('INSERT INTO tables (name) VALUES (?)').run(name).lastInsertRowid);
  database.exec(`CREATE TABLE records_${number} (id INTEGER PRIMARY KEY, key TEXT NOT NULL, value TEXT NOT NULL)`);
  return new RecordTable(database, number);
}

function tablesOf(database: DatabaseSync): readonly { readonly number: number; readonly name: string }[] {
  const rows = database.prepare('SELECT number, name FROM tables ORDER BY number').all();
  return rows.map(({ number, name }) => ({ number: Number(number), name: String(name) }));
}

/** The first journals had the records of all tables in one. */
function divideRecords(database: DatabaseSync): void {
  if (!database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'records'").get()) return;
  for (const { tbl } of database.prepare('SELECT DISTINCT tbl FROM records').all()) {
    const { insert } = makeTable(database, String(tbl));
    const rows = database.prepare('SELECT key, value FROM records WHERE tbl = ?').iterate(String(tbl));
    for (const { key, value } of rows) insert.run(String(key), String(value));
  }
  database.exec('DROP TABLE records');
}

// Primary result codes of SQLite.
const [sqliteBusy, sqliteNoMemory, sqliteFull, sqliteTooBig] = [5, 7, 13, 18];
/** After these SQLite has kept nothing of the transaction, for certain. */
const harmless: ReadonlySet<number | undefined> = new Set([sqliteBusy, sqliteNoMemory, sqliteFull, sqliteTooBig]);

function codeOf(error: unknown): number | undefined {
  // The low byte of an extended code is the primary one.
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : undefined;
}

function openDatabase(directory: string): DatabaseSync {
  const database = new DatabaseSync(join(directory, 'journal.sqlite'), { timeout: 0 });
  try {
    // Exclusive before WAL: then the log's index lives in memory and no second process can join. Checkpoints are made
    // here and not by SQLite, which would not tell when one fails.
    database.exec(`
      PRAGMA page_size = ${pageBytes};
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA wal_autocheckpoint = 0;
      PRAGMA journal_size_limit = 67108864;
      BEGIN IMMEDIATE;
      COMMIT;
    `);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** The names of new files are down only when their directory is. */
function syncDirectory(path: string): void {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

function inUse(directory: string, cause: Error): JournalError {
  let pid = 'unknown';
  try {
    pid = readFileSync(join(directory, 'journal.owner'), 'utf8').trim();
  } catch {
    // Its owner holds the lock and has not written it yet: the message does without.
  }
  return new JournalError(`${directory} is in use by another Longshore server (pid ${pid})`, { cause });
}

function newJournalId(): string {
  return randomBytes(16).toString('hex');
}

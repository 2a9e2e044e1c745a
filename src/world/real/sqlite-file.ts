import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { JournalError, type StoredBatch, type StoredChange, type StoredRecord } from '../../store/journal.ts';
import { FatalJournalError } from './fatal-journal-error.ts';
import { HighWaterMark, type Mark } from './high-water-mark.ts';
import { makeRecordTable, openRecordTables, type RecordTable } from './sqlite-record-table.ts';

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
  readonly #tables: Map<string, RecordTable>;
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
    database.exec('CREATE TABLE IF NOT EXISTS meta (name TEXT NOT NULL PRIMARY KEY, value NOT NULL) WITHOUT ROWID');
    this.#tables = openRecordTables(database);
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
          this.#tables.set(table, (records = makeRecordTable(this.#database, table)));
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
      for (const [records, ids] of gone) records.delete(ids);
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

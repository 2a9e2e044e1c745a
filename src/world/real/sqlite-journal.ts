import { Worker } from 'node:worker_threads';
import { assert } from '../../core/assert.ts';
import { type Journal, JournalError, type StoredChange, type StoredRecord } from '../../store/journal.ts';
import { FatalJournalError } from './fatal-journal-error.ts';
import type { SqliteFileOptions } from './sqlite-file.ts';
import type { WorkerReply, WorkerRequest } from './sqlite-worker.ts';

export interface SqliteJournalOptions {
  /** Made when it is missing. One server has it open at a time. */
  readonly directory: string;
  /** The format of the records that this version of Longshore writes. */
  readonly formatVersion: number;
  /** One for every version after the first, that makes records of it out of records of the version before. */
  readonly migrations: readonly Migration[];
  /** Start although acknowledged commits are missing. */
  readonly acceptLoss?: boolean;
  /** Told what the operator should know though it stops nothing. */
  readonly onWarning?: (warning: string) => void;
  /**
   * Called when it is unknown what the disk holds, at most once; the process must end and answer nobody, so no commit
   * settles after it. Without it the error is thrown where nothing catches it, which ends the process too.
   */
  readonly onFatal?: (error: FatalJournalError) => void;
}

export interface Migration {
  readonly version: number;
  /** The record in this version's form; undefined drops it. */
  readonly migrate: (record: StoredRecord) => StoredRecord | undefined;
}

/** Opens the journal of a data directory. Rejects with JournalError when it cannot be used. */
export async function openSqliteJournal(options: SqliteJournalOptions): Promise<Journal> {
  const { directory, formatVersion, acceptLoss = false } = options;
  const thread = new JournalThread({ directory, formatVersion, acceptLoss }, options.onFatal ?? throwUncaught);
  const opened = await thread.opened;
  for (const warning of opened.warnings) options.onWarning?.(warning);
  try {
    if (opened.formatVersion > formatVersion) {
      throw new JournalError(
        `the journal in ${directory} was written by a newer Longshore: its format is ${opened.formatVersion}, ` +
          `this version reads up to ${formatVersion}`,
      );
    }
    if (opened.formatVersion < formatVersion) await migrate(thread, opened.formatVersion, options);
  } catch (error) {
    await thread.close();
    throw error;
  }
  return {
    load: () => thread.load(),
    commit: async (changes) => {
      if (changes.length > 0 || thread.isClosed) await thread.ask({ do: 'commit', changes });
    },
    close: () => thread.close(),
  };
}

/** All records at once, in one commit: after a crash the journal is wholly old or wholly new. */
async function migrate(thread: JournalThread, from: number, options: SqliteJournalOptions): Promise<void> {
  const { formatVersion, migrations } = options;
  const steps: Migration[] = [];
  for (let version = from + 1; version <= formatVersion; version += 1) {
    const step = migrations.find((migration) => migration.version === version);
    if (!step) throw new JournalError(`this version cannot read journals of format ${from}`);
    steps.push(step);
  }
  const deletes: StoredChange[] = [];
  const puts: StoredChange[] = [];
  for (const old of await thread.load()) {
    let record: StoredRecord | undefined = old;
    for (const step of steps) record = record && step.migrate(record);
    if (record?.table !== old.table || record.key !== old.key) deletes.push({ ...old, value: undefined });
    if (record) puts.push(record);
  }
  await thread.ask({ do: 'commit', changes: [...deletes, ...puts], formatVersion });
}

type Ask = WorkerRequest extends infer R ? (R extends WorkerRequest ? Omit<R, 'id'> : never) : never;

interface Waiting {
  readonly records: StoredRecord[];
  readonly resolve: (records: StoredRecord[]) => void;
  readonly reject: (error: Error) => void;
}

/** The main thread's end of the thread that owns the database. */
class JournalThread {
  readonly opened: Promise<{ readonly formatVersion: number; readonly warnings: readonly string[] }>;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #exited: Promise<void>;
  #lastId = 0;
  #closed = false;

  constructor(file: SqliteFileOptions, onFatal: (error: FatalJournalError) => void) {
    this.#worker = new Worker(new URL('./sqlite-worker.ts', import.meta.url), { workerData: file });
    this.#worker.once('error', (error) => onFatal(new FatalJournalError(error)));
    this.#exited = new Promise((resolve) => this.#worker.once('exit', () => resolve()));
    this.opened = new Promise((resolve, reject) => {
      this.#worker.on('message', (reply: WorkerReply) => {
        if ('opened' in reply) resolve(reply.opened);
        else if (reply.id === 0 && 'refused' in reply) {
          this.#closed = true;
          void this.#worker.terminate();
          reject(new JournalError(reply.refused));
        } else this.#take(reply);
      });
    });
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  load(): Promise<StoredRecord[]> {
    return this.ask({ do: 'load' });
  }

  ask(request: Ask): Promise<StoredRecord[]> {
    if (this.#closed) return Promise.reject(new JournalError('the journal is closed'));
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { records: [], resolve, reject });
      this.#worker.postMessage({ id, ...request } as WorkerRequest);
    });
  }

  /** Waits for the commits under way. */
  async close(): Promise<void> {
    if (!this.#closed) {
      const closing = this.ask({ do: 'close' });
      this.#closed = true;
      await closing;
    }
    await this.#exited;
  }

  #take(reply: Exclude<WorkerReply, { readonly opened: unknown }>): void {
    const waiting = this.#waiting.get(reply.id);
    assert(waiting, 'the journal thread answers what it was asked');
    if ('records' in reply) {
      waiting.records.push(...reply.records);
      return;
    }
    this.#waiting.delete(reply.id);
    if ('refused' in reply) waiting.reject(new JournalError(reply.refused));
    else waiting.resolve(waiting.records);
  }
}

function throwUncaught(error: Error): void {
  setImmediate(() => {
    throw error;
  });
}

import { type Journal, JournalError, type StoredChange, type StoredRecord } from '../../store/journal.ts';
import { FatalJournalError } from './fatal-journal-error.ts';
import { SqliteFile } from './sqlite-file.ts';

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
  const { directory, formatVersion, acceptLoss = false, onFatal = throwUncaught } = options;
  const file = SqliteFile.open({ directory, formatVersion, acceptLoss, onFatal });
  for (const warning of file.warnings) options.onWarning?.(warning);
  try {
    if (file.formatVersion > formatVersion) {
      throw new JournalError(
        `the journal in ${directory} was written by a newer Longshore: its format is ${file.formatVersion}, ` +
          `this version reads up to ${formatVersion}`,
      );
    }
    if (file.formatVersion < formatVersion) migrate(file, options);
  } catch (error) {
    file.close();
    throw error;
  }
  let isClosed = false;
  return {
    load: () => Promise.resolve(file.load()),
    commit: async (changes) => {
      if (isClosed) throw new JournalError('the journal is closed');
      if (changes.length === 0) return;
      try {
        file.commit(changes);
      } catch (error) {
        if (!(error instanceof FatalJournalError)) throw error;
        onFatal(error);
        // Nobody may be told anything: neither that it is durable nor that it is not.
        await new Promise<never>(() => undefined);
      }
    },
    close: () => {
      if (!isClosed) file.close();
      isClosed = true;
      return Promise.resolve();
    },
  };
}

/** All records at once, in one commit: after a crash the journal is wholly old or wholly new. */
function migrate(file: SqliteFile, options: SqliteJournalOptions): void {
  const { formatVersion, migrations } = options;
  const from = file.formatVersion;
  const steps: Migration[] = [];
  for (let version = from + 1; version <= formatVersion; version += 1) {
    const step = migrations.find((migration) => migration.version === version);
    if (!step) throw new JournalError(`this version cannot read journals of format ${from}`);
    steps.push(step);
  }
  const deletes: StoredChange[] = [];
  const puts: StoredChange[] = [];
  for (const old of file.records()) {
    let record: StoredRecord | undefined = old;
    for (const step of steps) record = record && step.migrate(record);
    if (record?.table !== old.table || record.key !== old.key) deletes.push({ ...old, value: undefined });
    if (record && record !== old) puts.push(record);
  }
  file.commit([...deletes, ...puts], formatVersion);
}

function throwUncaught(error: Error): void {
  setImmediate(() => {
    throw error;
  });
}

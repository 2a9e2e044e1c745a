import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { JournalError } from '../../store/journal.ts';
import { SqliteFile } from './sqlite-file.ts';

export interface JournalReport {
  /** Commits the journal has seen. */
  readonly sequence: number;
  readonly formatVersion: number;
  /** Records by table, in the order of their names. */
  readonly records: Readonly<Record<string, number>>;
  /** What is wrong, in words; empty when nothing is. */
  readonly problems: readonly string[];
}

/**
 * Reads the whole journal of a directory that no server has open. Rejects with JournalError when it cannot be opened or
 * when acknowledged commits are missing.
 */
export async function verifyJournal(directory: string): Promise<JournalReport> {
  if (!existsSync(join(directory, 'journal.sqlite'))) throw new JournalError(`there is no journal in ${directory}`);
  const file = SqliteFile.open({ directory, formatVersion: 0, acceptLoss: false, onFatal: fail });
  try {
    const problems = [...file.integrityProblems()];
    const counts = new Map<string, number>();
    for (const { table, key, value } of file.records()) {
      counts.set(table, (counts.get(table) ?? 0) + 1);
      if (!isJsonObject(value)) problems.push(`record ${key} of ${table} is not a JSON object`);
    }
    return {
      sequence: file.sequence,
      formatVersion: file.formatVersion,
      records: Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))),
      problems,
    };
  } finally {
    file.close();
  }
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}

function fail(error: Error): never {
  throw error;
}

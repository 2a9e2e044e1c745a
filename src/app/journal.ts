import type { Journal } from '../store/journal.ts';
import { type Migration, openSqliteJournal } from '../world/real/sqlite-journal.ts';
import type { Log } from '../world/world.ts';

/** The format of the records that this version writes. Raise it with a migration when a record changes its shape. */
export const formatVersion = 3;

const migrations: readonly Migration[] = [
  // Containers have no ARN of their own any more; those that were given one keep it. What is new is that a version
  // before this would not know how to show the others.
  { version: 2, migrate: (record) => record },
  // The outbox was a ring of records and is a list of them. Only what was made to try it out had any. Tasks are kept in
  // less room (services/ecs/stored-task.ts); those that were written out whole are read as they are.
  { version: 3, migrate: (record) => (record.table === 'ecs.outbox' ? undefined : record) },
];

/** Opens the journal of a directory in this version's format. */
export function openJournal(log: Log, directory: string, acceptLoss: boolean): Promise<Journal> {
  return openSqliteJournal({
    directory,
    formatVersion,
    migrations,
    acceptLoss,
    onWarning: (warning) => log.warn(warning, { directory }),
    // Where it cannot be told any more what is durable, going on would be worse than ending.
    onFatal: (error) => {
      process.stderr.write(`longshore: ${error.stack ?? error.message}\n`);
      process.exit(1);
    },
  });
}

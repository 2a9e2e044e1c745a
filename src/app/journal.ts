import type { Journal, StoredRecord } from '../store/journal.ts';
import { type Migration, openSqliteJournal } from '../world/real/sqlite-journal.ts';
import type { Log } from '../world/world.ts';

/** The format of the records that this version writes. Raise it with a migration when a record changes its shape. */
export const formatVersion = 4;

const migrations: readonly Migration[] = [
  // Containers have no ARN of their own any more; those that were given one keep it. What is new is that a version
  // before this would not know how to show the others.
  { version: 2, migrate: (record) => record },
  // The outbox was a ring of records and is a list of them. Only what was made to try it out had any. Tasks are kept in
  // less room (services/ecs/stored-task.ts); those that were written out whole are read as they are.
  { version: 3, migrate: (record) => (record.table === 'ecs.outbox' ? undefined : record) },
  // Every security group had the rules of a default one, unwritten.
  { version: 4, migrate: withDefaultRules },
];

function withDefaultRules(record: StoredRecord): StoredRecord {
  if (record.table !== 'ec2.security-groups') return record;
  const group: { readonly groupId: string } = JSON.parse(record.value);
  const id = group.groupId.slice('sg-0'.length);
  const rules = [
    { ruleId: `sgr-0${id}`, isEgress: false, protocol: '-1', peer: { groupId: group.groupId } },
    { ruleId: `sgr-1${id}`, isEgress: true, protocol: '-1', peer: { cidrIpv4: '0.0.0.0/0' } },
  ];
  return { ...record, value: JSON.stringify({ ...group, rules }) };
}

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

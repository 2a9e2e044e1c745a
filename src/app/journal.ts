import type { PayloadContainer, PayloadTask } from '../agent/contract.ts';
import type { LogDestination } from '../agent/logs/shipped-output.ts';
import { taskIdOf } from '../agent/state.ts';
import type { Journal, StoredRecord } from '../store/journal.ts';
import type { HostConfig } from '../world/docker.ts';
import { type Migration, openSqliteJournal } from '../world/real/sqlite-journal.ts';
import type { Log } from '../world/world.ts';

/** The format of the records that this version writes. Raise it with a migration when a record changes its shape. */
export const formatVersion = 5;

const migrations: readonly Migration[] = [
  // Containers have no ARN of their own any more; those that were given one keep it. What is new is that a version
  // before this would not know how to show the others.
  { version: 2, migrate: (record) => record },
  // The outbox was a ring of records and is a list of them. Only what was made to try it out had any. Tasks are kept in
  // less room (services/ecs/stored-task.ts); those that were written out whole are read as they are.
  { version: 3, migrate: (record) => (record.table === 'ecs.outbox' ? undefined : record) },
  // Every security group had the rules of a default one, unwritten.
  { version: 4, migrate: withDefaultRules },
  // An agent was told where the output of an awslogs container goes, and is told the options that say so.
  { version: 5, migrate: withLogOptions },
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

function withLogOptions(record: StoredRecord): StoredRecord {
  if (record.table !== 'agent.tasks') return record;
  const task: TaskOfFormat4 = JSON.parse(record.value);
  const { longshore } = task.payload;
  if (!longshore?.logs.length) return record;
  const { logs } = longshore;
  const containers = task.payload.containers.map((container) => {
    const shipped = logs.find(({ containerName }) => containerName === container.name);
    return shipped ? withAwslogs(container, shipped, taskIdOf(task.payload.arn)) : container;
  });
  const payload = {
    ...task.payload,
    containers,
    longshore: { ...longshore, logs: logs.map(({ containerName }) => containerName) },
  };
  const outputs = Object.fromEntries(
    logs
      .filter(({ containerName }) => task.resources[`@log ${containerName}`])
      .map(({ containerName, ...destination }) => [containerName, { destination }]),
  );
  return { ...record, value: JSON.stringify({ ...task, payload, outputs }) };
}

function withAwslogs(container: PayloadContainer, shipped: ShippedOfFormat4, taskId: string): PayloadContainer {
  const { containerName, group, stream, region, createGroup, startPattern } = shipped;
  const { LogConfig, ...host }: HostConfig = JSON.parse(container.dockerConfig.hostConfig);
  const { mode, 'max-buffer-size': bufferSize } = LogConfig?.Config ?? {};
  const ending = `/${containerName}/${taskId}`;
  const Config = {
    'awslogs-group': group,
    'awslogs-region': region,
    'awslogs-create-group': String(createGroup),
    'awslogs-stream-prefix': stream.endsWith(ending) ? stream.slice(0, -ending.length) : undefined,
    'awslogs-multiline-pattern': startPattern,
    mode,
    'max-buffer-size': bufferSize,
  };
  const hostConfig = JSON.stringify({ ...host, LogConfig: { Type: 'awslogs', Config } });
  return { ...container, dockerConfig: { ...container.dockerConfig, hostConfig } };
}

interface TaskOfFormat4 {
  readonly payload: Omit<PayloadTask, 'longshore'> & {
    readonly longshore?: { readonly logs: readonly ShippedOfFormat4[] };
  };
  readonly resources: Readonly<Record<string, boolean>>;
}

type ShippedOfFormat4 = LogDestination & { readonly containerName: string };

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

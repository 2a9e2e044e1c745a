/** The records of CloudWatch Logs; private to this folder. Events are in files, under the stream's id. */
import type { Instant } from '../../core/instant.ts';
import { type Scope, scopeKey } from '../../core/scope.ts';
import { projection, table } from '../../store/table.ts';

export interface LogGroupRecord extends Scope {
  /** Never used twice: a group made again under an old name has none of the old one's streams. */
  readonly id: string;
  readonly name: string;
  readonly logGroupClass: 'STANDARD' | 'INFREQUENT_ACCESS';
  readonly retentionInDays?: number;
  readonly deletionProtectionEnabled: boolean;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt: Instant;
}

export const logGroups = table<LogGroupRecord>()({
  name: 'logs.groups',
  key: (group) => groupKey(group, group.name),
  indexes: { scope: scopeKey, id: (group) => group.id },
});

export function groupKey(scope: Scope, name: string): string {
  return `${scopeKey(scope)}/${name}`;
}

export interface LogStreamRecord {
  /** Names its folder of events. Never used twice. */
  readonly id: string;
  readonly groupId: string;
  readonly name: string;
  readonly createdAt: Instant;
  /** What its files held when this was last written, at most `activityEveryMs` of ingestion ago; absent before the first event. */
  readonly activity?: StreamActivity;
}

export interface StreamActivity {
  readonly firstEventAt: Instant;
  readonly lastEventAt: Instant;
  readonly lastIngestionAt: Instant;
  readonly storedBytes: number;
}

export const logStreams = table<LogStreamRecord>()({
  name: 'logs.streams',
  key: (stream) => streamKey(stream.groupId, stream.name),
  indexes: { group: (stream) => stream.groupId, id: (stream) => stream.id },
});

export function streamKey(groupId: string, name: string): string {
  return `${groupId}/${name}`;
}

/** Bytes stored, by group id. */
export const storedBytesByGroup = projection<LogStreamRecord, Map<string, number>>({
  of: logStreams,
  create: () => new Map(),
  apply: (sums, before, after) => {
    const groupId = (after ?? before)?.groupId;
    if (groupId === undefined) return;
    const change = (after?.activity?.storedBytes ?? 0) - (before?.activity?.storedBytes ?? 0);
    const sum = (sums.get(groupId) ?? 0) + change;
    if (sum === 0) sums.delete(groupId);
    else sums.set(groupId, sum);
  },
});

/** A group that was deleted and may still have streams. */
export interface DeletedGroupRecord {
  readonly id: string;
}

export const deletedGroups = table<DeletedGroupRecord>()({
  name: 'logs.deleted-groups',
  key: (group) => group.id,
  indexes: {},
});

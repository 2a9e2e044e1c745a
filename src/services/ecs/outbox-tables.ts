/** Events for EventBridge that wait for their delivery. */
import { asUuid } from '../../core/hex.ts';
import type { Instant } from '../../core/instant.ts';
import type { Scope } from '../../core/scope.ts';
import type { Reader, Transaction } from '../../store/store.ts';
import { projection, table } from '../../store/table.ts';
import type { EventBody } from './rules/events/event.ts';
import { taskEvent } from './rules/events/task-event.ts';
import { storedTask } from './stored-task.ts';
import { type TaskRecord, tasks } from './tables.ts';

/** The events that one transaction gave rise to, in order: one record, so that they cost the transaction one change. */
export interface OutboxRecord {
  /** One more than the newest's. */
  readonly ordinal: number;
  /** 32 lower-case hex digits, of which the ids of its events are made. */
  readonly id: string;
  readonly time: Instant;
  readonly told: readonly Told[];
}

/**
 * An event, or the task as it was when it was to be told: all that its event says follows from that, in four times the
 * bytes, and most events are never looked at.
 */
export type Told = { readonly task: TaskRecord } | { readonly event: EventBody };

/** What was let go of because nothing took it in time; there is one such record or none. */
export interface OutboxLossRecord {
  readonly droppedEvents: number;
}

/** An event of source aws.ecs. */
export interface OutboxEvent extends Scope {
  /** A UUID, the same however often the event is delivered. */
  readonly id: string;
  readonly time: Instant;
  readonly detailType: DetailType;
  readonly resources: readonly string[];
  /** As EventBridge shows it: plain JSON, times as text. */
  readonly detail: Readonly<Record<string, unknown>>;
}

export type DetailType =
  | 'ECS Task State Change'
  | 'ECS Container Instance State Change'
  | 'ECS Deployment State Change'
  | 'ECS Hook State Change'
  | 'ECS Service Action';

/** Keys only grow, so that a record is always the last of its table: in memory, in its index and in the journal. */
export const outbox = table<OutboxRecord>()({
  name: 'ecs.outbox',
  key: ({ ordinal }) => String(ordinal).padStart(12, '0'),
  indexes: {},
  stored: {
    pack: (record) => ({ ...record, told: record.told.map(packTold) }),
    // What is told of tasks is what the transaction writes of them: written out once, it does for both.
    text: ({ told, ...rest }, textOf) => {
      const texts = told.map((one) =>
        'task' in one
          ? `{"key":${JSON.stringify(one.task.arn)},"stored":${textOf(tasks, one.task)}}`
          : JSON.stringify(one),
      );
      return `${JSON.stringify(rest).slice(0, -1)},"told":[${texts.join(',')}]}`;
    },
    reader: () => {
      const readTask = storedTask.reader();
      // What pack() made: a task is there as the journal keeps it, under its key.
      const read = (told: Told | PackedTold): object =>
        'key' in told ? { task: readTask(told.key, told.stored) } : told;
      return (_key, stored) => {
        const record = stored as OutboxRecord;
        return { ...record, told: record.told.map(read) };
      };
    },
  },
});

interface PackedTold {
  readonly key: string;
  readonly stored: object;
}

function packTold(told: Told): PackedTold | Told {
  return 'task' in told ? { key: told.task.arn, stored: storedTask.pack(told.task) } : told;
}

const theLoss = 'all';

const outboxLoss = table<OutboxLossRecord>()({ name: 'ecs.outbox-loss', key: () => theLoss, indexes: {} });

export const outboxTables = [outbox, outboxLoss] as const;

export interface OutboxEnd {
  /** Of the newest record; 0 while there is none. */
  lastOrdinal: number;
  records: number;
}

export const outboxEnd = projection<OutboxRecord, OutboxEnd>({
  of: outbox,
  create: () => ({ lastOrdinal: 0, records: 0 }),
  apply: (end, before, after) => {
    if (after && after.ordinal > end.lastOrdinal) end.lastOrdinal = after.ordinal;
    // The newest goes when its transaction is undone, or when it is the last to go.
    else if (!after && before?.ordinal === end.lastOrdinal) end.lastOrdinal -= 1;
    end.records += (after ? 1 : 0) - (before ? 1 : 0);
  },
});

/** Removes the oldest records and counts their events as lost. */
export function dropOldest(tx: Transaction, records: number): void {
  let droppedEvents = 0;
  const keys: string[] = [];
  for (const record of tx.list(outbox)) {
    if (keys.length === records) break;
    droppedEvents += record.told.length;
    keys.push(outbox.key(record));
  }
  for (const key of keys) tx.delete(outbox, key);
  tx.put(outboxLoss, { droppedEvents: droppedEventsOf(tx) + droppedEvents });
}

/** How many events were dropped so far because nothing took them in time. */
export function droppedEventsOf(reader: Reader): number {
  return reader.get(outboxLoss, theLoss)?.droppedEvents ?? 0;
}

/** Oldest first. */
export function waitingEvents(reader: Reader): readonly OutboxEvent[] {
  return Array.from(reader.list(outbox)).flatMap(eventsOf);
}

/** In AWS's shape, the same whenever they are asked for. */
function eventsOf({ id, time, told }: OutboxRecord): readonly OutboxEvent[] {
  return told.map((one, index) => ({
    id: asUuid(id.slice(0, -2) + index.toString(16).padStart(2, '0')), // a transaction changes fewer than 256 records
    time,
    ...('task' in one ? taskEvent(one.task, time) : one.event),
  }));
}

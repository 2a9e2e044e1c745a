/** Events for EventBridge that wait for their delivery. */
import type { Instant } from '../../core/instant.ts';
import type { Scope } from '../../core/scope.ts';
import type { Reader, Transaction } from '../../store/store.ts';
import { projection, table } from '../../store/table.ts';

/** The events that one transaction gave rise to, in order: one record, so that they cost the transaction one change. */
export interface OutboxRecord {
  /** One more than the newest's. */
  readonly ordinal: number;
  readonly events: readonly OutboxEvent[];
}

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
  | 'ECS Service Action';

/** Keys only grow, so that a record is always the last of its table: in memory, in its index and in the journal. */
export const outbox = table<OutboxRecord>()({
  name: 'ecs.outbox',
  key: ({ ordinal }) => String(ordinal).padStart(12, '0'),
  indexes: {},
});

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
    droppedEvents += record.events.length;
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
  return Array.from(reader.list(outbox)).flatMap(({ events }) => events);
}

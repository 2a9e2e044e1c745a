/** Events for EventBridge that wait for their delivery. */
import type { Instant } from '../../core/instant.ts';
import type { Scope } from '../../core/scope.ts';
import type { Reader } from '../../store/store.ts';
import { projection, table } from '../../store/table.ts';
import { limits } from './rules/limits.ts';

/** The events that one transaction gave rise to, in order: one record, so that they cost the transaction one change. */
export interface OutboxRecord {
  /** Counts from 1 in the order of the transactions. */
  readonly ordinal: number;
  readonly events: readonly OutboxEvent[];
  /** How many events have been dropped so far because nothing took them in time. */
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

/**
 * A ring: the newest record takes the place of the oldest. Replacing a row costs the journal half of what adding one and
 * deleting another does, and the outbox never outgrows its limit.
 */
export const outbox = table<OutboxRecord>()({
  name: 'ecs.outbox',
  key: (record) => outboxSlot(record.ordinal),
  indexes: {},
});

export function outboxSlot(ordinal: number): string {
  return String(ordinal % limits.outboxRecords).padStart(6, '0');
}

export interface OutboxEnd {
  /** Of the newest record; 0 while there has been none. */
  lastOrdinal: number;
  /** As the newest record has it. */
  droppedEvents: number;
}

export const outboxEnd = projection<OutboxRecord, OutboxEnd>({
  of: outbox,
  create: () => ({ lastOrdinal: 0, droppedEvents: 0 }),
  apply: (end, before, after) => {
    if (after && after.ordinal > end.lastOrdinal) {
      end.lastOrdinal = after.ordinal;
      end.droppedEvents = after.droppedEvents;
    } else if (before?.ordinal === end.lastOrdinal) {
      // The newest goes when its transaction is undone, and what it took the place of is back; or it is the last to go.
      end.lastOrdinal -= 1;
      end.droppedEvents -= after?.events.length ?? 0;
    }
  },
});

/** Oldest first. */
export function waitingEvents(reader: Reader): readonly OutboxEvent[] {
  const records = Array.from(reader.list(outbox)).toSorted((a, b) => a.ordinal - b.ordinal);
  return records.flatMap(({ events }) => events);
}

/** Events for EventBridge that wait for their delivery. */
import type { Instant } from '../../core/instant.ts';
import type { Scope } from '../../core/scope.ts';
import { projection, table } from '../../store/table.ts';

/** The events that one transaction gave rise to, in order: one record, so that they cost the transaction one change. */
export interface OutboxRecord {
  /** Counts from 1 in the order of the transactions. */
  readonly ordinal: number;
  readonly events: readonly OutboxEvent[];
}

/** An event of source aws.ecs. */
export interface OutboxEvent extends Scope {
  /** A UUID, the same however often the event is delivered. */
  readonly id: string;
  readonly time: Instant;
  readonly detailType: DetailType;
  readonly resources: readonly string[];
  /** JSON text, as PutEvents takes it: nobody here looks into it again, and text is small and quick to keep. */
  readonly detail: string;
}

export type DetailType =
  | 'ECS Task State Change'
  | 'ECS Container Instance State Change'
  | 'ECS Deployment State Change'
  | 'ECS Service Action';

export const outbox = table<OutboxRecord>()({
  name: 'ecs.outbox',
  key: (record) => String(record.ordinal).padStart(15, '0'),
  indexes: {},
});

/** What was dropped because nothing took it in time. */
export interface OutboxLossRecord {
  readonly key: typeof lossKey;
  readonly droppedEvents: number;
}

export const lossKey = 'all';

export const outboxLoss = table<OutboxLossRecord>()({
  name: 'ecs.outbox-loss',
  key: (record) => record.key,
  indexes: {},
});

export interface OutboxSize {
  /** Of the newest record; 0 while there has been none. */
  lastOrdinal: number;
  events: number;
}

export const outboxSize = projection<OutboxRecord, OutboxSize>({
  of: outbox,
  create: () => ({ lastOrdinal: 0, events: 0 }),
  apply: (size, before, after) => {
    size.events += (after?.events.length ?? 0) - (before?.events.length ?? 0);
    if (after) size.lastOrdinal = Math.max(size.lastOrdinal, after.ordinal);
    // The newest goes when its transaction is undone, or with all others: either way its number is free.
    else if (before?.ordinal === size.lastOrdinal) size.lastOrdinal -= 1;
  },
});

import type { Instant } from '../../../../core/instant.ts';
import type { OutboxEvent } from '../../outbox-tables.ts';

/** What an event says; when it was and what it is called is added by the outbox. */
export type EventBody = Omit<OutboxEvent, 'id' | 'time'>;

/** As EventBridge writes times inside a detail. */
export function isoTime(instant: Instant): string {
  return new Date(instant).toISOString();
}

import type { Instant } from '../../../../core/instant.ts';
import type { OutboxEvent } from '../../outbox-tables.ts';

/** What an event says; when it was and what it is called is added by the outbox. */
export type EventBody = Omit<OutboxEvent, 'id' | 'time'>;

/** As EventBridge writes times inside a detail. */
export function isoTime(instant: Instant): string {
  return new Date(instant).toISOString();
}

/** The members that are there, with Dates as text. */
export function asDetail(shown: object): Readonly<Record<string, unknown>> {
  const detail: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(shown)) {
    if (value !== undefined) detail[name] = value instanceof Date ? value.toISOString() : value;
  }
  return detail;
}

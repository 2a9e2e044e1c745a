import type { RejectedLogEventsInfo } from '@aws-sdk/client-cloudwatch-logs';
import type { Instant } from '../../../core/instant.ts';
import { constraintBroken, invalidParameter } from '../errors.ts';
import { dayMs, limits } from './limits.ts';

export interface InputEvent {
  readonly timestamp: Instant;
  readonly message: string;
}

/** The events of a batch that are taken, and what is told of those that are not. */
export interface CheckedBatch {
  readonly accepted: readonly InputEvent[];
  readonly rejected?: RejectedLogEventsInfo;
}

const eventOverheadBytes = 26;
const encoder = new TextEncoder();

/**
 * Checks a batch of PutLogEvents: throws InvalidParameterException where AWS refuses the whole, leaves out the events that
 * are too old, too new or past the group's retention.
 */
export function checkBatch(events: readonly InputEvent[], now: Instant, retentionInDays?: number): CheckedBatch {
  if (events.length < 1 || events.length > limits.batchEvents) {
    const least = events.length < 1;
    const bound = least ? 'greater than or equal to 1' : `less than or equal to ${limits.batchEvents}`;
    throw constraintBroken(least ? '[]' : undefined, 'logEvents', `Member must have length ${bound}`);
  }
  checkEvents(events);
  const bytes = batchBytes(events);
  if (bytes > limits.batchBytes) {
    throw invalidParameter(`Upload too large: ${bytes} bytes exceeds limit of ${limits.batchBytes}`);
  }
  const oldest = now - limits.oldestEventMs;
  const newest = now + limits.newestEventMs;
  const expiry = retentionInDays === undefined ? oldest : now - retentionInDays * dayMs;
  const tooOld = countUntil(events, (event) => event.timestamp >= oldest);
  const expired = countUntil(events, (event) => event.timestamp >= expiry);
  const end = countUntil(events, (event) => event.timestamp > newest);
  const accepted = events.slice(Math.max(tooOld, expired), end);
  const first = accepted[0];
  const last = accepted.at(-1);
  if (first && last && last.timestamp - first.timestamp > limits.batchSpanMs) {
    throw invalidParameter('The batch of log events in a single PutLogEvents request cannot span more than 24 hours.');
  }
  if (accepted.length === events.length) return { accepted };
  return {
    accepted,
    rejected: {
      ...(end < events.length ? { tooNewLogEventStartIndex: end } : {}),
      ...(tooOld > 0 ? { tooOldLogEventEndIndex: tooOld } : {}),
      ...(expired > tooOld ? { expiredLogEventEndIndex: expired } : {}),
    },
  };
}

function checkEvents(events: readonly InputEvent[]): void {
  let before = 0;
  for (const [index, { timestamp, message }] of events.entries()) {
    if (timestamp < 0) {
      const member = `logEvents.${index + 1}.member.timestamp`;
      throw constraintBroken(String(timestamp), member, 'Member must have value greater than or equal to 0');
    }
    if (message.length === 0) {
      const member = `logEvents.${index + 1}.member.message`;
      throw constraintBroken('', member, 'Member must have length greater than or equal to 1');
    }
    if (timestamp < before) {
      throw invalidParameter('Log events in a single PutLogEvents request must be in chronological order.');
    }
    before = timestamp;
  }
}

/** UTF-8 bytes and 26 for each event. Exact only where it matters: a batch that is small in any case is not encoded. */
function batchBytes(events: readonly InputEvent[]): number {
  const overhead = events.length * eventOverheadBytes;
  let units = 0;
  for (const { message } of events) units += message.length;
  if (units * 3 + overhead <= limits.batchBytes || units + overhead > limits.batchBytes) return units + overhead;
  return encoder.encode(events.map(({ message }) => message).join('')).length + overhead;
}

function countUntil(events: readonly InputEvent[], reached: (event: InputEvent) => boolean): number {
  const index = events.findIndex(reached);
  return index < 0 ? events.length : index;
}

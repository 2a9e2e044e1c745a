import type { RejectedLogEventsInfo } from '@aws-sdk/client-cloudwatch-logs';
import type { Instant } from '../../../core/instant.ts';
import type { AwsError } from '../../../aws/error.ts';
import {
  type EventLines,
  eventOverheadBytes,
  eventsOf,
  type InputEvent,
} from '../../../dataplane/log-files/contract.ts';
import { constraintBroken, invalidParameter } from '../errors.ts';
import { dayMs, limits } from './limits.ts';

/** The events of a batch that are taken, and what is told of those that are not. */
export interface CheckedBatch {
  /** Undefined where there are none. */
  readonly accepted: readonly InputEvent[] | EventLines | undefined;
  readonly rejected?: RejectedLogEventsInfo;
}

const encoder = new TextEncoder();

/**
 * Checks a batch of PutLogEvents: throws InvalidParameterException where AWS refuses the whole, leaves out the events that
 * are too old, too new or past the group's retention.
 */
export function checkBatch(
  events: readonly InputEvent[] | EventLines,
  now: Instant,
  retentionInDays?: number,
): CheckedBatch {
  if (!('runs' in events)) return checkEach(events, now, retentionInDays);
  const { text, count, runs } = events;
  checkCount(count);
  checkTimes(runs.map(([timestamp]) => timestamp));
  checkSize(text.length - (count - 1) + count * eventOverheadBytes);
  const { oldest, expiry, newest } = boundsOf(now, retentionInDays);
  const [first = 0, last = 0] = [runs[0]?.[0], runs.at(-1)?.[0]];
  const areAllKept = first >= Math.max(oldest, expiry) && last <= newest && last - first <= limits.batchSpanMs;
  return areAllKept ? { accepted: events } : checkEach(eventsOf(events), now, retentionInDays);
}

export function emptyMessage(number: number): AwsError {
  const member = `logEvents.${number}.member.message`;
  return constraintBroken('', member, 'Member must have length greater than or equal to 1');
}

function checkEach(events: readonly InputEvent[], now: Instant, retentionInDays: number | undefined): CheckedBatch {
  checkCount(events.length);
  checkTimes(events.map(({ timestamp }) => timestamp));
  const empty = events.findIndex(({ message }) => message.length === 0);
  if (empty >= 0) throw emptyMessage(empty + 1);
  checkSize(batchBytes(events));
  const { oldest, expiry, newest } = boundsOf(now, retentionInDays);
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
    accepted: first ? accepted : undefined,
    rejected: {
      ...(end < events.length ? { tooNewLogEventStartIndex: end } : {}),
      ...(tooOld > 0 ? { tooOldLogEventEndIndex: tooOld } : {}),
      ...(expired > tooOld ? { expiredLogEventEndIndex: expired } : {}),
    },
  };
}

function checkCount(count: number): void {
  if (count >= 1 && count <= limits.batchEvents) return;
  const bound = count < 1 ? 'greater than or equal to 1' : `less than or equal to ${limits.batchEvents}`;
  throw constraintBroken(count < 1 ? '[]' : undefined, 'logEvents', `Member must have length ${bound}`);
}

function checkTimes(timestamps: readonly Instant[]): void {
  let before = 0;
  for (const [index, timestamp] of timestamps.entries()) {
    if (timestamp < 0) {
      const member = `logEvents.${index + 1}.member.timestamp`;
      throw constraintBroken(String(timestamp), member, 'Member must have value greater than or equal to 0');
    }
    if (timestamp < before) {
      throw invalidParameter('Log events in a single PutLogEvents request must be in chronological order.');
    }
    before = timestamp;
  }
}

function checkSize(bytes: number): void {
  if (bytes <= limits.batchBytes) return;
  throw invalidParameter(`Upload too large: ${bytes} bytes exceeds limit of ${limits.batchBytes}`);
}

function boundsOf(
  now: Instant,
  retentionInDays: number | undefined,
): { readonly oldest: Instant; readonly expiry: Instant; readonly newest: Instant } {
  const oldest = now - limits.oldestEventMs;
  const expiry = retentionInDays === undefined ? oldest : now - retentionInDays * dayMs;
  return { oldest, expiry, newest: now + limits.newestEventMs };
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

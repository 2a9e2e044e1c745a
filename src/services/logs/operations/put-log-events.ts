import type { PutLogEventsRequest, PutLogEventsResponse } from '@aws-sdk/client-cloudwatch-logs';
import type { Operation, OperationContext, Parsed } from '../../../aws/operation.ts';
import type { AppendOutcome, EventLines, InputEvent, LogBatch } from '../../../dataplane/log-files/contract.ts';
import { alreadyAccepted, invalidParameter, outOfTurn, streamNotFound } from '../errors.ts';
import type { LogsParts } from '../parts.ts';
import { groupNamed, streamNamed } from '../references.ts';
import { checkBatch } from '../rules/batch.ts';
import { limits } from '../rules/limits.ts';
import { linesOf, nextSequenceToken, type Shipped, shippedOf, tokenOfCursors } from '../rules/sequence-token.ts';
import { type LogStreamRecord, logStreams } from '../tables.ts';

/**
 * Differs from AWS: a sequence token that is not one of our own log shipper's is ignored, as there; with one of ours, a
 * batch that begins with what is stored already is refused with DataAlreadyAcceptedException, and one that follows what has
 * not come with InvalidSequenceTokenException.
 */
export const putLogEvents: Operation<PutLogEventsRequest, PutLogEventsResponse, LogsParts> = async (input, context) => {
  const { call, store, parts } = context;
  const { group, stream } = store.view((reader) => {
    const found = groupNamed(reader, call, input.logGroupName);
    return { group: found, stream: streamNamed(reader, found, input.logStreamName) };
  });
  await store.durable(); // no event outlives the stream it is in
  const now = parts.clock.now();
  const shipped = shippedOf(input.sequenceToken);
  const { accepted, rejected } = checkBatch(eventsOf(input, shipped), now, group.retentionInDays);
  const rejectedInfo = rejected ? { rejectedLogEventsInfo: rejected } : {};
  if (!accepted) return { nextSequenceToken: nextSequenceToken(0), ...rejectedInfo };
  const batch: LogBatch = { ingestionTime: now, events: accepted, sources: shipped?.sources ?? [] };
  const outcome = await append(context, stream, batch);
  if (outcome.kind === 'repeated') throw alreadyAccepted(tokenOfCursors(outcome.cursors));
  if (outcome.kind === 'early') throw outOfTurn();
  parts.liveTail.publish(group, stream, batch);
  await noteActivity(context, stream, now);
  return { nextSequenceToken: nextSequenceToken(outcome.nextPosition), ...rejectedInfo };
};

function eventsOf(
  { logEvents }: Parsed<PutLogEventsRequest>,
  shipped: Shipped | undefined,
): readonly InputEvent[] | EventLines {
  const [packed] = logEvents;
  if (!shipped?.runs || !packed) return logEvents;
  const lines = linesOf(packed.message, shipped.runs);
  if (!lines) throw invalidParameter('The sequence token tells of other lines than the batch holds.');
  return lines;
}

async function append(
  { store, parts }: OperationContext<LogsParts>,
  stream: LogStreamRecord,
  batch: LogBatch,
): Promise<AppendOutcome> {
  const exists = (): boolean =>
    store.view((reader) => reader.get(logStreams, logStreams.key(stream)))?.id === stream.id;
  try {
    const outcome = await parts.files.append(stream.id, batch);
    if (!exists()) throw streamNotFound(); // deleted meanwhile; the file keeper removes what was written
    return outcome;
  } catch (error) {
    throw exists() ? error : streamNotFound();
  }
}

/** Writes what the stream holds into its record: with its first events, then once a minute while events come. */
async function noteActivity(
  { store, parts }: OperationContext<LogsParts>,
  stream: LogStreamRecord,
  now: number,
): Promise<void> {
  const noted = store.view((reader) => reader.get(logStreams, logStreams.key(stream)))?.activity;
  if (noted && now < noted.lastIngestionAt + limits.activityEveryMs) return;
  const summary = parts.files.knownSummary(stream.id);
  if (summary?.firstEventTime === undefined || summary.lastEventTime === undefined) return;
  const activity = {
    firstEventAt: summary.firstEventTime,
    lastEventAt: summary.lastEventTime,
    lastIngestionAt: summary.lastIngestionTime ?? now,
    storedBytes: summary.storedBytes,
  };
  await store.update((tx) => {
    const record = tx.get(logStreams, logStreams.key(stream));
    if (record?.id === stream.id) tx.put(logStreams, { ...record, activity });
  });
}

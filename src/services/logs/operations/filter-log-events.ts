import type { FilterLogEventsRequest, FilterLogEventsResponse } from '@aws-sdk/client-cloudwatch-logs';
import type { Operation, Parsed } from '../../../aws/operation.ts';
import type { Reader } from '../../../store/store.ts';
import { constraintBroken, invalidParameter, notBuilt } from '../errors.ts';
import type { LogsParts } from '../parts.ts';
import { groupOf, streamNamed } from '../references.ts';
import { eventId } from '../rules/event-token.ts';
import { parseFilterPattern } from '../rules/filter-pattern.ts';
import { limits } from '../rules/limits.ts';
import { startingWith } from '../rules/listing.ts';
import { checkLimit, checkStreamName } from '../rules/names.ts';
import { oldestKept } from '../rules/retention.ts';
import { decodeScanToken, encodeScanToken, mergeStreams } from '../stream-merge.ts';
import { type LogGroupRecord, type LogStreamRecord, logStreams, streamKey } from '../tables.ts';

/** Differs from AWS: events of one millisecond in several streams come in the order of the streams, not of ingestion. */
export const filterLogEvents: Operation<FilterLogEventsRequest, FilterLogEventsResponse, LogsParts> = async (
  input,
  { call, store, parts },
) => {
  checkInput(input);
  const matches = parseFilterPattern(input.filterPattern ?? '');
  const after = input.nextToken === undefined ? undefined : decodeScanToken(input.nextToken);
  if (input.nextToken !== undefined && !after) throw invalidParameter('The specified nextToken is invalid.');
  const { group, streams } = store.view((reader) => {
    const found = groupOf(reader, call, input);
    return { group: found, streams: streamsOf(reader, found, input) };
  });
  const startTime = Math.max(input.startTime ?? 0, oldestKept(group, parts.clock.now()));
  const names = new Map(streams.map((stream) => [stream.id, stream.name]));
  const endTime = input.endTime === undefined ? undefined : input.endTime + 1;
  const page = await mergeStreams(
    parts.files,
    streams,
    { startTime, endTime, after },
    {
      maxEvents: input.limit ?? limits.eventsPage,
      maxBytes: limits.pageBytes,
      maxScanBytes: limits.scanBytes,
      matches,
    },
  );
  return {
    events: page.events.map(({ streamId, time, position, message, ingestionTime }) => ({
      logStreamName: names.get(streamId),
      timestamp: time,
      message,
      ingestionTime,
      eventId: eventId(streamId, { time, position }),
    })),
    searchedLogStreams: [], // AWS has left it empty since 2019
    ...(page.next ? { nextToken: encodeScanToken(page.next) } : {}),
  };
};

function checkInput(input: Parsed<FilterLogEventsRequest>): void {
  checkLimit(input.limit, limits.eventsPage);
  if (input.logStreamNames && input.logStreamNamePrefix !== undefined) {
    throw invalidParameter('logStreamNames and logStreamNamePrefix are mutually exclusive parameters.');
  }
  if (input.logStreamNamePrefix !== undefined) checkStreamName(input.logStreamNamePrefix, 'logStreamNamePrefix');
  if (
    input.logStreamNames &&
    (input.logStreamNames.length < 1 || input.logStreamNames.length > limits.filterStreamNames)
  ) {
    const bound = input.logStreamNames.length < 1 ? 'greater than or equal to 1' : 'less than or equal to 100';
    throw constraintBroken(undefined, 'logStreamNames', `Member must have length ${bound}`);
  }
  if ((input.filterPattern?.length ?? 0) > limits.filterPatternLength) {
    throw constraintBroken(undefined, 'filterPattern', 'Member must have length less than or equal to 1024');
  }
  if (input.startFromHead === false) throw notBuilt('FilterLogEvents from the latest event on');
}

function streamsOf(
  reader: Reader,
  group: LogGroupRecord,
  input: Parsed<FilterLogEventsRequest>,
): readonly LogStreamRecord[] {
  if (input.logStreamNames) return [...new Set(input.logStreamNames)].map((name) => streamNamed(reader, group, name));
  return [
    ...startingWith<LogStreamRecord>({
      prefix: input.logStreamNamePrefix ?? '',
      afterName: undefined,
      named: (name) => reader.get(logStreams, streamKey(group.id, name)),
      after: (name) => reader.find(logStreams, 'group', group.id, streamKey(group.id, name)),
    }),
  ];
}

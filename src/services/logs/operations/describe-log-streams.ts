import type { DescribeLogStreamsRequest, DescribeLogStreamsResponse, LogStream } from '@aws-sdk/client-cloudwatch-logs';
import type { Operation, Parsed } from '../../../aws/operation.ts';
import { decodeToken, encodeToken, type Page, takePage } from '../../../core/page.ts';
import type { StreamSummary } from '../../../dataplane/log-files/contract.ts';
import type { Reader } from '../../../store/store.ts';
import { invalidParameter } from '../errors.ts';
import type { LogsParts } from '../parts.ts';
import { groupOf, streamArn } from '../references.ts';
import { limits } from '../rules/limits.ts';
import { afterToken, startingWith } from '../rules/listing.ts';
import { checkLimit, checkStreamName } from '../rules/names.ts';
import { nextSequenceToken } from '../rules/sequence-token.ts';
import { type LogGroupRecord, type LogStreamRecord, logStreams, streamKey } from '../tables.ts';

type Input = Parsed<DescribeLogStreamsRequest>;

export const describeLogStreams: Operation<DescribeLogStreamsRequest, DescribeLogStreamsResponse, LogsParts> = async (
  input,
  { call, store, parts },
) => {
  const prefix = input.logStreamNamePrefix;
  checkLimit(input.limit, limits.describePage);
  if (prefix !== undefined) checkStreamName(prefix, 'logStreamNamePrefix');
  const byTime = input.orderBy === 'LastEventTime';
  if (byTime && prefix !== undefined) {
    throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.');
  }
  const { group, page } = store.view((reader) => {
    const found = groupOf(reader, call, input);
    return { group: found, page: byTime ? pageByTime(reader, found, input, parts) : pageByName(reader, found, input) };
  });
  const logStreams = await Promise.all(
    page.items.map(async (stream) => view(group, stream, await parts.files.summary(stream.id))),
  );
  return { logStreams, ...(page.nextToken === undefined ? {} : { nextToken: page.nextToken }) };
};

function pageByName(reader: Reader, group: LogGroupRecord, input: Input): Page<LogStreamRecord> {
  const prefix = input.logStreamNamePrefix ?? '';
  const size = input.limit ?? limits.describePage;
  const afterName = afterToken(input.nextToken);
  const named = (name: string): LogStreamRecord | undefined => reader.get(logStreams, streamKey(group.id, name));
  const after = (name: string): Iterable<LogStreamRecord> =>
    reader.find(logStreams, 'group', group.id, streamKey(group.id, name));
  const ascending = startingWith<LogStreamRecord>({
    prefix,
    afterName: input.descending ? undefined : afterName,
    named,
    after,
  });
  if (!input.descending) return takePage(ascending, size, (stream) => stream.name);
  const before = [...ascending].filter(({ name }) => afterName === undefined || name < afterName);
  return takePage(before.reverse(), size, (stream) => stream.name);
}

/** By the time of the last event, then by name; streams without events come before all others. */
function pageByTime(reader: Reader, group: LogGroupRecord, input: Input, parts: LogsParts): Page<LogStreamRecord> {
  const streams = [...reader.find(logStreams, 'group', group.id)].map((stream) => ({
    stream,
    key: sortKey(parts.files.knownSummary(stream.id)?.lastEventTime ?? stream.activity?.lastEventAt, stream.name),
  }));
  const sign = input.descending ? -1 : 1;
  const last = input.nextToken === undefined ? undefined : decodeToken(input.nextToken);
  if (input.nextToken !== undefined && last === undefined)
    throw invalidParameter('The specified nextToken is invalid.');
  const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -sign : sign);
  const rest = streams.filter(({ key }) => last === undefined || compare(key, last) > 0);
  rest.sort((a, b) => compare(a.key, b.key));
  const size = input.limit ?? limits.describePage;
  const end = rest.length > size ? rest[size - 1] : undefined;
  return {
    items: rest.slice(0, size).map(({ stream }) => stream),
    ...(end ? { nextToken: encodeToken(end.key) } : {}),
  };
}

function sortKey(lastEventTime: number | undefined, name: string): string {
  return `${(lastEventTime === undefined ? 0 : lastEventTime + 1).toString().padStart(16, '0')}/${name}`;
}

function view(group: LogGroupRecord, stream: LogStreamRecord, summary: StreamSummary): LogStream {
  const { firstEventTime, lastEventTime, lastIngestionTime } = summary;
  return {
    logStreamName: stream.name,
    creationTime: stream.createdAt,
    ...(firstEventTime === undefined ? {} : { firstEventTimestamp: firstEventTime }),
    ...(lastEventTime === undefined ? {} : { lastEventTimestamp: lastEventTime }),
    ...(lastIngestionTime === undefined ? {} : { lastIngestionTime }),
    uploadSequenceToken: nextSequenceToken(lastIngestionTime ?? 0),
    arn: streamArn(group, stream.name),
    storedBytes: 0, // as AWS shows it for streams since 2019
  };
}

import type { GetLogEventsRequest, GetLogEventsResponse } from '@aws-sdk/client-cloudwatch-logs';
import type { Operation, Parsed } from '../../../aws/operation.ts';
import type { LogPage, Place } from '../../../dataplane/log-files/contract.ts';
import { invalidParameter } from '../errors.ts';
import type { LogsParts } from '../parts.ts';
import { groupOf, streamNamed } from '../references.ts';
import { decodeEventToken, type EventToken, encodeEventToken } from '../rules/event-token.ts';
import { limits } from '../rules/limits.ts';
import { checkLimit } from '../rules/names.ts';
import { oldestKept } from '../rules/retention.ts';

export const getLogEvents: Operation<GetLogEventsRequest, GetLogEventsResponse, LogsParts> = async (
  input,
  { call, store, parts },
) => {
  checkLimit(input.limit, limits.eventsPage);
  const token = tokenOf(input);
  const { group, stream } = store.view((reader) => {
    const found = groupOf(reader, call, input);
    return { group: found, stream: streamNamed(reader, found, input.logStreamName) };
  });
  const direction = token?.direction ?? (input.startFromHead ? 'forward' : 'backward');
  const startTime = Math.max(input.startTime ?? 0, oldestKept(group, parts.clock.now()));
  const page = await parts.files.read(stream.id, {
    direction,
    ...(token ? (direction === 'forward' ? { after: token.place } : { before: token.place }) : {}),
    startTime,
    ...(input.endTime === undefined ? {} : { endTime: input.endTime }),
    maxEvents: input.limit ?? limits.eventsPage,
    maxBytes: limits.pageBytes,
  });
  const edges = edgesOf(page, token, startTime);
  return {
    events: page.events.map(({ time, message, ingestionTime }) => ({ timestamp: time, message, ingestionTime })),
    nextForwardToken: encodeEventToken({ direction: 'forward', place: edges.last }),
    nextBackwardToken: encodeEventToken({ direction: 'backward', place: edges.first }),
  };
};

/** The places that the tokens go on from: at the end of the stream the same token is given again. */
function edgesOf(
  page: LogPage,
  token: EventToken | undefined,
  startTime: number,
): { readonly first: Place; readonly last: Place } {
  const first = page.events[0];
  const last = page.events.at(-1);
  if (first && last) return { first, last };
  const { time, position } = token?.place ?? { time: startTime, position: -1 };
  // An empty page lies between the event given out last and the one after it: the other direction begins with the former.
  return token?.direction === 'backward'
    ? { first: { time, position }, last: { time, position: Math.max(-1, position - 1) } }
    : { first: { time, position: position + 1 }, last: { time, position } };
}

function tokenOf(input: Parsed<GetLogEventsRequest>): EventToken | undefined {
  if (input.nextToken === undefined) return undefined;
  const token = decodeEventToken(input.nextToken);
  if (!token) throw invalidParameter('The specified nextToken is invalid.');
  return token;
}

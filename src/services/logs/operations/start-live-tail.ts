import type {
  StartLiveTailRequest,
  StartLiveTailResponse,
  StartLiveTailResponseStream,
} from '@aws-sdk/client-cloudwatch-logs';
import { AwsError } from '../../../aws/error.ts';
import type { Operation, OperationContext, Parsed } from '../../../aws/operation.ts';
import { constraintBroken, invalidParameter } from '../errors.ts';
import type { TailSubscription } from '../live-tail.ts';
import type { LogsParts } from '../parts.ts';
import { groupArn, groupIdentified } from '../references.ts';
import { parseFilterPattern } from '../rules/filter-pattern.ts';
import { limits } from '../rules/limits.ts';

const updateEveryMs = 1000;
const sessionMs = 3 * 60 * 60 * 1000;

/**
 * Differs from AWS: SDKs put `stream-` before the endpoint's host name, which no loopback name resolves. A client reaches
 * this with AWS_DISABLE_HOST_PREFIX_INJECTION=true (botocore, CLI) or `disableHostPrefix: true` (JavaScript).
 */
export const startLiveTail: Operation<StartLiveTailRequest, StartLiveTailResponse, LogsParts> = async (
  input,
  context,
) => {
  const { call, store, parts } = context;
  checkInput(input);
  const message = parseFilterPattern(input.logEventFilterPattern ?? '');
  const groups = store.view((reader) => input.logGroupIdentifiers.map((each) => groupIdentified(reader, call, each)));
  const subscription = parts.liveTail.subscribe({
    groupIds: new Set(groups.map((group) => group.id)),
    stream: streamTest(input),
    message,
  });
  const start: StartLiveTailResponseStream = {
    sessionStart: {
      requestId: call.requestId,
      sessionId: call.requestId,
      logGroupIdentifiers: groups.map(groupArn),
      logStreamNames: [...(input.logStreamNames ?? [])],
      logStreamNamePrefixes: [...(input.logStreamNamePrefixes ?? [])],
      logEventFilterPattern: input.logEventFilterPattern ?? '',
    },
  };
  return { responseStream: session(start, subscription, context) };
};

async function* session(
  start: StartLiveTailResponseStream,
  subscription: TailSubscription,
  { parts }: OperationContext<LogsParts>,
): AsyncGenerator<StartLiveTailResponseStream> {
  const endsAtMs = parts.clock.monotonicMs() + sessionMs;
  try {
    yield start;
    while (parts.clock.monotonicMs() < endsAtMs) {
      await parts.clock.sleep(updateEveryMs);
      const { events, sampled } = subscription.take();
      yield { sessionUpdate: { sessionMetadata: { sampled }, sessionResults: [...events] } };
    }
    throw new AwsError('SessionTimeoutException', 'The Live Tail session has timed out.');
  } finally {
    subscription.end();
  }
}

function checkInput(input: Parsed<StartLiveTailRequest>): void {
  const count = input.logGroupIdentifiers.length;
  if (count < 1 || count > limits.liveTailGroups) {
    const bound = count < 1 ? 'greater than or equal to 1' : `less than or equal to ${limits.liveTailGroups}`;
    throw constraintBroken(undefined, 'logGroupIdentifiers', `Member must have length ${bound}`);
  }
  if (input.logStreamNames && input.logStreamNamePrefixes) {
    throw invalidParameter('logStreamNames and logStreamNamePrefixes are mutually exclusive parameters.');
  }
  if (count > 1 && (input.logStreamNames || input.logStreamNamePrefixes)) {
    throw invalidParameter('Log streams can be given only together with a single log group.');
  }
}

function streamTest(input: Parsed<StartLiveTailRequest>): (name: string) => boolean {
  const { logStreamNames: names, logStreamNamePrefixes: prefixes } = input;
  if (names) return (name) => names.includes(name);
  if (prefixes) return (name) => prefixes.some((prefix) => name.startsWith(prefix));
  return () => true;
}

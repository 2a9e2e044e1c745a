import type { DescribeLogGroupsResponse, DescribeLogStreamsResponse } from '@aws-sdk/client-cloudwatch-logs';
import type { Task, TaskDefinition } from '@aws-sdk/client-ecs';
import type { Caller } from './caller.ts';

/** What is known of where the output of a container goes; undefined is what a secret says. */
export interface TaskOutput {
  readonly container: string;
  readonly region: string | undefined;
  readonly group: string | undefined;
  readonly stream: string | undefined;
  /** How the name of a stream whose prefix is a secret ends. With neither there is no stream yet. */
  readonly ending: string | undefined;
}

export interface LogStream {
  readonly group: string;
  readonly stream: string;
}

/** The output of the awslogs containers of a task, or of one of them. */
export function outputsOf(
  { containerDefinitions = [] }: TaskDefinition,
  { taskArn = '', containers = [] }: Task,
  container: string | undefined,
): readonly TaskOutput[] {
  return containerDefinitions.flatMap(({ name = '', logConfiguration }) => {
    if (logConfiguration?.logDriver !== 'awslogs' || (container !== undefined && container !== name)) return [];
    const { options = {}, secretOptions = [] } = logConfiguration;
    const isSecret = (option: string): boolean => secretOptions.some((secret) => secret.name === option);
    const ending = `/${name}/${taskArn.slice(taskArn.lastIndexOf('/') + 1)}`;
    const { runtimeId } = containers.find((one) => one.name === name) ?? {};
    const prefix = options['awslogs-stream-prefix'];
    return [
      {
        container: name,
        region: isSecret('awslogs-region') ? undefined : options['awslogs-region'],
        group: isSecret('awslogs-group') ? undefined : options['awslogs-group'],
        ...(isSecret('awslogs-stream-prefix')
          ? { stream: undefined, ending }
          : { stream: prefix ? `${prefix}${ending}` : runtimeId, ending: undefined }),
      },
    ];
  });
}

/**
 * The stream that holds the output; undefined while there is none. What a secret says is not asked of the secret, which
 * may be another by now: the stream is looked for by the end of its name.
 */
export async function findStream(
  call: Caller,
  { region, group, stream, ending }: TaskOutput,
): Promise<LogStream | undefined> {
  if (stream === undefined && ending === undefined) return undefined;
  for await (const logGroupName of group === undefined ? groups(call, region) : [group]) {
    const isIt = (name: string): boolean => (ending === undefined ? name === stream : name.endsWith(ending));
    const asked = stream === undefined ? newestFirst : { logStreamNamePrefix: stream };
    for await (const name of streams(call, { logGroupName, ...asked }, region)) {
      if (isIt(name)) return { group: logGroupName, stream: name };
    }
  }
  return undefined;
}

const newestFirst = { orderBy: 'LastEventTime', descending: true } as const;

async function* groups(call: Caller, region: string | undefined): AsyncGenerator<string> {
  let nextToken: string | undefined;
  do {
    const input = nextToken === undefined ? {} : { nextToken };
    const page = await call<DescribeLogGroupsResponse>('logs', 'DescribeLogGroups', input, region);
    for (const { logGroupName } of page.logGroups ?? []) if (logGroupName) yield logGroupName;
    ({ nextToken } = page);
  } while (nextToken !== undefined);
}

async function* streams(call: Caller, asked: object, region: string | undefined): AsyncGenerator<string> {
  let nextToken: string | undefined;
  do {
    const input = nextToken === undefined ? asked : { ...asked, nextToken };
    const page = await call<DescribeLogStreamsResponse>('logs', 'DescribeLogStreams', input, region);
    for (const { logStreamName } of page.logStreams ?? []) if (logStreamName) yield logStreamName;
    ({ nextToken } = page);
  } while (nextToken !== undefined);
}

import type { FilterLogEventsResponse } from '@aws-sdk/client-cloudwatch-logs';
import type { DescribeTaskDefinitionResponse, DescribeTasksResponse, Task } from '@aws-sdk/client-ecs';
import { setTimeout as sleep } from 'node:timers/promises';
import { UsageError } from '../app/config.ts';
import { realDisk } from '../world/real/real-disk.ts';
import { type Caller, caller } from './caller.ts';
import { findConnection } from './connection.ts';
import type { LogsOptions } from './program.ts';

const pollEveryMs = 300;

/** Prints what the containers of a task wrote, oldest first; with --follow until the task has stopped. */
export async function logs(taskId: string, options: LogsOptions): Promise<void> {
  const call = caller(await findConnection(realDisk(), options.dataDir));
  const task = await describeTask(call, options.cluster, taskId);
  const streams = await logStreams(call, task, options.container);
  if (streams.length === 0) {
    throw new UsageError(
      `no container of task ${taskId} ${options.container ? `named ${options.container} ` : ''}logs to awslogs with a stream prefix`,
    );
  }
  const printed = new Set<string>();
  for (;;) {
    // Asked before the events are: what the task wrote before it stopped is then among them.
    const stopped = !options.follow || (await describeTask(call, options.cluster, taskId)).lastStatus === 'STOPPED';
    for (const stream of streams) await printNew(call, stream, printed);
    if (stopped) return;
    await sleep(pollEveryMs);
  }
}

interface LogStreamOfContainer {
  readonly container: string;
  readonly group: string;
  readonly stream: string;
}

async function logStreams(
  call: Caller,
  task: Task,
  container: string | undefined,
): Promise<readonly LogStreamOfContainer[]> {
  const { taskDefinition } = await call<DescribeTaskDefinitionResponse>('ecs', 'DescribeTaskDefinition', {
    taskDefinition: task.taskDefinitionArn,
  });
  return (taskDefinition?.containerDefinitions ?? []).flatMap((definition) => {
    const options = definition.logConfiguration?.options;
    const group = options?.['awslogs-group'];
    const prefix = options?.['awslogs-stream-prefix'];
    const name = definition.name ?? '';
    if (definition.logConfiguration?.logDriver !== 'awslogs' || !group || !prefix || (container && container !== name))
      return [];
    const taskId = task.taskArn?.slice(task.taskArn.lastIndexOf('/') + 1) ?? '';
    return [{ container: name, group, stream: `${prefix}/${name}/${taskId}` }];
  });
}

async function printNew(call: Caller, from: LogStreamOfContainer, printed: Set<string>): Promise<void> {
  let nextToken: string | undefined;
  do {
    const page = await call<FilterLogEventsResponse>('logs', 'FilterLogEvents', {
      logGroupName: from.group,
      logStreamNames: [from.stream],
      ...(nextToken === undefined ? {} : { nextToken }),
    });
    for (const event of page.events ?? []) {
      const id = event.eventId ?? '';
      if (printed.has(id)) continue;
      printed.add(id);
      process.stdout.write(
        `${new Date(event.timestamp ?? 0).toISOString()} ${from.container} ${event.message ?? ''}\n`,
      );
    }
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
}

async function describeTask(call: Caller, cluster: string, taskId: string): Promise<Task> {
  const { tasks, failures } = await call<DescribeTasksResponse>('ecs', 'DescribeTasks', { cluster, tasks: [taskId] });
  const task = tasks?.[0];
  if (!task)
    throw new UsageError(`there is no task ${taskId} in cluster ${cluster} (${failures?.[0]?.reason ?? 'MISSING'})`);
  return task;
}

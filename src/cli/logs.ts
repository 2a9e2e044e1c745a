import type { FilterLogEventsResponse } from '@aws-sdk/client-cloudwatch-logs';
import type { DescribeTaskDefinitionResponse, DescribeTasksResponse, Task } from '@aws-sdk/client-ecs';
import { setTimeout as sleep } from 'node:timers/promises';
import { UsageError } from '../app/config.ts';
import { AwsError } from '../aws/error.ts';
import { realDisk } from '../world/real/real-disk.ts';
import { type Caller, caller } from './caller.ts';
import { findConnection } from './connection.ts';
import { findStream, type LogStream, outputsOf, type TaskOutput } from './task-output.ts';
import type { LogsOptions } from './program.ts';

const pollEveryMs = 300;

/** Prints what the containers of a task wrote, oldest first; with --follow until the task has stopped. */
export async function logs(taskId: string, options: LogsOptions): Promise<void> {
  const call = caller(await findConnection(realDisk(), options.dataDir));
  const task = await describeTask(call, options.cluster, taskId);
  const { taskDefinition = {} } = await call<DescribeTaskDefinitionResponse>('ecs', 'DescribeTaskDefinition', {
    taskDefinition: task.taskDefinitionArn,
  });
  if (outputsOf(taskDefinition, task, options.container).length === 0) {
    throw new UsageError(
      `no container of task ${taskId} ${options.container ? `named ${options.container} ` : ''}logs to awslogs`,
    );
  }
  const printed = new Set<string>();
  const found = new Map<string, LogStream>();
  for (;;) {
    // Asked before the events are: what the task wrote before it stopped is then among them.
    const now = options.follow ? await describeTask(call, options.cluster, taskId) : task;
    for (const output of outputsOf(taskDefinition, now, options.container)) {
      const stream = found.get(output.container) ?? (await find(call, output));
      if (!stream) continue; // its container has not been started yet, or never was
      found.set(output.container, stream);
      await printNew(call, output, stream, printed);
    }
    const isOver = !options.follow || now.lastStatus === 'STOPPED';
    if (isOver && found.size === 0) throw new UsageError(`task ${taskId} has no log stream (yet)`);
    if (isOver) return;
    await sleep(pollEveryMs);
  }
}

function find(call: Caller, output: TaskOutput): Promise<LogStream | undefined> {
  return findStream(call, output).catch((error: unknown) => {
    if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return undefined;
    throw error;
  });
}

async function printNew(
  call: Caller,
  { container, region }: TaskOutput,
  { group, stream }: LogStream,
  printed: Set<string>,
): Promise<void> {
  let nextToken: string | undefined;
  do {
    const input = {
      logGroupName: group,
      logStreamNames: [stream],
      ...(nextToken === undefined ? {} : { nextToken }),
    };
    const page = await call<FilterLogEventsResponse>('logs', 'FilterLogEvents', input, region);
    for (const event of page.events ?? []) {
      const id = event.eventId ?? '';
      if (printed.has(id)) continue;
      printed.add(id);
      process.stdout.write(`${new Date(event.timestamp ?? 0).toISOString()} ${container} ${event.message ?? ''}\n`);
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

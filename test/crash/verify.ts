import type { GetLogEventsResponse } from '@aws-sdk/client-cloudwatch-logs';
import type { DescribeTasksResponse, ListClustersResponse, ListTaskDefinitionsResponse } from '@aws-sdk/client-ecs';
import { docker } from '../running/engine.ts';
import { eventually } from '../running/eventually.ts';
import type { Client } from './installation.ts';
import { type Acknowledged, cluster, logGroup, shortTask } from './workload.ts';

/** Everything that is wrong after a restart, in sentences; nothing when all that was acknowledged is there. */
export async function verify(client: Client, acknowledged: Acknowledged): Promise<readonly string[]> {
  const problems: string[] = [];
  const clusters = new Set(await listClusters(client));
  for (const arn of acknowledged.clusters) if (!clusters.has(arn)) problems.push(`cluster ${arn} is lost`);
  const definitions = new Set(await listTaskDefinitions(client));
  for (const arn of acknowledged.taskDefinitions)
    if (!definitions.has(arn)) problems.push(`task definition ${arn} is lost`);

  for (const { taskArn, runtimeId, startedAt } of acknowledged.longLived) {
    const container = await docker.inspectContainer(runtimeId);
    if (!container?.State.Running) problems.push(`container ${runtimeId} of ${taskArn} does not run any more`);
    else if (container.State.StartedAt !== startedAt)
      problems.push(`container ${runtimeId} of ${taskArn} was started again`);
    const { tasks = [] } = await client.call<DescribeTasksResponse>('ecs', 'DescribeTasks', {
      cluster,
      tasks: [taskArn],
    });
    if (tasks[0]?.lastStatus !== 'RUNNING')
      problems.push(`task ${taskArn} is ${tasks[0]?.lastStatus ?? 'missing'} and not RUNNING`);
    problems.push(...gaps(await logLines(client, taskArn), taskArn));
  }
  for (const { arn } of acknowledged.tasks.filter((task) => task.kind === 'short'))
    problems.push(...(await verifyShort(client, arn)));
  return problems;
}

/** A short task must come to its end with its exit code and all its lines, each once. */
async function verifyShort(client: Client, arn: string): Promise<readonly string[]> {
  const task = await eventually(`the end of ${arn}`, async () => {
    const { tasks = [], failures = [] } = await client.call<DescribeTasksResponse>('ecs', 'DescribeTasks', {
      cluster,
      tasks: [arn],
    });
    if (failures.length > 0) throw new Error(`task ${arn} is lost: ${failures[0]?.reason ?? ''}`);
    return tasks[0]?.lastStatus === 'STOPPED' ? tasks[0] : undefined;
  });
  const exitCode = task.containers?.[0]?.exitCode;
  if (exitCode !== shortTask.exitCode)
    return [`task ${arn} ended with ${String(exitCode)} (${task.stoppedReason ?? ''}) and not ${shortTask.exitCode}`];
  const lines = await eventually(`the last line of ${arn}`, async () => {
    const found = await logLines(client, arn);
    return found.includes(`line ${shortTask.lines}`) ? found : undefined;
  });
  return lines.length === shortTask.lines
    ? gaps(lines, arn)
    : [`task ${arn} has ${lines.length} lines and not ${shortTask.lines}`];
}

/** Lines are numbered from 1: each must be one more than the line before. */
function gaps(lines: readonly string[], arn: string): readonly string[] {
  const wrong = lines.findIndex((line, index) => line !== `line ${index + 1}`);
  return wrong === -1
    ? []
    : [`log of ${arn}: after '${lines[wrong - 1] ?? 'the beginning'}' comes '${lines[wrong] ?? ''}'`];
}

async function logLines(client: Client, taskArn: string): Promise<readonly string[]> {
  const logStreamName = `crash/app/${taskArn.slice(taskArn.lastIndexOf('/') + 1)}`;
  const lines: string[] = [];
  for (let token: string | undefined; ; ) {
    const page = await client.call<GetLogEventsResponse>('logs', 'GetLogEvents', {
      logGroupName: logGroup,
      logStreamName,
      startFromHead: true,
      ...(token === undefined ? {} : { nextToken: token }),
    });
    lines.push(...(page.events ?? []).map((event) => event.message ?? ''));
    if (page.nextForwardToken === token) return lines;
    token = page.nextForwardToken;
  }
}

async function listClusters(client: Client): Promise<readonly string[]> {
  const arns: string[] = [];
  for (let nextToken: string | undefined; ; ) {
    const page = await client.call<ListClustersResponse>(
      'ecs',
      'ListClusters',
      nextToken === undefined ? {} : { nextToken },
    );
    arns.push(...(page.clusterArns ?? []));
    if (page.nextToken === undefined) return arns;
    nextToken = page.nextToken;
  }
}

async function listTaskDefinitions(client: Client): Promise<readonly string[]> {
  const arns: string[] = [];
  for (let nextToken: string | undefined; ; ) {
    const page = await client.call<ListTaskDefinitionsResponse>(
      'ecs',
      'ListTaskDefinitions',
      nextToken === undefined ? {} : { nextToken },
    );
    arns.push(...(page.taskDefinitionArns ?? []));
    if (page.nextToken === undefined) return arns;
    nextToken = page.nextToken;
  }
}

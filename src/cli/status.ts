import type {
  DescribeClustersResponse,
  DescribeContainerInstancesResponse,
  DescribeTasksResponse,
  ListClustersResponse,
  ListContainerInstancesResponse,
  ListTasksResponse,
  Task,
} from '@aws-sdk/client-ecs';
import { realDisk } from '../world/real/real-disk.ts';
import { type Caller, caller } from './caller.ts';
import { findConnection } from './connection.ts';
import type { DataDirectoryOption } from './program.ts';

/** Prints each cluster with its container instances and what runs on them. */
export async function status({ dataDir }: DataDirectoryOption): Promise<void> {
  const connection = await findConnection(realDisk(), dataDir);
  const call = caller(connection);
  const { clusterArns = [] } = await call<ListClustersResponse>('ecs', 'ListClusters', {});
  process.stdout.write(
    `${connection.endpoint}, region ${connection.region}: ${count(clusterArns.length, 'cluster')}\n`,
  );
  if (clusterArns.length === 0) return;
  const { clusters = [] } = await call<DescribeClustersResponse>('ecs', 'DescribeClusters', { clusters: clusterArns });
  for (const cluster of clusters) {
    const name = cluster.clusterName ?? '';
    process.stdout.write(
      `\n${name}: ${count(cluster.registeredContainerInstancesCount ?? 0, 'container instance')}, ` +
        `${cluster.runningTasksCount ?? 0} running and ${cluster.pendingTasksCount ?? 0} pending tasks\n`,
    );
    await printInstances(call, name);
    await printTasks(call, name);
  }
}

async function printInstances(call: Caller, cluster: string): Promise<void> {
  const { containerInstanceArns = [] } = await call<ListContainerInstancesResponse>('ecs', 'ListContainerInstances', {
    cluster,
  });
  if (containerInstanceArns.length === 0) return;
  const { containerInstances = [] } = await call<DescribeContainerInstancesResponse>(
    'ecs',
    'DescribeContainerInstances',
    {
      cluster,
      containerInstances: containerInstanceArns,
    },
  );
  printTable(
    ['INSTANCE', 'STATUS', 'AGENT', 'TASKS', 'CPU FREE', 'MEMORY FREE'],
    containerInstances.map((instance) => {
      const free = (name: string): string => {
        const amount = (resources = instance.registeredResources): number | undefined =>
          resources?.find((resource) => resource.name === name)?.integerValue;
        return `${amount(instance.remainingResources) ?? '?'} of ${amount() ?? '?'}`;
      };
      return [
        lastPart(instance.containerInstanceArn),
        instance.status ?? '',
        instance.agentConnected ? 'connected' : 'disconnected',
        String(instance.runningTasksCount ?? 0),
        free('CPU'),
        `${free('MEMORY')} MiB`,
      ];
    }),
  );
}

async function printTasks(call: Caller, cluster: string): Promise<void> {
  const { taskArns = [] } = await call<ListTasksResponse>('ecs', 'ListTasks', { cluster });
  if (taskArns.length === 0) return;
  const { tasks = [] } = await call<DescribeTasksResponse>('ecs', 'DescribeTasks', { cluster, tasks: taskArns });
  printTable(
    ['TASK', 'DEFINITION', 'STATUS', 'LAUNCH TYPE', 'WHERE', 'CONTAINERS'],
    tasks.map((task) => [
      lastPart(task.taskArn),
      lastPart(task.taskDefinitionArn),
      task.lastStatus ?? '',
      task.launchType ?? '',
      place(task),
      (task.containers ?? []).map((container) => `${container.name ?? ''} ${container.lastStatus ?? ''}`).join(', '),
    ]),
  );
}

/** The address of an awsvpc task, else the instance and the ports it has there. */
function place(task: Task): string {
  const address = task.containers?.flatMap((container) => container.networkInterfaces ?? [])[0]?.privateIpv4Address;
  if (address) return address;
  const ports = (task.containers ?? [])
    .flatMap((container) => container.networkBindings ?? [])
    .map((binding) => `:${binding.hostPort ?? ''}`);
  return [lastPart(task.containerInstanceArn).slice(0, 12), ...ports].join(' ');
}

function printTable(header: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of [header, ...rows]) {
    process.stdout.write(
      `  ${row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
    );
  }
}

function lastPart(arn: string | undefined): string {
  return arn?.slice(arn.lastIndexOf('/') + 1) ?? '';
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}

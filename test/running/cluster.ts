import type {
  DescribeContainerInstancesResponse,
  DescribeTasksResponse,
  ListContainerInstancesResponse,
  RunTaskResponse,
  Task,
} from '@aws-sdk/client-ecs';
import { createAwsClient } from '../../src/aws/client.ts';
import { realWorld } from '../../src/world/real/real-world.ts';
import { eventually } from './eventually.ts';
import { type Server, testKeys } from './server.ts';

export type Client = ReturnType<typeof createAwsClient>;

/** A client of our own: faster to call in great number than the AWS CLI, which other tests use. */
export function clientOf(server: Pick<Server, 'endpoint'>): Client {
  return createAwsClient({ ...realWorld(), endpoint: server.endpoint, region: 'us-east-1', credentials: testKeys });
}

/** Waits for a container instance of the cluster whose agent is connected, and gives its ARN. */
export async function connectedInstance(client: Client, cluster: string): Promise<string> {
  return await eventually(`a connected container instance of ${cluster}`, async () => {
    const { containerInstanceArns = [] } = await client.call<ListContainerInstancesResponse>(
      'ecs',
      'ListContainerInstances',
      { cluster },
    );
    if (containerInstanceArns.length === 0) return undefined;
    const { containerInstances = [] } = await client.call<DescribeContainerInstancesResponse>(
      'ecs',
      'DescribeContainerInstances',
      {
        cluster,
        containerInstances: containerInstanceArns,
      },
    );
    return containerInstances.find((instance) => instance.agentConnected)?.containerInstanceArn;
  });
}

/** Registers a definition of these containers and runs one task of it. */
export async function runTask(
  client: Client,
  cluster: string,
  definition: { readonly family: string; readonly [member: string]: unknown },
): Promise<string> {
  await client.call('ecs', 'RegisterTaskDefinition', definition);
  const { tasks = [], failures = [] } = await client.call<RunTaskResponse>('ecs', 'RunTask', {
    cluster,
    taskDefinition: definition.family,
  });
  const arn = tasks[0]?.taskArn;
  if (!arn) throw new Error(`the task was not placed: ${JSON.stringify(failures)}`);
  return arn;
}

export async function describeTask(client: Client, cluster: string, taskArn: string): Promise<Task> {
  const { tasks = [] } = await client.call<DescribeTasksResponse>('ecs', 'DescribeTasks', {
    cluster,
    tasks: [taskArn],
  });
  if (!tasks[0]) throw new Error(`there is no task ${taskArn}`);
  return tasks[0];
}

/** Waits for a status. Rejects at once when the task has stopped instead. */
export async function taskReaches(client: Client, cluster: string, taskArn: string, status: string): Promise<Task> {
  return await eventually(`${taskArn} ${status}`, async () => {
    const task = await describeTask(client, cluster, taskArn);
    if (task.lastStatus === status) return task;
    if (task.lastStatus === 'STOPPED') throw new Error(`${taskArn} stopped: ${task.stoppedReason ?? ''}`);
    return undefined;
  });
}

import type {
  CreateClusterResponse,
  DescribeTasksResponse,
  ListContainerInstancesResponse,
  RegisterTaskDefinitionResponse,
  RunTaskResponse,
} from '@aws-sdk/client-ecs';
import { NetError } from '../../src/world/net.ts';
import { docker, testImage } from '../running/engine.ts';
import { eventually } from '../running/eventually.ts';
import type { Client } from './installation.ts';

/** What the server has answered for: it must be there after any crash. */
export interface Acknowledged {
  readonly clusters: string[];
  readonly taskDefinitions: string[];
  readonly tasks: { readonly arn: string; readonly kind: 'short' | 'long' }[];
  /** Containers that must not be touched by any crash of ours. */
  readonly longLived: { readonly taskArn: string; readonly runtimeId: string; readonly startedAt: string }[];
}

export const cluster = 'crash';
export const logGroup = '/crash';
/** What each short task writes before it ends, and how it ends. */
export const shortTask = { lines: 20, exitCode: 7 } as const;

/** Writes as fast as it is answered, one call after another, until it is stopped or the server is gone. */
export class Workload {
  readonly #client: Client;
  readonly #acknowledged: Acknowledged;
  #stopped = false;
  #count = 0;

  constructor(client: Client, acknowledged: Acknowledged) {
    this.#client = client;
    this.#acknowledged = acknowledged;
  }

  /** A cluster with its agent, and three tasks that run through all crashes. */
  async prepare(): Promise<void> {
    await this.#client.call('ecs', 'CreateCluster', { clusterName: cluster });
    await this.#client.call('logs', 'CreateLogGroup', { logGroupName: logGroup });
    await this.#register('long', 'trap "exit 0" TERM; n=0; while true; do n=$((n+1)); echo "line $n"; sleep 0.1; done');
    await this.#register(
      'short',
      `for n in $(seq ${shortTask.lines}); do echo "line $n"; done; exit ${shortTask.exitCode}`,
    );
    await eventually('a container instance', async () => {
      const { containerInstanceArns = [] } = await this.#client.call<ListContainerInstancesResponse>(
        'ecs',
        'ListContainerInstances',
        { cluster },
      );
      return containerInstanceArns.length > 0 ? true : undefined;
    });
    const arns = await eventually('room for three tasks', async () => {
      const placed = await this.#runTasks('long', 3);
      return placed.length === 3 ? placed : undefined;
    });
    const tasks = await eventually('three running tasks', async () => {
      const answer = await this.#client.call<DescribeTasksResponse>('ecs', 'DescribeTasks', { cluster, tasks: arns });
      return answer.tasks?.every((task) => task.lastStatus === 'RUNNING') ? answer.tasks : undefined;
    });
    for (const task of tasks) {
      const runtimeId = task.containers?.[0]?.runtimeId ?? '';
      const startedAt = (await docker.inspectContainer(runtimeId))?.State.StartedAt ?? '';
      this.#acknowledged.longLived.push({ taskArn: task.taskArn ?? '', runtimeId, startedAt });
    }
  }

  async run(): Promise<void> {
    this.#stopped = false;
    let shortTasks = 0;
    try {
      while (!this.#stopped) {
        this.#count += 1;
        const { cluster: created } = await this.#client.call<CreateClusterResponse>('ecs', 'CreateCluster', {
          clusterName: `c-${this.#count}`,
        });
        this.#acknowledged.clusters.push(created?.clusterArn ?? '');
        await this.#register(`d-${this.#count}`, 'true');
        // Few, since each of them is a container: what is tested is the writes and not the engine.
        if (shortTasks < 2) shortTasks += (await this.#runTasks('short', 1)).length;
      }
    } catch (error) {
      if (!(error instanceof NetError)) throw error; // the server was killed: expected, and not acknowledged
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  async #runTasks(family: 'short' | 'long', count: number): Promise<readonly string[]> {
    const answer = await this.#client.call<RunTaskResponse>('ecs', 'RunTask', {
      cluster,
      taskDefinition: family,
      count,
    });
    const arns = (answer.tasks ?? []).map((task) => task.taskArn ?? '');
    for (const arn of arns) this.#acknowledged.tasks.push({ arn, kind: family });
    return arns;
  }

  async #register(family: string, script: string): Promise<void> {
    const { taskDefinition } = await this.#client.call<RegisterTaskDefinitionResponse>(
      'ecs',
      'RegisterTaskDefinition',
      {
        family,
        networkMode: 'host',
        containerDefinitions: [
          {
            name: 'app',
            image: testImage,
            cpu: 2,
            memory: 16,
            command: ['sh', '-c', script],
            logConfiguration: {
              logDriver: 'awslogs',
              options: { 'awslogs-group': logGroup, 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'crash' },
            },
          },
        ],
      },
    );
    this.#acknowledged.taskDefinitions.push(taskDefinition?.taskDefinitionArn ?? '');
  }
}

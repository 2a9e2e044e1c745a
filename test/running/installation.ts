import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
import type { RunTaskRequest, RunTaskResponse, Task } from '@aws-sdk/client-ecs';
import { agentLabel, taskArnLabel } from '../../src/agent/docker-config.ts';
import { type Client, clientOf, connectedInstance, describeTask, taskReaches } from './cluster.ts';
import { docker, removeCgroupsOf } from './engine.ts';
import { type LongshoreProcess, type Server, startLongshore, startServer, temporaryDirectory } from './server.ts';

export interface InstallationOptions {
  /** With the server's own agent as well, which serves the Fargate pool: it connects in its own time. */
  readonly hasFargatePool?: boolean;
  /** For the agent, beside `--cluster` and `--data-dir`. */
  readonly agentArguments?: readonly string[];
  readonly agentEnvironment?: NodeJS.ProcessEnv;
  /** Server and agent have a session of their own each, as services have. */
  readonly asService?: boolean;
}

/**
 * A Longshore of a test's own with one host: the real program twice, as server and as agent, on the machine's engine. A
 * test asks it for tasks, may kill either process, and ends it with all that it made.
 */
export class Installation {
  /** Named as no other on the engine: by it everything of this installation is found there. */
  readonly cluster: string;
  /** Everything of it is in here, and a test may keep its own files beside. */
  readonly directory: string;
  readonly client: Client;
  readonly #hasFargatePool: boolean;
  readonly #agentArguments: readonly string[];
  readonly #agentEnvironment: NodeJS.ProcessEnv;
  readonly #asService: boolean;
  readonly #removeDirectory: () => Promise<void>;
  readonly #started: string[] = [];
  #server: Server;
  #agent: LongshoreProcess | undefined;

  /** Resolves when the agent is connected. */
  static async start(name: string, options: InstallationOptions = {}): Promise<Installation> {
    const directory = await temporaryDirectory();
    const agent = options.hasFargatePool ?? false;
    const { asService = false } = options;
    const server = await startServer({ dataDirectory: join(directory.path, 'server'), agent, asService });
    const installation = new Installation(`${name}-${process.pid}`, options, directory, server);
    try {
      await installation.client.call('ecs', 'CreateCluster', { clusterName: installation.cluster });
      installation.startAgent();
      await installation.connectedInstance();
    } catch (error) {
      await installation.end();
      throw error;
    }
    return installation;
  }

  private constructor(
    cluster: string,
    { hasFargatePool = false, agentArguments = [], agentEnvironment = {}, asService = false }: InstallationOptions,
    directory: Awaited<ReturnType<typeof temporaryDirectory>>,
    server: Server,
  ) {
    this.cluster = cluster;
    this.#hasFargatePool = hasFargatePool;
    this.#agentArguments = agentArguments;
    this.#agentEnvironment = agentEnvironment;
    this.#asService = asService;
    this.directory = directory.path;
    this.#removeDirectory = () => directory.remove();
    this.#server = server;
    this.client = clientOf(server);
  }

  get server(): Server {
    return this.#server;
  }

  get agent(): LongshoreProcess {
    assert.ok(this.#agent, 'an agent was started');
    return this.#agent;
  }

  get agentDirectory(): string {
    return join(this.directory, 'agent');
  }

  get sdk(): Server['sdk'] {
    return this.#server.sdk;
  }

  /** Starts the agent on its old data; variables are for this start alone. The one before must have ended. */
  startAgent(environment: NodeJS.ProcessEnv = {}): void {
    const args = ['agent', '--cluster', this.cluster, '--data-dir', this.agentDirectory, ...this.#agentArguments];
    const variables = { ...this.#server.environment, ...this.#agentEnvironment, ...environment };
    this.#agent = startLongshore(args, variables, this.#asService);
  }

  /** Kills the server with -9 and starts it where it was. */
  async killServer(): Promise<void> {
    const { endpoint, dataDirectory } = this.#server;
    await this.#server.kill();
    const port = Number(new URL(endpoint).port);
    const asService = this.#asService;
    this.#server = await startServer({ dataDirectory, agent: this.#hasFargatePool, port, asService });
  }

  async connectedInstance(): Promise<string> {
    return await connectedInstance(this.client, this.cluster);
  }

  /** The subnets that the account has from the start, for awsvpc tasks. */
  async subnets(): Promise<readonly string[]> {
    const ec2 = new EC2Client(this.sdk);
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
    ec2.destroy();
    return Subnets.map(({ SubnetId = '' }) => SubnetId);
  }

  /** Registers the definition and runs one task of it. */
  async run(
    definition: { readonly family: string; readonly [member: string]: unknown },
    launch: Partial<RunTaskRequest> = {},
  ): Promise<string> {
    await this.client.call('ecs', 'RegisterTaskDefinition', definition);
    return await this.launch({ taskDefinition: definition.family, ...launch });
  }

  /** Runs one task of a definition that is there. */
  async launch(request: Partial<RunTaskRequest>): Promise<string> {
    const { cluster } = this;
    const { tasks = [], failures = [] } = await this.client.call<RunTaskResponse>('ecs', 'RunTask', {
      cluster,
      ...request,
    });
    const taskArn = tasks[0]?.taskArn;
    assert.ok(taskArn, `the task was not placed: ${JSON.stringify(failures)}`);
    this.#started.push(taskArn);
    return taskArn;
  }

  async task(taskArn: string): Promise<Task> {
    return await describeTask(this.client, this.cluster, taskArn);
  }

  /** Waits for a status. Rejects at once when the task has stopped instead. */
  async reaches(taskArn: string, status: string): Promise<Task> {
    return await taskReaches(this.client, this.cluster, taskArn, status);
  }

  /** Stops the task and waits for its end. */
  async stop(taskArn: string): Promise<Task> {
    await this.client.call('ecs', 'StopTask', { cluster: this.cluster, task: taskArn });
    return await this.reaches(taskArn, 'STOPPED');
  }

  /** Stops all tasks that were run here and waits for their end. */
  async stopTasks(): Promise<void> {
    await Promise.all(this.#started.map((taskArn) => this.stop(taskArn)));
  }

  /** Takes away everything: processes, containers, control groups, files. */
  async end(): Promise<void> {
    await this.#agent?.end('SIGTERM');
    await this.#server.stop();
    // By their tasks' cluster: those that the Fargate pool ran bear its own.
    const ofTasks = await docker.listContainers([taskArnLabel]);
    const containers = ofTasks.filter(({ Labels }) => Labels[taskArnLabel]?.includes(`:task/${this.cluster}/`));
    const agentIds = new Set(containers.map(({ Labels }) => Labels[agentLabel] ?? ''));
    // What the agent made beside the containers of tasks, such as their sandboxes, bears its name alone.
    const own = await Promise.all([...agentIds].map((id) => docker.listContainers([`${agentLabel}=${id}`])));
    for (const { Id } of own.flat()) await docker.removeContainer(Id, { force: true, volumes: true });
    await removeCgroupsOf([...new Set(containers.map(({ Labels }) => Labels[taskArnLabel] ?? ''))]);
    await this.#removeDirectory();
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildShellImage } from '../app/shell-image.ts';
import { realDisk } from '../world/real/real-disk.ts';
import { realDocker } from '../world/real/real-docker.ts';
import { type AwsCliProgram, findAwsCli } from './aws-cli.ts';
import { type Connection, findConnection } from './connection.ts';
import type { DataDirectoryOption } from './program.ts';

const cluster = 'longshore-demo';
const image = 'longshore-demo:latest';
const logGroup = '/longshore/demo';
const executionRole = 'ecsTaskExecutionRole';

/**
 * The whole story with the real AWS CLI against the running server: a cluster, a Fargate and a bridge task definition
 * of two containers each, three tasks of both, their logs live, and their end. Prints each call before it is made.
 */
export async function demo({ dataDir }: DataDirectoryOption): Promise<void> {
  const connection = await findConnection(realDisk(), dataDir);
  const directory = await mkdtemp(join(tmpdir(), 'longshore-demo-'));
  const story = new Story(await findAwsCli(), connection, directory);
  try {
    await story.tell();
  } finally {
    await story.endAgent();
    await rm(directory, { recursive: true, force: true });
  }
}

class Story {
  readonly #program: string;
  readonly #endpointArguments: readonly string[];
  readonly #directory: string;
  readonly #region: string;
  readonly #environment: NodeJS.ProcessEnv;
  #agent: ChildProcess | undefined;
  #started = Date.now();

  constructor(program: AwsCliProgram, connection: Connection, directory: string) {
    this.#program = program.path;
    this.#endpointArguments = program.endpointArguments(connection.endpoint);
    this.#directory = directory;
    this.#region = connection.region;
    this.#environment = {
      ...process.env,
      AWS_ENDPOINT_URL: connection.endpoint,
      AWS_REGION: connection.region,
      AWS_DEFAULT_REGION: connection.region,
      AWS_ACCESS_KEY_ID: connection.accessKeyId,
      AWS_SECRET_ACCESS_KEY: connection.secretAccessKey,
      AWS_SESSION_TOKEN: undefined,
      AWS_PROFILE: undefined,
      AWS_PAGER: '',
    };
  }

  async tell(): Promise<void> {
    this.#say(`building the image ${image} from this machine's own shell; nothing is pulled`);
    await buildShellImage(realDocker(), image);

    this.#say('a cluster, and this machine as a container instance of it');
    await this.#aws('ecs', 'create-cluster', '--cluster-name', cluster, '--query', 'cluster.clusterArn');
    await this.#startAgent();

    this.#say(
      'two task definitions of two containers each: one for Fargate (awsvpc), one for the container instance (bridge)',
    );
    const accountId = await this.#aws('sts', 'get-caller-identity', '--query', 'Account');
    await this.#ensureExecutionRole();
    const { fargate, bridge } = taskDefinitions(this.#region, accountId);
    for (const definition of [fargate, bridge]) {
      const file = join(this.#directory, `${definition.family}.json`);
      await writeFile(file, JSON.stringify(definition, undefined, 2));
      await this.#aws(
        'ecs',
        'register-task-definition',
        '--cli-input-json',
        `file://${file}`,
        '--query',
        'taskDefinition.taskDefinitionArn',
      );
    }

    this.#say(
      'three tasks of each; like ECS, the agent asks a registry first, and warns that only this engine has the image',
    );
    const subnet = await this.#aws(
      'ec2',
      'describe-subnets',
      '--filters',
      'Name=default-for-az,Values=true',
      '--query',
      'Subnets[0].SubnetId',
      '--output',
      'text',
    );
    const network = `awsvpcConfiguration={subnets=[${subnet}],assignPublicIp=ENABLED}`;
    const tasks = [
      ...(await this.#run(fargate.family, '--launch-type', 'FARGATE', '--network-configuration', network)),
      ...(await this.#run(bridge.family, '--launch-type', 'EC2')),
    ];
    await this.#aws('ecs', 'wait', 'tasks-running', '--cluster', cluster, '--tasks', ...tasks);
    await this.#describe(tasks);

    this.#say('what they write, live');
    await this.#tailLogs(12);

    this.#say('the end');
    for (const task of tasks) {
      await this.#aws(
        'ecs',
        'stop-task',
        '--cluster',
        cluster,
        '--task',
        task,
        '--reason',
        'The demo is over',
        '--query',
        'task.desiredStatus',
      );
    }
    await this.#aws('ecs', 'wait', 'tasks-stopped', '--cluster', cluster, '--tasks', ...tasks);
    await this.#describe(tasks);
    await this.#leave();
    this.#say(`done in ${((Date.now() - this.#started) / 1000).toFixed(0)} s`);
  }

  /** Takes the container instance and the cluster away again. */
  async #leave(): Promise<void> {
    const instances = await this.#ask(
      'ecs',
      'list-container-instances',
      '--cluster',
      cluster,
      '--query',
      'containerInstanceArns',
    );
    for (const instance of instances.split(/\s+/)) {
      await this.#aws(
        'ecs',
        'deregister-container-instance',
        '--cluster',
        cluster,
        '--container-instance',
        instance,
        '--query',
        'containerInstance.status',
      );
    }
    await this.#aws('ecs', 'delete-cluster', '--cluster', cluster, '--query', 'cluster.status');
  }

  async endAgent(): Promise<void> {
    if (!this.#agent || this.#agent.exitCode !== null) return;
    this.#agent.kill('SIGTERM');
    await once(this.#agent, 'exit');
  }

  /** Starts `longshore agent` and waits until the cluster has its container instance connected. */
  async #startAgent(): Promise<void> {
    const args = ['agent', '--cluster', cluster, '--data-dir', join(this.#directory, 'agent')];
    this.#print(`longshore ${args.join(' ')} &`);
    const entry = process.argv[1];
    if (entry === undefined) throw new Error('the demo does not know its own program');
    const agent = spawn(process.execPath, [entry, ...args], {
      env: this.#environment,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#agent = agent;
    let complaint = '';
    agent.stderr.on('data', (data: Buffer) => (complaint = `${complaint}${data.toString()}`.slice(-2000)));
    for (let round = 0; round < 60; round += 1) {
      if (agent.exitCode !== null) throw new Error(`the agent ended with code ${agent.exitCode}: ${complaint}`);
      const arn = await this.#ask(
        'ecs',
        'list-container-instances',
        '--cluster',
        cluster,
        '--query',
        'containerInstanceArns[0]',
        '--output',
        'text',
      );
      if (arn.startsWith('arn:')) {
        const connected = await this.#ask(
          'ecs',
          'describe-container-instances',
          '--cluster',
          cluster,
          '--container-instances',
          arn,
          '--query',
          'containerInstances[0].agentConnected',
          '--output',
          'text',
        );
        if (connected === 'True') return;
      }
    }
    throw new Error(`the agent did not register and connect: ${complaint}`);
  }

  async #run(family: string, ...args: readonly string[]): Promise<readonly string[]> {
    const text = await this.#aws(
      'ecs',
      'run-task',
      '--cluster',
      cluster,
      '--task-definition',
      family,
      '--count',
      '3',
      ...args,
      '--query',
      '[tasks[].taskArn, failures[].reason]',
      '--output',
      'json',
    );
    const [arns, failures]: unknown[] = JSON.parse(text);
    if (!Array.isArray(arns) || arns.length !== 3)
      throw new Error(
        `run-task placed ${Array.isArray(arns) ? arns.length : 0} of 3 tasks: ${JSON.stringify(failures)}`,
      );
    const ids = arns.map((arn) => shorten('task', arn));
    process.stdout.write(`    ${ids.join('  ')}\n`);
    return ids;
  }

  async #describe(tasks: readonly string[]): Promise<void> {
    const query =
      'tasks[].{task:taskArn,definition:taskDefinitionArn,status:lastStatus,stopCode:stopCode,reason:stoppedReason,' +
      "address:containers[0].networkInterfaces[0].privateIpv4Address,port:containers[?name=='app']|[0].networkBindings[0].hostPort," +
      "container:containers[?name=='app']|[0].runtimeId,exitCode:containers[?name=='app']|[0].exitCode}";
    const text = await this.#aws(
      'ecs',
      'describe-tasks',
      '--cluster',
      cluster,
      '--tasks',
      ...tasks,
      '--query',
      query,
      '--output',
      'json',
    );
    const rows: Record<string, unknown>[] = JSON.parse(text);
    for (const row of rows) {
      const cells = Object.entries(row)
        .filter(([, value]) => value !== null)
        .map(([name, value]) => `${name}=${shorten(name, value)}`);
      process.stdout.write(`    ${cells.join('  ')}\n`);
    }
  }

  /** Follows the log group until so many lines have come. */
  async #tailLogs(lines: number): Promise<void> {
    const args = [
      ...this.#endpointArguments,
      'logs',
      'tail',
      logGroup,
      '--follow',
      '--since',
      '1m',
      '--format',
      'short',
    ];
    this.#print(`aws ${args.join(' ')}`);
    const tail = spawn(this.#program, args, {
      env: { ...this.#environment, PYTHONUNBUFFERED: '1' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const limit = setTimeout(() => tail.kill('SIGTERM'), 60_000);
    let seen = 0;
    for await (const line of createInterface({ input: tail.stdout })) {
      process.stdout.write(`    ${line}\n`);
      seen += 1;
      if (seen === lines) tail.kill('SIGTERM');
    }
    clearTimeout(limit);
    if (seen < lines) throw new Error(`aws logs tail gave ${seen} lines, ${lines} were expected`);
  }

  /** The role by which the agent writes the task's log, where an earlier run has not made it. */
  async #ensureExecutionRole(): Promise<void> {
    const query = `Roles[?RoleName=='${executionRole}'].Arn`;
    if ((await this.#ask('iam', 'list-roles', '--query', query)) !== '') return;
    const trust = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    });
    const named = ['--role-name', executionRole];
    await this.#aws('iam', 'create-role', ...named, '--assume-role-policy-document', trust, '--query', 'Role.Arn');
    const policy = 'arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy';
    await this.#aws('iam', 'attach-role-policy', ...named, '--policy-arn', policy);
    const groups = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'logs:CreateLogGroup', Resource: '*' }],
    });
    await this.#aws('iam', 'put-role-policy', ...named, '--policy-name', 'log-groups', '--policy-document', groups);
  }

  /** Makes a call of the AWS CLI, prints it and its answer. */
  async #aws(...args: readonly string[]): Promise<string> {
    this.#print(`aws ${[...this.#endpointArguments, ...args].map(quoted).join(' ')}`);
    const output = await this.#ask(...args);
    if (output !== '' && !args.includes('json')) process.stdout.write(`    ${output}\n`);
    return output;
  }

  /** Makes a call without printing it. Rejects with what the CLI said when it fails. */
  async #ask(...args: readonly string[]): Promise<string> {
    const format = args.includes('--output') || args[1] === 'wait' ? [] : ['--output', 'text'];
    const child = spawn(this.#program, [...this.#endpointArguments, ...args, ...format], {
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let complaint = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    child.stderr.on('data', (data: Buffer) => (complaint += data.toString()));
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`aws ${args.join(' ')} failed with code ${String(code)}: ${complaint.trim()}`);
    return output.trim();
  }

  #say(text: string): void {
    process.stdout.write(`\n# ${text}\n`);
  }

  #print(command: string): void {
    process.stdout.write(`$ ${command}\n`);
  }
}

/** The two definitions of the story, for the region and account that the server has. */
function taskDefinitions(region: string, accountId: string) {
  const logConfiguration = {
    logDriver: 'awslogs',
    options: {
      'awslogs-group': logGroup,
      'awslogs-region': region,
      'awslogs-stream-prefix': 'demo',
      'awslogs-create-group': 'true',
    },
  };
  const app = {
    name: 'app',
    image,
    essential: true,
    cpu: 64,
    memory: 64,
    command: [
      'sh',
      '-c',
      'trap "echo bye; exit 0" TERM; n=0; while true; do n=$((n+1)); echo "app line $n"; sleep 1 & wait $!; done',
    ],
    logConfiguration,
  };
  const helper = {
    name: 'helper',
    image,
    essential: false,
    cpu: 32,
    memory: 32,
    command: ['sh', '-c', 'echo helper is done'],
    logConfiguration,
  };
  return {
    fargate: {
      family: 'longshore-demo-fargate',
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: '256',
      memory: '512',
      executionRoleArn: `arn:aws:iam::${accountId}:role/${executionRole}`,
      containerDefinitions: [app, helper],
    },
    bridge: {
      family: 'longshore-demo-bridge',
      networkMode: 'bridge',
      containerDefinitions: [{ ...app, portMappings: [{ containerPort: 8080 }] }, helper],
    },
  };
}

/** ARNs and container ids by their telling end. */
function shorten(name: string, value: unknown): string {
  const text = String(value);
  if (text.startsWith('arn:')) return text.slice(text.lastIndexOf('/') + 1);
  return name === 'container' ? text.slice(0, 12) : text;
}

function quoted(text: string): string {
  return /^[\w./:=,@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

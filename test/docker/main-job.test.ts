// The main job of the project, end to end: the real program, the real AWS CLI, the real engine.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import type { DescribeSubnetsResult } from '@aws-sdk/client-ec2';
import type {
  DescribeTasksResponse,
  RegisterTaskDefinitionResponse,
  RunTaskResponse,
  StopTaskResponse,
  Task,
} from '@aws-sdk/client-ecs';
import { type AwsCli, awsCli, tailLogs } from '../running/aws-cli.ts';
import { awslogs } from '../running/awslogs.ts';
import { containersOf, docker, ensureTestImage, testImage } from '../running/engine.ts';
import { eventually } from '../running/eventually.ts';
import { Installation } from '../running/installation.ts';
import { policyDocument, roleArn, taskTrust } from '../running/roles.ts';
import type { Server } from '../running/server.ts';

describe('the main job', () => {
  let installation: Installation;
  let cluster: string;
  let server: Server;
  let aws: AwsCli;

  before(async () => {
    await ensureTestImage();
    installation = await Installation.start('main', {
      hasFargatePool: true,
      agentArguments: ['--attribute', 'stack=test'],
    });
    ({ cluster, server } = installation);
    aws = awsCli(server);
    const trust = ['--assume-role-policy-document', taskTrust];
    const role = ['--role-name', 'ecsTaskExecutionRole'];
    await aws('iam', 'create-role', ...role, ...trust);
    const policy = 'arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy';
    await aws('iam', 'attach-role-policy', ...role, '--policy-arn', policy);
    const groups = policyDocument({ Effect: 'Allow', Action: 'logs:CreateLogGroup', Resource: '*' });
    await aws('iam', 'put-role-policy', ...role, '--policy-name', 'groups', '--policy-document', groups);
  });

  after(async () => {
    await installation?.end();
  });

  for (const variant of ['fargate', 'bridge'] as const) {
    test(`three ${variant} tasks run, are seen, are heard and end`, async () => {
      const file = join(installation.directory, `${variant}.json`);
      await writeFile(file, JSON.stringify(definitions[variant]));
      const { taskDefinition } = await aws<RegisterTaskDefinitionResponse>(
        'ecs',
        'register-task-definition',
        '--cli-input-json',
        `file://${file}`,
      );
      assert.equal(taskDefinition?.status, 'ACTIVE');
      const launch =
        variant === 'fargate'
          ? ['--launch-type', 'FARGATE', '--network-configuration', await networkConfiguration(aws)]
          : [];
      const what = ['--task-definition', `main-${variant}`, '--count', '3', ...launch];
      const run = await eventually('a host in the pool', async () => {
        const answer = await aws<RunTaskResponse>('ecs', 'run-task', '--cluster', cluster, ...what);
        return answer.tasks?.length === 0 ? undefined : answer;
      });
      assert.deepEqual(run.failures, []);
      const arns = (run.tasks ?? []).map((task) => String(task.taskArn));
      assert.equal(arns.length, 3);

      await all(arns, 'RUNNING');
      await aws('ecs', 'wait', 'tasks-running', '--cluster', cluster, '--tasks', ...arns);
      const { tasks: running = [] } = await aws<DescribeTasksResponse>(
        'ecs',
        'describe-tasks',
        '--cluster',
        cluster,
        '--tasks',
        ...arns,
      );
      for (const task of running) await assertRuns(task, variant);

      const lines = await tail(server, `/test/${variant}`, 9);
      assert.ok(
        lines.some((line) => line.includes('app says')),
        lines.join('\n'),
      );
      assert.ok(
        lines.some((line) => line.includes('the other is done')),
        lines.join('\n'),
      );

      for (const arn of arns) {
        const { task } = await aws<StopTaskResponse>('ecs', 'stop-task', '--cluster', cluster, '--task', arn);
        assert.equal(task?.desiredStatus, 'STOPPED');
      }
      await all(arns, 'STOPPED');
      await aws('ecs', 'wait', 'tasks-stopped', '--cluster', cluster, '--tasks', ...arns);
      const { tasks: stopped = [] } = await aws<DescribeTasksResponse>(
        'ecs',
        'describe-tasks',
        '--cluster',
        cluster,
        '--tasks',
        ...arns,
      );
      for (const task of stopped) {
        assert.equal(task.lastStatus, 'STOPPED');
        assert.equal(task.stopCode, 'UserInitiated');
        assert.equal(task.stoppedReason, 'Task stopped by user');
        const app = (task.containers ?? []).find((container) => container.name === 'app');
        assert.equal(app?.exitCode, 0, 'the shell ends well on SIGTERM');
        for (const container of await containersOf(String(task.taskArn))) assert.notEqual(container.State, 'running');
      }
    });
  }

  /** Before the CLI is asked to wait: it looks every 6 seconds. */
  async function all(arns: readonly string[], status: string): Promise<void> {
    await Promise.all(arns.map((arn) => installation.reaches(arn, status)));
  }

  async function assertRuns(task: Task, variant: 'fargate' | 'bridge'): Promise<void> {
    assert.equal(task.lastStatus, 'RUNNING');
    assert.equal(task.launchType, variant === 'fargate' ? 'FARGATE' : 'EC2');
    const byName = new Map((task.containers ?? []).map((container) => [container.name, container]));
    const app = byName.get('app');
    assert.ok(app);
    assert.equal(app.lastStatus, 'RUNNING');
    const inspected = await docker.inspectContainer(String(app.runtimeId));
    assert.equal(inspected?.State.Running, true, 'the engine runs the container that DescribeTasks names');
    await eventually('the end of the other container', async () => {
      const { containers = [] } = await installation.task(String(task.taskArn));
      const other = containers.find(({ name }) => name === 'other');
      return other?.lastStatus === 'STOPPED' && other.exitCode === 0;
    });
    if (variant === 'fargate') {
      const address = String(app.networkInterfaces?.[0]?.privateIpv4Address);
      assert.match(address, /^172\.31\./);
      const details = new Map((task.attachments?.[0]?.details ?? []).map((detail) => [detail.name, detail.value]));
      assert.equal(details.get('privateIPv4Address'), address);
      assert.match(details.get('networkInterfaceId') ?? '', /^eni-/);
      assert.equal(await dial(address), 'refused', 'the address can be dialled from the host');
    } else {
      assert.match(String(task.containerInstanceArn), new RegExp(`container-instance/${cluster}/`));
      assert.equal(app.networkBindings?.[0]?.containerPort, 8080);
      assert.ok(Number(app.networkBindings?.[0]?.hostPort) > 0);
    }
    await assertLimits(inspected?.State.Pid ?? 0, variant);
  }
});

/** The limits of spec/tasks.md §5 as the kernel holds them: the container's own and, where the task has a size, the task's. */
async function assertLimits(pid: number, variant: 'fargate' | 'bridge'): Promise<void> {
  const groups = await readFile(`/proc/${pid}/cgroup`, 'utf8');
  const memory = cgroupFile(groups, 'memory', 'memory.limit_in_bytes', 'memory.max');
  assert.equal(Number(await readFile(memory.own, 'utf8')), 64 * 1024 * 1024);
  if (memory.version === 1) {
    const cpu = cgroupFile(groups, 'cpu', 'cpu.shares', 'cpu.weight');
    assert.equal(Number(await readFile(cpu.own, 'utf8')), 128);
  }
  if (variant === 'bridge') return;
  assert.equal(Number(await readFile(memory.parent, 'utf8')), 512 * 1024 * 1024);
  if (memory.version === 1) {
    const quota = cgroupFile(groups, 'cpu', 'cpu.cfs_quota_us', '');
    assert.equal(Number(await readFile(quota.parent, 'utf8')), 25_000);
  } else {
    assert.equal((await readFile(cgroupFile(groups, 'cpu', '', 'cpu.max').parent, 'utf8')).trim(), '25000 100000');
  }
}

function cgroupFile(
  groups: string,
  controller: string,
  v1: string,
  v2: string,
): { readonly own: string; readonly parent: string; readonly version: 1 | 2 } {
  const line = groups.split('\n').find((entry) => entry.split(':')[1]?.split(',').includes(controller));
  const version = line ? 1 : 2;
  const path = (line ?? groups.split('\n').find((entry) => entry.startsWith('0::')) ?? '').split(':')[2] ?? '';
  const base = version === 1 ? `/sys/fs/cgroup/${controller}` : '/sys/fs/cgroup';
  const file = version === 1 ? v1 : v2;
  return { own: join(base, path, file), parent: join(base, path, '..', file), version };
}

async function networkConfiguration(aws: AwsCli): Promise<string> {
  const { Subnets } = await aws<DescribeSubnetsResult>(
    'ec2',
    'describe-subnets',
    '--filters',
    'Name=default-for-az,Values=true',
  );
  return `awsvpcConfiguration={subnets=[${String(Subnets?.[0]?.SubnetId)}]}`;
}

/** 'refused' when the address answers that nothing listens, which takes a host that is there. */
function dial(address: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: 9, timeout: 5000 });
    socket.on('connect', () => resolve('connected'));
    socket.on('timeout', () => resolve('silent'));
    socket.on('error', (error) =>
      resolve('code' in error && error.code === 'ECONNREFUSED' ? 'refused' : String(error)),
    );
    socket.on('close', () => socket.destroy());
  });
}

/** Follows a log group with the real CLI until so many lines came. */
async function tail(server: Server, group: string, wanted: number): Promise<readonly string[]> {
  const child = await tailLogs(server, group);
  const limit = setTimeout(() => child.kill('SIGKILL'), 60_000);
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (lines.length === wanted) child.kill('SIGTERM');
  }
  clearTimeout(limit);
  assert.ok(lines.length >= wanted, `aws logs tail gave ${lines.length} of ${wanted} lines`);
  return lines;
}

const containers = (group: string) => [
  {
    name: 'app',
    image: testImage,
    cpu: 128,
    memory: 64,
    essential: true,
    command: ['sh', '-c', 'trap "exit 0" TERM; while true; do echo app says hello; sleep 1 & wait $!; done'],
    logConfiguration: awslogs(group, 'main'),
  },
  {
    name: 'other',
    image: testImage,
    cpu: 10,
    memory: 32,
    essential: false,
    command: ['sh', '-c', 'echo the other is done'],
    logConfiguration: awslogs(group, 'main'),
  },
];

const definitions = {
  fargate: {
    family: 'main-fargate',
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    executionRoleArn: roleArn('ecsTaskExecutionRole'),
    containerDefinitions: containers('/test/fargate'),
  },
  bridge: {
    family: 'main-bridge',
    networkMode: 'bridge',
    containerDefinitions: containers('/test/bridge').map((container) =>
      container.name === 'app' ? { ...container, portMappings: [{ containerPort: 8080 }] } : container,
    ),
  },
};

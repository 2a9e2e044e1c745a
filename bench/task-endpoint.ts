import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunTaskResponse } from '@aws-sdk/client-ecs';
import { ensureFactsImage, factsImage } from '../test/docker/task-parameters/stage.ts';
import { Installation } from '../test/running/installation.ts';
import { createTaskRole } from '../test/running/roles.ts';
import type { Figure } from './figure.ts';

const taskCount = 200;
const watchedMs = 20_000;

/** Each container asks for its credentials and its task's metadata once a second, over a connection of its own. */
const poll = `use IO::Socket; for (;;) { for my $path ($ENV{AWS_CONTAINER_CREDENTIALS_RELATIVE_URI}, $ENV{ECS_CONTAINER_METADATA_URI_V4} =~ m{(/v4/.*)} ? "$1/task" : "") {
  my $s = IO::Socket::INET->new("169.254.170.2:80") or next; print $s "GET $path HTTP/1.0\\r\\n\\r\\n"; 1 while <$s>; } sleep 1; }`;

/** What it costs an agent that two hundred tasks ask for credentials and metadata every second. */
export async function taskEndpoint(): Promise<readonly Figure[]> {
  await ensureFactsImage();
  const installation = await Installation.start('bench', { agentArguments: ['--memory', '100000'] });
  const { client, cluster, agent } = installation;
  const arns: string[] = [];
  try {
    await createTaskRole(installation, 'polled');
    await client.call('ecs', 'RegisterTaskDefinition', {
      family: 'polling',
      networkMode: 'bridge',
      taskRoleArn: 'polled',
      containerDefinitions: [
        { name: 'app', image: factsImage, memory: 32, command: ['perl', '-e', poll], stopTimeout: 2 },
      ],
    });
    while (arns.length < taskCount) {
      const run = { cluster, taskDefinition: 'polling', count: 10 };
      const { tasks = [], failures = [] } = await client.call<RunTaskResponse>('ecs', 'RunTask', run);
      if (tasks.length === 0) throw new Error(`no task was placed: ${JSON.stringify(failures)}`);
      arns.push(...tasks.map(({ taskArn = '' }) => taskArn));
    }
    for (const arn of arns) await installation.reaches(arn, 'RUNNING');
    const before = await usedBy(agent.pid);
    await sleep(watchedMs);
    const after = await usedBy(agent.pid);
    const share = (100 * (after.cpuMs - before.cpuMs)) / watchedMs;
    const common = {
      subject: `${taskCount} tasks ask for credentials and task metadata once a second each`,
      anchor: 'none',
      anchors: '',
      goal: 'written down',
      held: true,
    };
    return [
      { ...common, name: 'CPU of the agent', ours: `${share.toFixed(1)} %`, value: `${share.toFixed(1)} % of a core` },
      { ...common, name: 'memory of the agent', ours: `${after.mib} MiB`, value: `${after.mib} MiB resident` },
    ];
  } finally {
    // A few at a time: the engine takes each container's network down one after the other.
    for (let from = 0; from < arns.length; from += 20) {
      const some = arns.slice(from, from + 20);
      await Promise.all(some.map((arn) => installation.stop(arn)));
    }
    await installation.end();
  }
}

/** From /proc: CPU time used so far and memory resident now. */
async function usedBy(pid: number): Promise<{ readonly cpuMs: number; readonly mib: number }> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // After the name, which is in brackets and may hold spaces: user and system time are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kib = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]);
  return { cpuMs: ticks * 10, mib: Math.round(kib / 1024) };
}

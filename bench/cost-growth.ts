import type { RunTaskResponse } from '@aws-sdk/client-ecs';
import { join } from 'node:path';
import { type Client, clientOf } from '../test/running/cluster.ts';
import { startServer, temporaryDirectory } from '../test/running/server.ts';
import { connectFakeAgent } from './fake-agent.ts';
import { type Figure, median, ratioFigure, timed } from './figure.ts';

const small = 1_000;
const large = 100_000;
const samples = 400;

/** What RunTask, DescribeTasks(1) and one agent report cost at 100,000 tasks against 1,000, in one server. */
export async function costGrowth(): Promise<readonly Figure[]> {
  const directory = await temporaryDirectory();
  const server = await startServer({ dataDirectory: join(directory.path, 'server'), agent: false });
  try {
    const client = clientOf(server);
    await client.call('ecs', 'CreateCluster', { clusterName: 'bench' });
    const agent = await connectFakeAgent(client, 'bench');
    await client.call('ecs', 'RegisterTaskDefinition', {
      family: 'bench',
      networkMode: 'none',
      containerDefinitions: [{ name: 'app', image: 'bench:1', cpu: 1, memory: 6 }],
    });
    const arns: string[] = [];
    await grow(client, arns, small);
    const before = await costs(client, arns);
    await grow(client, arns, large);
    const after = await costs(client, arns);
    agent.close();
    return (['RunTask', 'DescribeTasks(1)', 'SubmitTaskStateChange'] as const).map((name) =>
      ratioFigure({
        name: `${name}, growth of cost`,
        subject: `at ${large.toLocaleString('en')} tasks`,
        anchor: `at ${small.toLocaleString('en')} tasks`,
        oursMs: after[name],
        anchorMs: before[name],
        atMost: 1.3,
      }),
    );
  } finally {
    await server.kill();
    await directory.remove();
  }
}

async function grow(client: Client, arns: string[], size: number): Promise<void> {
  const worker = async (): Promise<void> => {
    while (arns.length < size) {
      const { tasks = [] } = await client.call<RunTaskResponse>('ecs', 'RunTask', {
        cluster: 'bench',
        taskDefinition: 'bench',
        count: 10,
      });
      arns.push(...tasks.map((task) => task.taskArn ?? ''));
      if (arns.length % 10_000 < 10) process.stderr.write(`  ${arns.length} tasks\r`);
    }
  };
  await Promise.all(Array.from({ length: 32 }, worker));
}

async function costs(client: Client, arns: readonly string[]) {
  const sampled = (round: number): string => arns[(round * 7919) % arns.length] ?? '';
  const measure = async (call: (round: number) => Promise<unknown>): Promise<number> => {
    const times: number[] = [];
    for (let round = 0; round < samples + 50; round += 1) {
      const ms = await timed(() => call(round));
      if (round >= 50) times.push(ms);
    }
    return median(times);
  };
  return {
    RunTask: await measure(() => client.call('ecs', 'RunTask', { cluster: 'bench', taskDefinition: 'bench' })),
    'DescribeTasks(1)': await measure((round) =>
      client.call('ecs', 'DescribeTasks', { cluster: 'bench', tasks: [sampled(round)] }),
    ),
    SubmitTaskStateChange: await measure((round) =>
      client.call('ecs', 'SubmitTaskStateChange', {
        cluster: 'bench',
        task: sampled(round),
        status: 'RUNNING',
        containers: [{ containerName: 'app', status: 'RUNNING', runtimeId: `runtime-${round}-${arns.length}` }],
      }),
    ),
  };
}

// What containers write reaches CloudWatch Logs though agents are killed.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { GetLogEventsResponse } from '@aws-sdk/client-cloudwatch-logs';
import { type Client, clientOf, connectedInstance, runTask, taskReaches } from '../running/cluster.ts';
import { ensureTestImage, removeContainersOf, testImage } from '../running/engine.ts';
import { eventually } from '../running/eventually.ts';
import {
  type LongshoreProcess,
  type Server,
  startLongshore,
  startServer,
  temporaryDirectory,
} from '../running/server.ts';

const cluster = 'output';

describe('the output of containers', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let server: Server;
  let agent: LongshoreProcess;
  let client: Client;
  const arns: string[] = [];

  const startAgent = (): LongshoreProcess =>
    startLongshore(['agent', '--cluster', cluster, '--data-dir', join(directory.path, 'agent')], server.environment);

  before(async () => {
    await ensureTestImage();
    directory = await temporaryDirectory();
    server = await startServer({ dataDirectory: join(directory.path, 'server'), agent: false });
    client = clientOf(server);
    await client.call('ecs', 'CreateCluster', { clusterName: cluster });
    agent = startAgent();
    await connectedInstance(client, cluster);
  });

  after(async () => {
    await agent?.end('SIGTERM');
    await server?.stop();
    await removeContainersOf(arns);
    await directory?.remove();
  });

  async function run(name: string, script: string): Promise<string> {
    const arn = await runTask(client, cluster, {
      family: name,
      networkMode: 'none',
      containerDefinitions: [
        {
          name: 'app',
          image: testImage,
          cpu: 10,
          memory: 32,
          stopTimeout: 2,
          command: ['sh', '-c', script],
          logConfiguration: {
            logDriver: 'awslogs',
            options: {
              'awslogs-group': '/output',
              'awslogs-region': 'us-east-1',
              'awslogs-stream-prefix': name,
              'awslogs-create-group': 'true',
            },
          },
        },
      ],
    });
    arns.push(arn);
    return arn;
  }

  async function messages(name: string, arn: string): Promise<readonly string[]> {
    const logStreamName = `${name}/app/${arn.slice(arn.lastIndexOf('/') + 1)}`;
    const all: string[] = [];
    for (let nextToken: string | undefined; ; ) {
      const page: GetLogEventsResponse = await client.call('logs', 'GetLogEvents', {
        logGroupName: '/output',
        logStreamName,
        startFromHead: true,
        ...(nextToken === undefined ? {} : { nextToken }),
      });
      all.push(...(page.events ?? []).map(({ message = '' }) => message));
      if (page.nextForwardToken === nextToken) return all;
      nextToken = page.nextForwardToken;
    }
  }

  const numbers = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `line ${index}`);
  const counting = (count: number): string =>
    `n=0; while [ $n -lt ${count} ]; do echo line $n; n=$((n+1)); [ $((n % 50)) = 0 ] && sleep 0.1; done`;

  test('is there once and in order when agents are killed meanwhile', async () => {
    const count = 2000;
    const arn = await run('killed', counting(count));
    await taskReaches(client, cluster, arn, 'RUNNING');
    for (let kill = 0; kill < 2; kill += 1) {
      const seen = (await messages('killed', arn)).length;
      await eventually('more lines', async () => ((await messages('killed', arn)).length > seen ? true : undefined));
      await agent.end('SIGKILL');
      agent = startAgent();
    }
    await taskReaches(client, cluster, arn, 'STOPPED');
    await eventually('all lines', async () => ((await messages('killed', arn)).length >= count ? true : undefined));
    assert.deepEqual(await messages('killed', arn), numbers(count));
  });

  test('goes on when what keeps it is killed', async () => {
    const arn = await run(
      'kept',
      `echo before; ${counting(400).replaceAll('echo line', 'echo later')}; sleep 3; echo after`,
    );
    await eventually('a line', async () =>
      (await messages('kept', arn).catch(() => [])).length > 0 ? true : undefined,
    );
    process.kill(await keeperOf(join(directory.path, 'agent')), 'SIGKILL');
    await taskReaches(client, cluster, arn, 'STOPPED');
    await eventually('the last line', async () =>
      (await messages('kept', arn)).at(-1) === 'after' ? true : undefined,
    );
    const found = await messages('kept', arn);
    assert.equal(found[0], 'before');
    assert.equal(new Set(found).size, found.length, 'nothing comes twice');
  });
});

/** The process that keeps the output of this agent's containers. */
async function keeperOf(directory: string): Promise<number> {
  for (const pid of await readdir('/proc')) {
    if (!/^[0-9]+$/.test(pid)) continue;
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''); // it has ended meanwhile
    if (line.includes('\0keep-output\0') && line.includes(directory)) return Number(pid);
  }
  throw new Error(`nothing keeps output in ${directory}`);
}

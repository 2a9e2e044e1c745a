import { join } from 'node:path';
import type { GetLogEventsResponse } from '@aws-sdk/client-cloudwatch-logs';
import { clientOf, connectedInstance, runTask, taskReaches } from '../test/running/cluster.ts';
import { removeContainersOf } from '../test/running/engine.ts';
import { startLongshore, startServer, temporaryDirectory } from '../test/running/server.ts';
import { ensureFactsImage, factsImage } from '../test/docker/task-parameters/stage.ts';
import { type Figure, median, milliseconds } from './figure.ts';

const cluster = 'bench';
const lines = 1200;
const warmUp = 200;
const askEveryMs = 3;
/** clock_gettime, by its number: the image has Perl without its modules. */
const clockCall = process.arch === 'arm64' ? 113 : 228;
/** A hundred lines a second, each with the time at which it was written. */
const script = `$| = 1; for (1 .. ${lines}) { my $at = pack "qq", 0, 0; syscall ${clockCall}, 0, $at; my ($s, $n) = unpack "qq", $at;
printf "%d.%06d a line of a hundred bytes or so, as programs write them when they tell of a request\\n", $s, $n / 1000; select undef, undef, undef, 0.01; }`;

/** From the moment a program writes a line, by its own clock, to the answer of GetLogEvents that has it. */
export async function logLatency(): Promise<readonly Figure[]> {
  await ensureFactsImage();
  const directory = await temporaryDirectory();
  const server = await startServer({ dataDirectory: join(directory.path, 'server'), agent: false });
  const agent = startLongshore(
    ['agent', '--cluster', cluster, '--data-dir', join(directory.path, 'agent')],
    server.environment,
  );
  const client = clientOf(server);
  const arns: string[] = [];
  try {
    await client.call('ecs', 'CreateCluster', { clusterName: cluster });
    await connectedInstance(client, cluster);
    const arn = await runTask(client, cluster, {
      family: 'steady',
      networkMode: 'host',
      containerDefinitions: [
        {
          name: 'app',
          image: factsImage,
          cpu: 10,
          memory: 64,
          command: ['perl', '-e', script],
          logConfiguration: {
            logDriver: 'awslogs',
            options: {
              'awslogs-group': '/bench',
              'awslogs-region': 'us-east-1',
              'awslogs-stream-prefix': 'steady',
              'awslogs-create-group': 'true',
            },
          },
        },
      ],
    });
    arns.push(arn);
    await taskReaches(client, cluster, arn, 'RUNNING');
    const times: number[] = [];
    const logStreamName = `steady/app/${arn.slice(arn.lastIndexOf('/') + 1)}`;
    for (let nextToken: string | undefined, seen = 0; seen < lines; ) {
      const page: GetLogEventsResponse = await client.call('logs', 'GetLogEvents', {
        logGroupName: '/bench',
        logStreamName,
        startFromHead: true,
        ...(nextToken === undefined ? {} : { nextToken }),
      });
      const now = performance.timeOrigin + performance.now();
      for (const { message = '' } of page.events ?? []) {
        seen += 1;
        if (seen > warmUp) times.push(now - Number.parseFloat(message) * 1000);
      }
      nextToken = page.nextForwardToken;
      await new Promise((resolve) => setTimeout(resolve, askEveryMs));
    }
    const sorted = times.sort((a, b) => a - b);
    const p99 = sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.NaN;
    return [
      {
        name: 'a line written to a line read, p99',
        subject: `a container writes 100 lines a second; GetLogEvents is asked every ${askEveryMs} ms`,
        anchor: 'none',
        ours: milliseconds(p99),
        anchors: '',
        value: `${milliseconds(p99)} (p50 ${milliseconds(median(times))})`,
        goal: 'p99 ≤ 100 ms',
        held: p99 <= 100,
      },
    ];
  } finally {
    await agent.end('SIGTERM');
    await server.stop();
    await removeContainersOf(arns);
    await directory.remove();
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { GetLogEventsResponse } from '@aws-sdk/client-cloudwatch-logs';
import { ensureFactsImage, factsImage } from '../test/docker/task-parameters/stage.ts';
import { awslogs, logStreamOf } from '../test/running/awslogs.ts';
import { Installation } from '../test/running/installation.ts';
import { type Figure, median, milliseconds, quantile } from './figure.ts';

const group = '/bench';
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
  const installation = await Installation.start('bench');
  try {
    const arn = await installation.run({
      family: 'steady',
      networkMode: 'host',
      containerDefinitions: [
        {
          name: 'app',
          image: factsImage,
          cpu: 10,
          memory: 64,
          command: ['perl', '-e', script],
          logConfiguration: awslogs(group, 'steady'),
        },
      ],
    });
    await installation.reaches(arn, 'RUNNING');
    const times: number[] = [];
    for (let nextToken: string | undefined, seen = 0; seen < lines; ) {
      const page: GetLogEventsResponse = await installation.client.call('logs', 'GetLogEvents', {
        logGroupName: group,
        logStreamName: logStreamOf('steady', arn),
        startFromHead: true,
        ...(nextToken === undefined ? {} : { nextToken }),
      });
      const now = performance.timeOrigin + performance.now();
      for (const { message = '' } of page.events ?? []) {
        seen += 1;
        if (seen > warmUp) times.push(now - Number.parseFloat(message) * 1000);
      }
      nextToken = page.nextForwardToken;
      await sleep(askEveryMs);
    }
    const p99 = quantile(times, 0.99);
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
    await installation.end();
  }
}

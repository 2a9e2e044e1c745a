import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GetLogEventsResponse } from '@aws-sdk/client-cloudwatch-logs';
import { AwsError } from '../src/aws/error.ts';
import { awslogs, logStreamOf } from '../test/running/awslogs.ts';
import { docker, ensureTestImage, testImage } from '../test/running/engine.ts';
import { Installation } from '../test/running/installation.ts';
import { type Figure, median } from './figure.ts';

const rounds = 5;
/** Not counted: the engine has run for hours, our server and agent began a moment ago. */
const warmUpRounds = 1;
const outputBytes = 48 * 1024 * 1024;
const group = '/bench';
const lastLine = 'and this is the last line';
const atLeast = 1.5;
const command = ['cat', '/lines/lines.txt'];

/**
 * A container writes lines of 100 to 200 bytes as fast as it can. Ours: from its start until GetLogEvents gives the last
 * one. Its anchor: the same under the engine's json-file driver, from its start until it has ended, when all is in the file.
 */
export async function logRate(): Promise<readonly Figure[]> {
  await ensureTestImage();
  const installation = await Installation.start('bench');
  try {
    const lines = join(installation.directory, 'lines');
    await mkdir(lines);
    const { text, count } = someLines();
    await writeFile(join(lines, 'lines.txt'), text);
    const mib = text.length / 1024 / 1024;
    const ours: number[] = [];
    const anchors: number[] = [];
    for (let round = 0; round < warmUpRounds + rounds; round += 1) {
      const anchor = mib / (await underJsonFile(lines));
      const ownSeconds = await underLongshore(installation, lines, round);
      if (round < warmUpRounds) continue;
      anchors.push(anchor);
      ours.push(mib / ownSeconds);
    }
    const ratio = median(ours) / median(anchors);
    const perSecond = (value: number): string => `${value.toFixed(1)} MiB/s`;
    return [
      {
        name: 'container output to GetLogEvents',
        subject: `${count} lines of 100 to 200 bytes, from the container’s start until the last is readable, median of ${rounds} after ${warmUpRounds} that is not counted`,
        anchor: 'the same under the engine’s json-file driver, until all is in the file',
        ours: perSecond(median(ours)),
        anchors: perSecond(median(anchors)),
        value: `${ratio.toFixed(2)} ×`,
        goal: `≥ ${atLeast} ×`,
        held: ratio >= atLeast,
      },
    ];
  } finally {
    await installation.end();
  }
}

function someLines(): { readonly text: string; readonly count: number } {
  const all: string[] = [];
  for (let bytes = 0; bytes < outputBytes; ) {
    const line = `${String(all.length).padStart(8, '0')} level=info event="request handled" path=/api/items status=200 `;
    const whole = line.padEnd(100 + ((all.length * 37) % 100), 'x');
    all.push(whole);
    bytes += whole.length + 1;
  }
  all.push(lastLine);
  return { text: `${all.join('\n')}\n`, count: all.length };
}

async function underJsonFile(lines: string): Promise<number> {
  const id = await docker.createContainer(`longshore-bench-${Date.now()}`, {
    Image: testImage,
    Cmd: command,
    HostConfig: { NetworkMode: 'host', Binds: [`${lines}:/lines:ro`], LogConfig: { Type: 'json-file', Config: {} } },
  });
  try {
    await docker.startContainer(id);
    for (;;) {
      const { StartedAt, FinishedAt, Running } = (await docker.inspectContainer(id))?.State ?? missing(id);
      if (!Running) return (Date.parse(FinishedAt) - Date.parse(StartedAt)) / 1000;
      await sleep(50);
    }
  } finally {
    await docker.removeContainer(id, { force: true, volumes: true });
  }
}

async function underLongshore(installation: Installation, lines: string, round: number): Promise<number> {
  const family = `lines-${round}`;
  const arn = await installation.run({
    family,
    networkMode: 'host',
    volumes: [{ name: 'lines', host: { sourcePath: lines } }],
    containerDefinitions: [
      {
        name: 'app',
        image: testImage,
        cpu: 10,
        memory: 256,
        command,
        mountPoints: [{ sourceVolume: 'lines', containerPath: '/lines', readOnly: true }],
        logConfiguration: awslogs(group, family),
      },
    ],
  });
  const last = { logGroupName: group, logStreamName: logStreamOf(family, arn), limit: 1 };
  for (;;) {
    const { events = [] } = await installation.client
      .call<GetLogEventsResponse>('logs', 'GetLogEvents', last)
      .catch((error: unknown): GetLogEventsResponse => {
        if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return {}; // not made yet
        throw error;
      });
    if (events[0]?.message === lastLine) break;
    await sleep(50);
  }
  const readableAt = Date.now();
  const stopped = await installation.reaches(arn, 'STOPPED');
  const id = stopped.containers?.[0]?.runtimeId ?? '';
  const { StartedAt } = (await docker.inspectContainer(id))?.State ?? missing(id);
  return (readableAt - Date.parse(StartedAt)) / 1000;
}

function missing(id: string): never {
  throw new Error(`there is no container ${id}`);
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { DescribeTasksResponse, RunTaskResponse } from '@aws-sdk/client-ecs';
import { raisePriority } from '../src/world/real/process-priority.ts';
import { docker, ensureTestImage, testImage } from '../test/running/engine.ts';
import { Installation } from '../test/running/installation.ts';
import { type Figure, median, milliseconds, quantile } from './figure.ts';
import { RawConnection } from './raw-connection.ts';
import { prepare } from './signed-post.ts';

const rounds = 40;
/** Before those: what runs once for each task is compiled only after some hundreds, and a server lives for months. */
const warmUps = 200;
const atOnce = 10;
const pauseMs = 1;

/**
 * A container ends. From the moment a second watcher of the engine's events hears it to the answer of DescribeTasks that
 * shows the task as STOPPED, asked again and again from then on over one kept connection, with a pause of a millisecond
 * before each time: whoever asks without one has the server answering that it runs still when the report arrives, and
 * takes a processor of the two from what is measured. What is seen between two answers counts as seen with the later.
 *
 * Server and agent have sessions of their own, as services have. The watcher has the priority that they take, or the
 * agent would hear the event before the clock runs.
 */
export async function eventLatency(): Promise<readonly Figure[]> {
  await ensureTestImage();
  const installation = await Installation.start('bench', { asService: true });
  raisePriority(); // only now: those it has started would have it from here and not by themselves
  const { client, cluster } = installation;
  try {
    await client.call('ecs', 'RegisterTaskDefinition', {
      family: 'ending',
      networkMode: 'host',
      containerDefinitions: [
        // It ends by itself as soon as it is told to.
        {
          name: 'app',
          image: testImage,
          cpu: 10,
          memory: 16,
          command: ['sh', '-c', 'trap "exit 3" TERM; sleep 1000 & wait'],
        },
      ],
    });
    const times: number[] = [];
    for (let ended = 0; ended < warmUps + rounds; ended += atOnce) {
      const { tasks = [] } = await client.call<RunTaskResponse>('ecs', 'RunTask', {
        cluster,
        taskDefinition: 'ending',
        count: atOnce,
      });
      for (const { taskArn = '' } of tasks) {
        const running = await installation.reaches(taskArn, 'RUNNING');
        const ms = await endOf(taskArn, running.containers?.[0]?.runtimeId ?? '');
        if (ended >= warmUps) times.push(ms);
      }
    }
    const p99 = quantile(times, 0.99);
    return [
      {
        name: 'engine event to DescribeTasks, p50',
        subject: 'a container’s die event, heard by a second watcher, to STOPPED in DescribeTasks',
        anchor: 'none',
        ours: milliseconds(median(times)),
        anchors: '',
        value: `${milliseconds(median(times))} (p99 ${milliseconds(p99)})`,
        goal: '≤ 3 ms',
        held: median(times) <= 3,
      },
    ];
  } finally {
    await installation.end();
  }

  async function endOf(arn: string, id: string): Promise<number> {
    const port = Number(new URL(installation.server.endpoint).port);
    const connection = new RawConnection(prepare(port, 'DescribeTasks', { cluster, tasks: [arn] }));
    await connection.send();
    const watching = new AbortController();
    const events = docker.events([`com.amazonaws.ecs.task-arn=${arn}`], watching.signal)[Symbol.asyncIterator]();
    let next = events.next();
    // The engine does not say when it begins to tell; a second container event of the same task would, as this one does.
    await docker.inspectContainer(id);
    await sleep(settleMs);
    await docker.killContainer(id, 'SIGTERM');
    for (;;) {
      const { value } = await next;
      if (value?.Action === 'die') break;
      next = events.next();
    }
    const heard = performance.now();
    for (;;) {
      await sleep(pauseMs);
      const { tasks = [] }: DescribeTasksResponse = JSON.parse(String(await connection.send()));
      if (tasks[0]?.lastStatus === 'STOPPED') break;
    }
    const ms = performance.now() - heard;
    watching.abort();
    connection.close();
    return ms;
  }
}

/** Long enough for the engine to have begun to tell and for the server to have come to rest. */
const settleMs = 100;

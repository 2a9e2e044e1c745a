import { setTimeout as sleep } from 'node:timers/promises';
import type { DescribeTasksResponse, RunTaskResponse } from '@aws-sdk/client-ecs';
import { raisePriority } from '../src/world/real/process-priority.ts';
import { docker, ensureTestImage, testImage } from '../test/running/engine.ts';
import { Installation } from '../test/running/installation.ts';
import { type Figure, median, milliseconds } from './figure.ts';
import { RawConnection } from './raw-connection.ts';
import { prepare } from './signed-post.ts';

const rounds = 80;
/** Before those: what runs once for each task is compiled only after some hundreds, and a server lives for months. */
const warmUps = 200;
const atOnce = 10;
/** By how much the next is asked sooner or later. */
const stepMs = 0.1;

/**
 * A container ends, and a second watcher of the engine's events hears of it. Some time later DescribeTasks is asked, once:
 * whoever asks again and again takes a processor of the two from what is measured, and keeps the server answering that the
 * task runs still when the report arrives. Where the answer is that it runs, the next task is asked for a little later
 * after its end, and else a little sooner. So the time settles where half of the answers are STOPPED, and the
 * median of the times from the event to the answer is that of how long it takes.
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
    let delayMs = 2;
    let stopped = 0;
    for (let ended = 0; ended < warmUps + rounds; ended += atOnce) {
      const { tasks = [] } = await client.call<RunTaskResponse>('ecs', 'RunTask', {
        cluster,
        taskDefinition: 'ending',
        count: atOnce,
      });
      for (const { taskArn = '' } of tasks) {
        const running = await installation.reaches(taskArn, 'RUNNING');
        const { ms, isStopped } = await endOf(taskArn, running.containers?.[0]?.runtimeId ?? '', delayMs);
        delayMs += isStopped ? -stepMs : stepMs;
        if (ended < warmUps) continue;
        times.push(ms);
        if (isStopped) stopped += 1;
      }
    }
    return [
      {
        name: 'engine event to DescribeTasks, p50',
        subject: `a container’s die event, heard by a second watcher, to an answer of DescribeTasks that is STOPPED in half of the cases (${stopped} of ${rounds})`,
        anchor: 'none',
        ours: milliseconds(median(times)),
        anchors: '',
        value: milliseconds(median(times)),
        goal: '≤ 3 ms',
        held: median(times) <= 3,
      },
    ];
  } finally {
    await installation.end();
  }

  async function endOf(
    arn: string,
    id: string,
    delayMs: number,
  ): Promise<{ readonly ms: number; readonly isStopped: boolean }> {
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
    Atomics.wait(nothing, 0, 0, delayMs); // finer than a timer, and no processor is kept busy
    const { tasks = [] }: DescribeTasksResponse = JSON.parse(String(await connection.send()));
    const ms = performance.now() - heard;
    watching.abort();
    connection.close();
    await installation.reaches(arn, 'STOPPED');
    return { ms, isStopped: tasks[0]?.lastStatus === 'STOPPED' };
  }
}

const nothing = new Int32Array(new SharedArrayBuffer(4));

/** Long enough for the engine to have begun to tell and for the server to have come to rest. */
const settleMs = 100;

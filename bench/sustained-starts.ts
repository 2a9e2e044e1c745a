import { setTimeout as sleep } from 'node:timers/promises';
import type { DescribeTasksResponse } from '@aws-sdk/client-ecs';
import { agentLabel } from '../src/agent/docker-config.ts';
import { buildShellImage } from '../src/app/shell-image.ts';
import { createRealCgroups } from '../src/world/real/real-cgroups.ts';
import { realDocker } from '../src/world/real/real-docker.ts';
import type { ContainerBody, Docker } from '../src/world/docker.ts';
import { removeCgroupsOf, testImage } from '../test/running/engine.ts';
import { Installation } from '../test/running/installation.ts';
import { startPrivateEngine } from '../test/running/private-engine.ts';
import { temporaryDirectory } from '../test/running/server.ts';
import { type Figure, median } from './figure.ts';

const rounds = 2;
/** The engine is given so many at a time by hand: more than its cores, and more than twice as many. */
const concurrencies = [2, 4, 8] as const;
const rawStarts = 12;
const fewStarts = 16;
const few = 4;
const many = 200;
/** Of those the first, so that more than half are waiting all the time. */
const manyStarts = 64;
/** Before anything is measured: an agent that has just begun runs code that is not yet compiled. */
const warmUpStarts = 48;
const cgroups = createRealCgroups();
const arns = new Set<string>();

/**
 * Starts a second of an agent that always has tasks waiting, against the Engine API by hand at the concurrency that is
 * best for it, and with many waiting against few. Containers share the host's network, where a start costs the engine
 * least and the agent's part shows most. Each start is taken from the engine's own events.
 */
export async function sustainedStarts(): Promise<readonly Figure[]> {
  const directory = await temporaryDirectory();
  const engine = await startPrivateEngine(directory.path);
  const docker = realDocker(engine.address);
  await buildShellImage(docker, testImage);
  const installation = await Installation.start('bench', {
    agentEnvironment: { DOCKER_HOST: engine.address, ECS_IMAGE_PULL_BEHAVIOR: 'prefer-cached' },
  });
  const starts = new Starts(docker);
  try {
    await installation.client.call('ecs', 'RegisterTaskDefinition', {
      family: 'bench',
      networkMode: 'host',
      containerDefinitions: [
        { name: 'app', image: testImage, cpu: 1, memory: 16, command: ['sleep', '1000'], stopTimeout: 2 },
      ],
    });
    await withFew(installation, starts, warmUpStarts);
    const body = await bodyOfTask(docker);
    await clear(installation, docker);
    const raw = new Map<number, number[]>(concurrencies.map((concurrency) => [concurrency, []]));
    const fewRates: number[] = [];
    let manyRate = Number.NaN;
    for (let round = 0; round < rounds; round += 1) {
      for (const concurrency of concurrencies) raw.get(concurrency)?.push(await byHand(docker, body, concurrency));
      fewRates.push(await withFew(installation, starts, fewStarts));
      await clear(installation, docker);
      if (round > 0) continue;
      manyRate = await withMany(installation, starts);
      await clear(installation, docker);
    }
    const best = [...raw].map(([concurrency, rates]) => ({ concurrency, rate: median(rates) }));
    const { rate, concurrency } = best.reduce((a, b) => (a.rate >= b.rate ? a : b));
    return [
      rateFigure({
        name: 'sustained starts a second',
        subject: `host network, the first ${manyStarts} of ${many} tasks at once`,
        anchor: `create + start by the Engine API, ${concurrency} at a time, best of ${concurrencies.join(', ')}`,
        ours: manyRate,
        anchors: rate,
        atLeast: 0.95,
      }),
      rateFigure({
        name: 'starts a second with many tasks waiting',
        subject: `host network, the first ${manyStarts} of ${many} tasks at once`,
        anchor: `the same with ${few} tasks waiting`,
        ours: manyRate,
        anchors: median(fewRates),
        atLeast: 1,
      }),
    ];
  } finally {
    starts.stop();
    await installation.end();
    await removeAll(docker);
    await removeCgroupsOf([...arns]);
    await engine.remove();
    await directory.remove();
  }
}

function rateFigure(figure: {
  readonly name: string;
  readonly subject: string;
  readonly anchor: string;
  readonly ours: number;
  readonly anchors: number;
  readonly atLeast: number;
}): Figure {
  const { ours, anchors, atLeast, ...named } = figure;
  const ratio = ours / anchors;
  return {
    ...named,
    ours: `${ours.toFixed(1)}/s`,
    anchors: `${anchors.toFixed(1)}/s`,
    value: `${ratio.toFixed(2)} ×`,
    goal: `≥ ${atLeast} ×`,
    held: ratio >= atLeast,
  };
}

/** Containers of tasks as the engine says that they have started. */
class Starts {
  readonly #stop = new AbortController();
  #count = 0;
  #listeners = new Set<() => void>();

  constructor(docker: Docker) {
    void this.#watch(docker);
  }

  get count(): number {
    return this.#count;
  }

  stop(): void {
    this.#stop.abort();
  }

  async reach(count: number): Promise<void> {
    while (this.#count < count) await new Promise<void>((resolve) => this.#listeners.add(resolve));
  }

  async #watch(docker: Docker): Promise<void> {
    for await (const { Action } of docker.events([agentLabel], this.#stop.signal)) {
      if (Action !== 'start') continue;
      this.#count += 1;
      for (const listener of this.#listeners) listener();
      this.#listeners.clear();
    }
  }
}

async function run({ client, cluster }: Installation, count: number): Promise<void> {
  await client.call('ecs', 'RunTask', { cluster, taskDefinition: 'bench', count });
}

/** As many wait as the agent gives the engine at once, and a few more; for each that has started another comes. */
async function withFew(installation: Installation, starts: Starts, wanted: number): Promise<number> {
  const before = starts.count;
  const begun = performance.now();
  let asked = 0;
  for (let started = 0; started < wanted; started = starts.count - before) {
    const room = Math.min(wanted, started + 2 * few) - asked;
    asked += Math.max(0, room);
    await Promise.all([
      ...Array.from({ length: room }, () => run(installation, 1)),
      starts.reach(before + started + 1),
    ]);
  }
  return (wanted * 1000) / (performance.now() - begun);
}

async function withMany(installation: Installation, starts: Starts): Promise<number> {
  const before = starts.count;
  const begun = performance.now();
  await Promise.all(Array.from({ length: many / 10 }, () => run(installation, 10)));
  await starts.reach(before + manyStarts);
  return (manyStarts * 1000) / (performance.now() - begun);
}

async function byHand(docker: Docker, body: ContainerBody, concurrency: number): Promise<number> {
  const made: { readonly id: string; readonly group: string }[] = [];
  let next = 0;
  const begun = performance.now();
  const worker = async (): Promise<void> => {
    while (next < rawStarts) {
      next += 1;
      const name = `by-hand-${Math.round(begun)}-${next}`;
      const group = `/ecs/${name}`;
      const id = await docker.createContainer(name, {
        ...body,
        HostConfig: { ...body.HostConfig, CgroupParent: group },
      });
      made.push({ id, group });
      await docker.startContainer(id);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  const rate = (rawStarts * 1000) / (performance.now() - begun);
  for (const { id, group } of made) {
    await docker.removeContainer(id, { force: true, volumes: true });
    await cgroups.removeTaskCgroup(group);
  }
  return rate;
}

/** What to create to have the same container as the agent made, without the labels by which it would know it. */
async function bodyOfTask(docker: Docker): Promise<ContainerBody> {
  const [container] = await docker.listContainers([agentLabel]);
  const inspected = container && (await docker.inspectContainer(container.Id));
  if (!inspected) throw new Error('the agent has made no container');
  return { Image: testImage, Cmd: ['sleep', '1000'], HostConfig: { ...inspected.HostConfig } };
}

/** Stops all tasks, and waits until nothing of them runs and the agent has nothing left to start. */
async function clear({ client, cluster }: Installation, docker: Docker): Promise<void> {
  type Listed = { readonly taskArns?: readonly string[] };
  const stopped = await client.call<Listed>('ecs', 'ListTasks', { cluster });
  await Promise.all((stopped.taskArns ?? []).map((task) => client.call('ecs', 'StopTask', { cluster, task })));
  for (;;) {
    const running = (await docker.listContainers([agentLabel])).filter(({ State }) => State === 'running');
    // What they run does not end when it is asked to, and how long that takes is not measured.
    await Promise.all(
      running.map(({ Id }) =>
        docker.killContainer(Id, 'SIGKILL').catch(async (error: unknown) => {
          if ((await docker.inspectContainer(Id))?.State.Running) throw error; // the agent was faster
        }),
      ),
    );
    const { taskArns = [] } = await client.call<Listed>('ecs', 'ListTasks', { cluster });
    const left = await client.call<Listed>('ecs', 'ListTasks', { cluster, desiredStatus: 'STOPPED' });
    for (const arn of [...taskArns, ...(left.taskArns ?? [])]) arns.add(arn);
    const described = await Promise.all(
      chunksOf(left.taskArns ?? []).map((tasks) =>
        client.call<DescribeTasksResponse>('ecs', 'DescribeTasks', { cluster, tasks }),
      ),
    );
    const isOver = described.every(({ tasks = [] }) => tasks.every(({ lastStatus }) => lastStatus === 'STOPPED'));
    if (taskArns.length === 0 && running.length === 0 && isOver) return;
    await sleep(50);
  }
}

function chunksOf(arns: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(arns.length / 100) }, (_, index) => arns.slice(index * 100, index * 100 + 100));
}

async function removeAll(docker: Docker): Promise<void> {
  const left = await docker.listContainers([agentLabel]);
  await Promise.all(left.map(({ Id }) => docker.removeContainer(Id, { force: true, volumes: true })));
}

import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import type { DescribeServicesResponse } from '@aws-sdk/client-ecs';
import { taskArnLabel } from '../src/agent/docker-config.ts';
import { buildShellImage } from '../src/app/shell-image.ts';
import { realDocker } from '../src/world/real/real-docker.ts';
import type { Docker } from '../src/world/docker.ts';
import { type Client, clientOf, connectedInstance } from '../test/running/cluster.ts';
import { host, removeCgroupsOf, testImage } from '../test/running/engine.ts';
import { startPrivateEngine } from '../test/running/private-engine.ts';
import {
  type LongshoreProcess,
  type Server,
  startLongshore,
  startServer,
  temporaryDirectory,
} from '../test/running/server.ts';
import { type Figure, median, ratioFigure, timed } from './figure.ts';
import { KeptConnection, prepare } from './signed-post.ts';
import { Swarm } from './swarm.ts';

const cluster = 'bench';

/** One figure, measured by itself on an engine of its own: each takes one to two minutes. */
export interface ServicePart {
  readonly name: string;
  readonly replicas: number;
  readonly rounds: number;
  /** Rounds before those, which warm both sides up. */
  readonly warmUps: number;
  readonly networkMode: 'bridge' | 'host';
  readonly warmSandboxes: number;
  readonly what: 'create' | 'update';
  /** Our time at most as a part of Swarm's. */
  readonly atMost: number;
}

const start = { networkMode: 'bridge', what: 'create', warmUps: 1 } as const;
const warmUpReplicas = 10;
const coldGoal = { warmSandboxes: 0, rounds: 3 } as const;

/** With as many sandboxes ready as there are replicas, and with none. The host's network needs none. */
export const serviceParts: readonly ServicePart[] = [
  { ...start, name: 'service-start-1', replicas: 1, rounds: 7, warmSandboxes: 1, atMost: 0.3 },
  { ...start, name: 'service-start-10', replicas: 10, rounds: 4, warmSandboxes: 10, atMost: 0.4 },
  { ...start, name: 'service-start-50', replicas: 50, rounds: 1, warmUps: 0, warmSandboxes: 50, atMost: 0.4 },
  { ...start, ...coldGoal, name: 'service-start-cold-1', replicas: 1, atMost: 0.6 },
  { ...start, ...coldGoal, name: 'service-start-cold-10', replicas: 10, atMost: 0.9 },
  { ...start, ...coldGoal, name: 'service-start-cold-50', replicas: 50, rounds: 2, warmUps: 0, atMost: 0.9 },
  {
    name: 'service-update',
    replicas: 10,
    rounds: 5,
    warmUps: 1,
    networkMode: 'host',
    warmSandboxes: 0,
    what: 'update',
    atMost: 0.75,
  },
];

/**
 * Both watch their own API for running tasks over a kept connection, as often. While many are missing they are looked for
 * seldom, as each look costs the machine what a start would have had; the last few are looked for often, so that what is
 * measured is when they ran and not when they were looked for.
 */
const pollMs = (missing: number): number => (missing <= fewMissing ? 10 : 50);
const fewMissing = 3;

/**
 * A service from the call that creates it to its last task RUNNING, against Docker Swarm on the same engine, in turns; and
 * the update of a service all at once. Both use the same network of the engine, and no image is looked up. The engine is
 * a private one, so that Swarm is begun and left without touching the machine's, and its files are in memory: a file system
 * passes over what earlier rounds deleted, one by one, which would make every round dearer than the one before. What we
 * store ourselves is on the disk. Sandboxes are made ready outside the measured time.
 */
export async function servicePart(part: ServicePart): Promise<readonly Figure[]> {
  const directory = await temporaryDirectory();
  const engineData = join(directory.path, 'data');
  await mkdir(engineData);
  await host('mount', '-t', 'tmpfs', 'longshore-bench', engineData); // unmounted with the engine
  const engine = await startPrivateEngine(directory.path, {
    environment: { DOCKER_SERVICE_PREFER_OFFLINE_IMAGE: '1' },
    bridge: part.networkMode === 'bridge',
  });
  const docker = realDocker(engine.address);
  await buildShellImage(docker, testImage);
  const swarm = new Swarm(engine.socketPath);
  await swarm.begin();
  const server = await startServer({ dataDirectory: join(directory.path, 'server'), agent: false });
  const agent = startLongshore(['agent', '--cluster', cluster, '--data-dir', join(directory.path, 'agent')], {
    ...server.environment,
    DOCKER_HOST: engine.address,
    ECS_IMAGE_PULL_BEHAVIOR: 'prefer-cached',
    LONGSHORE_WARM_SANDBOXES: String(part.warmSandboxes),
  });
  try {
    const client = clientOf(server);
    await client.call('ecs', 'CreateCluster', { clusterName: cluster });
    await connectedInstance(client, cluster);
    const ours = new OursSide(server, client, docker, agent, part);
    const sides: readonly Side[] = [ours, new SwarmSide(swarm, docker, part)];
    const { replicas } = part;
    await ours.begin();
    if (part.warmSandboxes > 0) {
      // The first tasks show the agent that sandboxes are of use; and what has just begun runs code that is not yet compiled.
      for (const side of sides) {
        await side.create(Math.min(replicas, warmUpReplicas));
        await side.remove();
      }
    }
    const [oursMs, anchorMs] = await inTurns(sides, part, async (side) => {
      if (part.what === 'create') return await timed(() => side.create(replicas));
      await side.create(replicas);
      return await timed(() => side.update(replicas));
    });
    return [figureOf(part, oursMs, anchorMs)];
  } finally {
    await agent.end('SIGTERM');
    await server.stop();
    await swarm.leave();
    await engine.remove();
    await directory.remove();
  }
}

function figureOf(part: ServicePart, oursMs: number, anchorMs: number): Figure {
  const { replicas, rounds, networkMode, warmSandboxes, atMost } = part;
  const how = `${networkMode} network, median of ${rounds}`;
  if (part.what === 'update') {
    return ratioFigure({
      name: `update of ${replicas} in parallel`,
      subject: `UpdateService (0/100 percent) to ${replicas} new tasks RUNNING and none of the old, ${how}`,
      anchor: 'service update, parallelism 0, stop first, Docker Swarm',
      oursMs,
      anchorMs,
      atMost,
    });
  }
  return ratioFigure({
    name: `service of ${replicas} to all RUNNING, ${warmSandboxes > 0 ? 'sandboxes ready' : 'no sandboxes'}`,
    subject: `CreateService to runningCount ${replicas}, ${how}`,
    anchor: `service create to all tasks running, Docker Swarm, ${networkMode} network`,
    oursMs,
    anchorMs,
    atMost,
  });
}

interface Side {
  /** Resolves when nothing more is made ready. */
  ready(): Promise<void>;
  /** Resolves when all replicas run. */
  create(replicas: number): Promise<void>;
  /** Resolves when all replicas of the new kind run and none of the old. */
  update(replicas: number): Promise<void>;
  /** Resolves when the engine has no container left of it. */
  remove(): Promise<void>;
}

/** The medians of each side. */
async function inTurns(
  sides: readonly Side[],
  { rounds, warmUps }: ServicePart,
  measure: (side: Side) => Promise<number>,
): Promise<readonly [number, number]> {
  const times: number[][] = sides.map(() => []);
  for (let round = -warmUps; round < rounds; round += 1) {
    for (const [index, side] of sides.entries()) {
      await sides[0]?.ready(); // of both: what one makes ready would disturb the other
      const ms = await measure(side);
      await side.remove();
      if (round >= 0) times[index]?.push(ms);
    }
  }
  return [median(times[0] ?? []), median(times[1] ?? [])];
}

/** Ends at once when it is asked to: how long a program takes to end is not ours. */
const command = ['sh', '-c', "trap 'exit 0' TERM; while :; do sleep 1000 & wait $!; done"];

class OursSide implements Side {
  readonly #client: Client;
  readonly #docker: Docker;
  readonly #part: ServicePart;
  readonly #agent: LongshoreProcess;
  readonly #port: number;
  #count = 0;
  #asked = 0;

  constructor(server: Server, client: Client, docker: Docker, agent: LongshoreProcess, part: ServicePart) {
    this.#port = Number(new URL(server.endpoint).port);
    this.#client = client;
    this.#agent = agent;
    this.#docker = docker;
    this.#part = part;
  }

  async begin(): Promise<void> {
    await this.#define('1');
    await this.#define('2');
  }

  /** The agent says how many were asked for, each time that all are ready again. */
  async ready(): Promise<void> {
    const { warmSandboxes } = this.#part;
    if (warmSandboxes === 0) return;
    await until(async () => {
      const said = this.#agent.log().matchAll(/"ready":(\d+),"hits":(\d+),"misses":(\d+)/g);
      return said.some(
        ([, ready, hits, misses]) => Number(ready) === warmSandboxes && Number(hits) + Number(misses) === this.#asked,
      );
    });
  }

  async create(desiredCount: number): Promise<void> {
    this.#count += 1;
    this.#asked += desiredCount;
    const taskDefinition = 'bench-1';
    await this.#client.call('ecs', 'CreateService', {
      cluster,
      serviceName: this.#name,
      taskDefinition,
      desiredCount,
      launchType: 'EC2',
      // Old tasks make room for new ones, all at once, as Swarm does by its order stop-first.
      deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 100 },
    });
    await this.#runs(taskDefinition, desiredCount);
  }

  async update(replicas: number): Promise<void> {
    const taskDefinition = 'bench-2';
    await this.#client.call('ecs', 'UpdateService', { cluster, service: this.#name, taskDefinition });
    await this.#runs(taskDefinition, replicas);
  }

  async remove(): Promise<void> {
    await this.#client.call('ecs', 'DeleteService', { cluster, service: this.#name, force: true });
    await until(async () => {
      const containers = await this.#docker.listContainers([`com.amazonaws.ecs.cluster=${cluster}`]);
      return containers.every(({ State }) => State === 'exited');
    });
    // The agent keeps stopped containers for hours; Swarm takes its own away.
    const left = await this.#docker.listContainers([`com.amazonaws.ecs.cluster=${cluster}`]);
    await Promise.all(left.map(({ Id }) => this.#docker.removeContainer(Id, { force: true, volumes: true })));
    await removeCgroupsOf(left.map(({ Labels }) => Labels[taskArnLabel] ?? ''));
  }

  get #name(): string {
    return `service-${this.#count}`;
  }

  async #define(value: string): Promise<void> {
    await this.#client.call('ecs', 'RegisterTaskDefinition', {
      family: `bench-${value}`,
      networkMode: this.#part.networkMode,
      containerDefinitions: [
        {
          name: 'app',
          image: testImage,
          cpu: 1,
          memory: 16,
          command,
          environment: [{ name: 'KIND', value }],
          stopTimeout: 2,
        },
      ],
    });
  }

  async #runs(family: string, replicas: number): Promise<void> {
    // Signed once: what a client does to sign each look is not ours, and Swarm's has nothing of the kind to do.
    const look = prepare(this.#port, 'DescribeServices', { cluster, services: [this.#name] });
    const connection = new KeptConnection();
    await untilNone(async () => {
      const { services = [] }: DescribeServicesResponse = JSON.parse(await connection.send(look));
      const deployments = services[0]?.deployments ?? [];
      return sum(
        deployments.map(({ taskDefinition, runningCount = 0 }) =>
          taskDefinition?.includes(`/${family}:`) ? Math.abs(replicas - runningCount) : runningCount,
        ),
      );
    });
    connection.close();
  }
}

class SwarmSide implements Side {
  readonly #swarm: Swarm;
  readonly #docker: Docker;
  readonly #part: ServicePart;
  #id = '';
  #count = 0;

  constructor(swarm: Swarm, docker: Docker, part: ServicePart) {
    this.#swarm = swarm;
    this.#docker = docker;
    this.#part = part;
  }

  async ready(): Promise<void> {
    // It makes nothing ready.
  }

  async create(replicas: number): Promise<void> {
    this.#count += 1;
    this.#id = await this.#swarm.createService(this.#spec('1', replicas));
    await this.#runs('1', replicas);
  }

  async update(replicas: number): Promise<void> {
    await this.#swarm.updateService(this.#id, this.#spec('2', replicas));
    await this.#runs('2', replicas);
  }

  async remove(): Promise<void> {
    await this.#swarm.removeService(this.#id);
    await until(
      async () => (await this.#docker.listContainers([`com.docker.swarm.service.id=${this.#id}`])).length === 0,
    );
  }

  async #runs(value: string, replicas: number): Promise<void> {
    await untilNone(async () => {
      const counts = await this.#swarm.running(this.#id);
      const wanted = counts.get(`KIND=${value}`) ?? 0;
      return Math.abs(replicas - wanted) + sum([...counts.values()]) - wanted;
    });
  }

  #spec(value: string, replicas: number): object {
    return {
      Name: `service-${this.#count}`,
      TaskTemplate: {
        ContainerSpec: {
          Image: testImage,
          Command: command,
          Env: [`KIND=${value}`],
          StopGracePeriod: 2_000_000_000,
        },
        Resources: { Limits: { MemoryBytes: 16 * 1024 * 1024 } },
        Networks: [{ Target: this.#part.networkMode }],
      },
      Mode: { Replicated: { Replicas: replicas } },
      UpdateConfig: { Parallelism: 0, Order: 'stop-first' },
    };
  }
}

const limitMs = 120_000;

async function until(isDone: () => Promise<boolean>): Promise<void> {
  await untilNone(
    async () => ((await isDone()) ? 0 : 1),
    () => 20,
  );
}

async function untilNone(missing: () => Promise<number>, everyMs = pollMs): Promise<void> {
  const end = performance.now() + limitMs;
  for (let left = await missing(); left > 0; left = await missing()) {
    if (performance.now() > end) throw new Error(`it did not come about within ${limitMs / 1000} s`);
    await sleep(everyMs(left));
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import type { DescribeServicesResponse } from '@aws-sdk/client-ecs';
import { buildShellImage } from '../src/app/shell-image.ts';
import { realDocker } from '../src/world/real/real-docker.ts';
import type { Docker } from '../src/world/world.ts';
import { type Client, clientOf, connectedInstance } from '../test/running/cluster.ts';
import { testImage } from '../test/running/engine.ts';
import { startPrivateEngine } from '../test/running/private-engine.ts';
import { startLongshore, startServer, temporaryDirectory } from '../test/running/server.ts';
import { type Figure, median, ratioFigure, timed } from './figure.ts';
import { Swarm } from './swarm.ts';

const cluster = 'bench';

/** Replicas, rounds, and our time at most as a part of Swarm's. */
const sizes = [
  { replicas: 1, rounds: 7, atMost: 0.6 },
  { replicas: 10, rounds: 5, atMost: 0.9 },
  { replicas: 50, rounds: 3, atMost: 0.9 },
] as const;
const updated = { replicas: 10, rounds: 5, atMost: 0.75 } as const;

/** Both watch their own API for running tasks, as often. */
const pollMs = 10;

/**
 * A service from the call that creates it to its last task RUNNING, against Docker Swarm on the same engine, in turns; and
 * the update of a service all at once. The tasks run in the host's network, which both have without any of their own, and
 * no image is looked up. The engine is a private one, so that Swarm is begun and left without touching the machine's.
 */
export async function serviceStart(): Promise<readonly Figure[]> {
  const directory = await temporaryDirectory();
  const engine = await startPrivateEngine(directory.path, {
    environment: { DOCKER_SERVICE_PREFER_OFFLINE_IMAGE: '1' },
  });
  const docker = realDocker(engine.address);
  await buildShellImage(docker, testImage);
  const swarm = new Swarm(engine.socketPath);
  await swarm.begin();
  const server = await startServer({ dataDirectory: join(directory.path, 'server'), agent: false });
  const agent = startLongshore(['agent', '--cluster', cluster, '--data-dir', join(directory.path, 'agent')], {
    ...server.environment,
    DOCKER_HOST: engine.address,
  });
  try {
    const client = clientOf(server);
    await client.call('ecs', 'CreateCluster', { clusterName: cluster });
    await connectedInstance(client, cluster);
    const sides: readonly Side[] = [new OursSide(client, docker), new SwarmSide(swarm, docker)];
    const figures: Figure[] = [];
    for (const { replicas, rounds, atMost } of sizes) {
      const [oursMs, anchorMs] = await inTurns(sides, rounds, async (side) => {
        const ms = await timed(() => side.create(replicas));
        await side.remove();
        return ms;
      });
      figures.push(
        ratioFigure({
          name: `service of ${replicas} to all RUNNING`,
          subject: `CreateService to runningCount ${replicas}, host network, median of ${rounds}`,
          anchor: 'service create to all tasks running, Docker Swarm',
          oursMs,
          anchorMs,
          atMost,
        }),
      );
    }
    const [oursMs, anchorMs] = await inTurns(sides, updated.rounds, async (side) => {
      await side.create(updated.replicas);
      const ms = await timed(() => side.update(updated.replicas));
      await side.remove();
      return ms;
    });
    figures.push(
      ratioFigure({
        name: `update of ${updated.replicas} in parallel`,
        subject: `UpdateService (0/100 percent) to ${updated.replicas} new tasks RUNNING and none of the old, host network`,
        anchor: 'service update, parallelism 0, stop first, Docker Swarm',
        oursMs,
        anchorMs,
        atMost: updated.atMost,
      }),
    );
    return figures;
  } finally {
    await agent.end('SIGTERM');
    await server.stop();
    await swarm.leave();
    await engine.remove();
    await directory.remove();
  }
}

interface Side {
  /** Resolves when all replicas run. */
  create(replicas: number): Promise<void>;
  /** Resolves when all replicas of the new kind run and none of the old. */
  update(replicas: number): Promise<void>;
  /** Resolves when the engine has no container left of it. */
  remove(): Promise<void>;
}

/** The medians of each side, after a round to warm up. */
async function inTurns(
  sides: readonly Side[],
  rounds: number,
  measure: (side: Side) => Promise<number>,
): Promise<readonly [number, number]> {
  const times: number[][] = sides.map(() => []);
  for (let round = -1; round < rounds; round += 1) {
    for (const [index, side] of sides.entries()) {
      const ms = await measure(side);
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
  #count = 0;

  constructor(client: Client, docker: Docker) {
    this.#client = client;
    this.#docker = docker;
  }

  async create(desiredCount: number): Promise<void> {
    this.#count += 1;
    const taskDefinition = await this.#define('1');
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
    const taskDefinition = await this.#define('2');
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
    for (const { Id } of await this.#docker.listContainers([`com.amazonaws.ecs.cluster=${cluster}`])) {
      await this.#docker.removeContainer(Id, { force: true, volumes: true });
    }
  }

  get #name(): string {
    return `service-${this.#count}`;
  }

  async #define(value: string): Promise<string> {
    const family = `bench-${value}`;
    await this.#client.call('ecs', 'RegisterTaskDefinition', {
      family,
      networkMode: 'host',
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
    return family;
  }

  async #runs(family: string, replicas: number): Promise<void> {
    await until(async () => {
      const input = { cluster, services: [this.#name] };
      const { services = [] } = await this.#client.call<DescribeServicesResponse>('ecs', 'DescribeServices', input);
      const deployments = services[0]?.deployments ?? [];
      return deployments.every(({ taskDefinition, runningCount }) =>
        taskDefinition?.includes(`/${family}:`) ? runningCount === replicas : runningCount === 0,
      );
    });
  }
}

class SwarmSide implements Side {
  readonly #swarm: Swarm;
  readonly #docker: Docker;
  #id = '';
  #count = 0;

  constructor(swarm: Swarm, docker: Docker) {
    this.#swarm = swarm;
    this.#docker = docker;
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
    await until(async () => {
      const counts = await this.#swarm.running(this.#id);
      return counts.size === 1 && counts.get(`KIND=${value}`) === replicas;
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
        Networks: [{ Target: 'host' }],
      },
      Mode: { Replicated: { Replicas: replicas } },
      UpdateConfig: { Parallelism: 0, Order: 'stop-first' },
    };
  }
}

const limitMs = 120_000;

async function until(isDone: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await isDone())) {
    if (performance.now() > end) throw new Error(`it did not come about within ${limitMs / 1000} s`);
    await sleep(pollMs);
  }
}

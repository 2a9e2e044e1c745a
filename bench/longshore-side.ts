import type { DescribeServicesResponse } from '@aws-sdk/client-ecs';
import { taskArnLabel } from '../src/agent/docker-config.ts';
import { sandboxLabel } from '../src/agent/sandboxes/sandbox.ts';
import type { Docker } from '../src/world/docker.ts';
import { removeCgroupsOf, testImage } from '../test/running/engine.ts';
import type { Installation } from '../test/running/installation.ts';
import { command, type ServiceSetting, type Side, sum, until, untilNone } from './service-side.ts';
import { KeptConnection, prepare } from './signed-post.ts';

/** A service of Longshore's, on the host of an installation whose agent uses the engine. */
export class LongshoreSide implements Side {
  readonly #installation: Installation;
  readonly #docker: Docker;
  readonly #setting: ServiceSetting;
  #count = 0;
  #asked = 0;

  constructor(installation: Installation, docker: Docker, setting: ServiceSetting) {
    this.#installation = installation;
    this.#docker = docker;
    this.#setting = setting;
  }

  async begin(): Promise<void> {
    await this.#define('1');
    await this.#define('2');
  }

  /** The agent says how many were asked for, each time that all are ready again; used ones are cleared away besides. */
  async ready(): Promise<void> {
    const { warmSandboxes } = this.#setting;
    if (warmSandboxes === 0) return;
    await until(async () => {
      const said = this.#installation.agent.log().matchAll(/"ready":(\d+),"hits":(\d+),"misses":(\d+)/g);
      const full = [...said].find(([, , hits, misses]) => Number(hits) + Number(misses) === this.#asked);
      const ready = Number(full?.[1]);
      if (!full || (warmSandboxes !== undefined && ready !== warmSandboxes)) return false;
      return (await this.#docker.listContainers([sandboxLabel])).length === ready;
    });
  }

  async create(desiredCount: number): Promise<void> {
    this.#count += 1;
    this.#asked += desiredCount;
    const taskDefinition = 'bench-1';
    await this.#installation.client.call('ecs', 'CreateService', {
      cluster: this.#cluster,
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
    await this.#installation.client.call('ecs', 'UpdateService', {
      cluster: this.#cluster,
      service: this.#name,
      taskDefinition,
    });
    await this.#runs(taskDefinition, replicas);
  }

  async remove(): Promise<void> {
    await this.#installation.client.call('ecs', 'DeleteService', {
      cluster: this.#cluster,
      service: this.#name,
      force: true,
    });
    await until(async () => {
      const containers = await this.#docker.listContainers([`com.amazonaws.ecs.cluster=${this.#cluster}`]);
      return containers.every(({ State }) => State === 'exited');
    });
    // The agent keeps stopped containers for hours; Swarm takes its own away.
    const left = await this.#docker.listContainers([`com.amazonaws.ecs.cluster=${this.#cluster}`]);
    await Promise.all(left.map(({ Id }) => this.#docker.removeContainer(Id, { force: true, volumes: true })));
    await removeCgroupsOf(left.map(({ Labels }) => Labels[taskArnLabel] ?? ''));
  }

  get #cluster(): string {
    return this.#installation.cluster;
  }

  get #name(): string {
    return `service-${this.#count}`;
  }

  async #define(value: string): Promise<void> {
    await this.#installation.client.call('ecs', 'RegisterTaskDefinition', {
      family: `bench-${value}`,
      networkMode: this.#setting.networkMode,
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
    const port = Number(new URL(this.#installation.server.endpoint).port);
    // Signed once: what a client does to sign each look is not ours, and Swarm's has nothing of the kind to do.
    const look = prepare(port, 'DescribeServices', { cluster: this.#cluster, services: [this.#name] });
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

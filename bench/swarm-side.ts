import type { Docker } from '../src/world/docker.ts';
import { testImage } from '../test/running/engine.ts';
import { command, type ServiceSetting, type Side, sum, until, untilNone } from './service-side.ts';
import type { Swarm } from './swarm.ts';

/** A service of Docker Swarm's. */
export class SwarmSide implements Side {
  readonly #swarm: Swarm;
  readonly #docker: Docker;
  readonly #setting: ServiceSetting;
  #id = '';
  #count = 0;

  constructor(swarm: Swarm, docker: Docker, setting: ServiceSetting) {
    this.#swarm = swarm;
    this.#docker = docker;
    this.#setting = setting;
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
        Networks: [{ Target: this.#setting.networkMode }],
      },
      Mode: { Replicated: { Replicas: replicas } },
      UpdateConfig: { Parallelism: 0, Order: 'stop-first' },
    };
  }
}

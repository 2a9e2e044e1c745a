import type { SimRandom } from '../src/world/sim/sim-random.ts';
import { type Action, pickAction } from './actions.ts';
import type { Client } from './client.ts';
import { textIn } from './members.ts';
import { mostDeaths } from './service-users.ts';
import { cluster, type System } from './system.ts';

/** A service that its users deploy themselves (EXTERNAL), by task sets. */
export interface KnownOwner {
  readonly name: string;
  arn: string;
  desiredCount: number;
  readonly taskSets: Map<string, KnownTaskSet>;
  isDeleted: boolean;
}

/** What was acknowledged last. */
export interface KnownTaskSet {
  readonly arn: string;
  readonly family: string;
  percent: number;
  isPrimary: boolean;
}

/** Users who deploy their service themselves. One at a time, and never while the network repeats requests. */
export class TaskSetUsers {
  readonly owners: KnownOwner[] = [];
  readonly #system: System;
  readonly #client: Client;
  #created = 0;

  constructor(system: System, client: Client) {
    this.#system = system;
    this.#client = client;
  }

  /** What users of task sets do. */
  readonly actions: readonly Action[] = [
    { name: 'create a task set', weight: 30, act: (random) => this.#create(random) },
    { name: 'scale a task set', weight: 25, act: (random) => this.#scale(random) },
    { name: 'make a task set primary', weight: 15, act: (random) => this.#makePrimary(random) },
    { name: 'delete a task set', weight: 15, act: (random) => this.#delete(random) },
    { name: 'scale a service of task sets', weight: 10, act: (random) => this.#scaleService(random) },
    { name: 'delete a service of task sets', weight: 5, act: () => this.#deleteService() },
  ];

  async act(random: SimRandom): Promise<void> {
    if (this.#system.isNetworkBad) return;
    if (!this.#owner) return await this.#createService(random);
    const looping = [...this.#owner.taskSets.values()].find((taskSet) => this.#hasDiedTooOften(taskSet));
    if (looping) {
      this.#system.saw('user: delete a task set that dies again and again');
      return await this.#deleteOne(looping);
    }
    const action = pickAction(random, this.actions);
    this.#system.saw(`user: ${action.name}`);
    await action.act(random);
  }

  #hasDiedTooOften({ arn }: KnownTaskSet): boolean {
    const { durable } = this.#system;
    const id = durable.taskSets.get(arn)?.id;
    let died = 0;
    for (const { startedBy, lastStatus } of durable.tasks.all()) {
      if (id !== undefined && startedBy === id && lastStatus === 'STOPPED') died += 1;
    }
    return died >= mostDeaths;
  }

  /** Task sets that never come to rest are deleted before all must. */
  async mend(): Promise<void> {
    const owner = this.#owner;
    for (const taskSet of owner?.taskSets.values() ?? []) {
      if (taskSet.family === restless) await this.#deleteOne(taskSet);
    }
  }

  get #owner(): KnownOwner | undefined {
    return this.owners.find(({ isDeleted }) => !isDeleted);
  }

  async #createService(random: SimRandom): Promise<void> {
    this.#created += 1;
    const name = `external-${this.#created}`;
    const desiredCount = random.integer(1, 4);
    const answer = await this.#client.call('CreateService', {
      cluster,
      serviceName: name,
      desiredCount,
      clientToken: name,
      deploymentController: { type: 'EXTERNAL' },
    });
    const arn = textIn(answer?.['service'], 'serviceArn');
    if (arn !== '') this.owners.push({ name, arn, desiredCount, taskSets: new Map(), isDeleted: false });
  }

  async #create(random: SimRandom): Promise<void> {
    const owner = this.#owner;
    if (!owner || owner.taskSets.size >= mostTaskSets) return;
    const family = random.pick(families);
    const percent = random.pick(percents);
    const answer = await this.#client.call('CreateTaskSet', {
      cluster,
      service: owner.name,
      taskDefinition: family,
      launchType: 'EC2',
      scale: { unit: 'PERCENT', value: percent },
      clientToken: `set-${random.integer(0, 1e12)}`,
    });
    const arn = textIn(answer?.['taskSet'], 'taskSetArn');
    if (arn !== '') owner.taskSets.set(arn, { arn, family, percent, isPrimary: false });
  }

  async #scale(random: SimRandom): Promise<void> {
    const [owner, taskSet] = this.#some(random);
    if (!owner || !taskSet) return;
    const percent = random.pick(percents);
    const scale = { unit: 'PERCENT', value: percent };
    const answer = await this.#client.call('UpdateTaskSet', this.#input(owner, taskSet, { scale }));
    if (answer) taskSet.percent = percent;
  }

  async #makePrimary(random: SimRandom): Promise<void> {
    const [owner, taskSet] = this.#some(random);
    if (!owner || !taskSet) return;
    const input = { cluster, service: owner.name, primaryTaskSet: taskSet.arn };
    if (!(await this.#client.call('UpdateServicePrimaryTaskSet', input))) return;
    for (const each of owner.taskSets.values()) each.isPrimary = each === taskSet;
  }

  async #delete(random: SimRandom): Promise<void> {
    const [, taskSet] = this.#some(random);
    if (taskSet) await this.#deleteOne(taskSet);
  }

  async #deleteOne(taskSet: KnownTaskSet): Promise<void> {
    const owner = this.#owner;
    if (!owner) return;
    await this.#client.call('DeleteTaskSet', this.#input(owner, taskSet, { force: true }), gone);
    owner.taskSets.delete(taskSet.arn);
  }

  async #scaleService(random: SimRandom): Promise<void> {
    const owner = this.#owner;
    if (!owner) return;
    const desiredCount = random.integer(0, 4);
    const answer = await this.#client.call('UpdateService', { cluster, service: owner.name, desiredCount });
    if (answer) owner.desiredCount = desiredCount;
  }

  async #deleteService(): Promise<void> {
    const owner = this.#owner;
    if (!owner) return;
    await this.#client.call('DeleteService', { cluster, service: owner.name, force: true }, gone);
    owner.isDeleted = true;
  }

  #some(random: SimRandom): readonly [KnownOwner | undefined, KnownTaskSet | undefined] {
    const owner = this.#owner;
    const all = [...(owner?.taskSets.values() ?? [])];
    return [owner, all.length > 0 ? random.pick(all) : undefined];
  }

  #input(owner: KnownOwner, taskSet: KnownTaskSet, members: object): object {
    return { cluster, service: owner.name, taskSet: taskSet.arn, ...members };
  }
}

const restless = 's-crash';
const families = ['s-plain', 's-checked', 's-slow', restless] as const;
const percents = [0, 25, 50, 100, 100] as const;
const mostTaskSets = 3;
const gone = {
  allowed: [
    'InvalidParameterException',
    'TaskSetNotFoundException',
    'ServiceNotFoundException',
    'ServiceNotActiveException',
  ],
};

import type { SimRandom } from '../src/world/sim/sim-random.ts';
import { type Action, pickAction } from './actions.ts';
import { listIn, textIn } from './members.ts';
import type { Client } from './client.ts';
import {
  anotherShape,
  type DeploymentChoice,
  deploymentChoice,
  placementChoice,
  wrongRequest,
} from './service-requests.ts';
import { roleless, type ServiceShape, serviceShapes, shapesByFamily } from './service-shapes.ts';
import { cluster, type System } from './system.ts';
import { checkDurable, mayLackRole, tasksIn, type TaskUsers } from './task-users.ts';

/** A service as its user knows it: what was acknowledged last. */
export interface KnownService {
  readonly name: string;
  readonly isDaemon: boolean;
  arn: string;
  shape: ServiceShape;
  desiredCount: number;
  deployment: DeploymentChoice;
  isDistinct: boolean;
  graceSeconds: number;
  /** Families of every definition it was ever told to run. */
  readonly families: Set<string>;
  /** It was told once to run what has a role: such a change may have been taken though its repetition was refused. */
  mayHaveRole: boolean;
  /** Its last deployment was told to stop where it was. */
  isAborted: boolean;
  isDeleted: boolean;
  /** One user at a time changes or describes a service, so that it is known what must be. */
  isBusy: boolean;
  /** When the last change was acknowledged. */
  changedMs: number;
}

/** Users who keep services, and remember what they were told. */
export class ServiceUsers {
  readonly known = new Map<string, KnownService>();
  readonly #system: System;
  readonly #client: Client;
  readonly #tasks: TaskUsers;
  #created = 0;

  constructor(system: System, client: Client, tasks: TaskUsers) {
    this.#system = system;
    this.#client = client;
    this.#tasks = tasks;
  }

  async prepare(): Promise<void> {
    for (const { definition } of [...serviceShapes, roleless])
      await this.#client.call('RegisterTaskDefinition', definition);
  }

  get live(): readonly KnownService[] {
    return [...this.known.values()].filter(({ isDeleted }) => !isDeleted);
  }

  /** What users do who keep a service. */
  readonly actions: readonly Action[] = [
    { name: 'create a service', weight: 12, act: (random) => this.#createOne(random) },
    { name: 'ask for what is wrong', weight: 6, act: (random) => this.#askWrongly(random) },
    { name: 'list services or deployments', weight: 5, act: (random) => this.#list(random) },
    { name: 'stop a task of a service', weight: 9, act: (random) => this.#stopTask(random) },
    { name: 'protect tasks', weight: 9, act: (random) => this.#protect(random) },
    { name: 'stop a deployment', weight: 5, act: this.#onOne((random, it) => this.#stopDeployment(random, it)) },
    { name: 'look at the tasks of a service', weight: 8, act: this.#onOne((_, it) => this.#lookAtTasks(it)) },
    { name: 'look at a service', weight: 14, act: this.#onOne((_, it) => this.describe([it])) },
    { name: 'delete a service', weight: 6, act: this.#onOne((random, it) => this.delete(random, it)) },
    { name: 'deploy another definition', weight: 16, act: this.#onOne((random, it) => this.#deploy(random, it)) },
    { name: 'deploy over protected tasks', weight: 6, act: this.#onOne((random, it) => this.#deployOver(random, it)) },
    { name: 'deploy the same anew', weight: 6, act: this.#onOne((_, it) => this.#deployAnew(it)) },
    { name: 'scale', weight: 9, act: this.#onOne((random, it) => this.#scale(random, it)) },
    { name: 'scale beyond what there is', weight: 1, act: this.#onOne((_, it) => this.#scaleBeyond(it)) },
    { name: 'change how it deploys', weight: 4, act: this.#onOne((random, it) => this.#configure(random, it)) },
    { name: 'balance its zones or not', weight: 3, act: this.#onOne((random, it) => this.#balance(random, it)) },
    { name: 'change its capacity', weight: 6, act: this.#onOne((random, it) => this.#provide(random, it)) },
    { name: 'change where it runs', weight: 3, act: this.#onOne((random, it) => this.#place(random, it)) },
  ];

  /** One thing that a user of services does. */
  async act(random: SimRandom): Promise<void> {
    if (this.live.length < 2) return await this.create(random);
    const looping = this.live.find((each) => !each.isBusy && this.#hasDiedTooOften(each));
    if (looping) {
      this.#system.saw('user: replace what dies again and again');
      return await this.#alone(looping, () => this.#deploy(random, looping));
    }
    const action = pickAction(random, this.actions);
    this.#system.saw(`user: ${action.name}`);
    await action.act(random);
  }

  /** A crash loop shows nothing new after so many rounds, and nobody lets one go on while looking at it. */
  #hasDiedTooOften({ arn, changedMs }: KnownService): boolean {
    const { clock, durable } = this.#system;
    const changedAt = clock.now() - (clock.monotonicMs() - changedMs);
    let died = 0;
    for (const { serviceArn, stoppedAt = 0 } of durable.tasks.all()) {
      if (serviceArn === arn && stoppedAt > changedAt) died += 1;
    }
    return died >= mostDeaths;
  }

  /** On any service that nobody else is at. */
  #onOne(act: (random: SimRandom, service: KnownService) => Promise<void>): Action['act'] {
    return async (random) => {
      const service = random.pick(this.live);
      await this.#alone(service, () => act(random, service));
    };
  }

  async #createOne(random: SimRandom): Promise<void> {
    if (this.live.length < mostLive) await this.create(random);
  }

  async #askWrongly(random: SimRandom): Promise<void> {
    await this.#client.callWrongly(...wrongRequest(random, cluster));
  }

  async create(random: SimRandom): Promise<void> {
    this.#created += 1;
    const name = `service-${this.#created}`;
    const isDaemon = random.chance(0.12);
    const launchType = !isDaemon && random.chance(0.15) ? 'FARGATE' : 'EC2';
    const shape = anotherShape(random, launchType, isDaemon);
    const desiredCount = random.integer(0, 5);
    const deployment = deploymentChoice(random, isDaemon);
    const { isDistinct, ...placement } = placementChoice(random, isDaemon);
    const graceSeconds = random.pick([0, 0, 60]);
    const known: KnownService = {
      name,
      isDaemon,
      arn: '',
      shape,
      desiredCount,
      deployment,
      isDistinct: launchType === 'EC2' && isDistinct,
      graceSeconds,
      families: new Set([shape.family]),
      mayHaveRole: shape.hasRole,
      isAborted: false,
      isDeleted: false,
      isBusy: true,
      changedMs: 0,
    };
    const input = {
      cluster,
      serviceName: name,
      taskDefinition: shape.family,
      clientToken: name,
      deploymentConfiguration: deployment.configuration,
      ...(isDaemon ? { schedulingStrategy: 'DAEMON' } : { desiredCount }),
      ...(launchType === 'EC2' ? placement : {}),
      ...(launchType === 'FARGATE' && random.chance(0.5)
        ? { capacityProviderStrategy: random.pick(fargateStrategies) }
        : { launchType }),
      ...(launchType === 'FARGATE' ? { networkConfiguration: this.#tasks.network(random) } : {}),
      healthCheckGracePeriodSeconds: graceSeconds,
      availabilityZoneRebalancing: isDaemon ? 'DISABLED' : random.pick(['ENABLED', 'DISABLED']),
    };
    const answer = await this.#client.call('CreateService', input, shape.hasRole ? mayLackRole : {});
    if (!answer) return;
    known.arn = textIn(answer['service'], 'serviceArn');
    known.changedMs = this.#system.clock.monotonicMs();
    known.isBusy = false;
    this.known.set(known.arn, known);
  }

  /** Changes a service. What is not given stays as it is known. */
  async update(
    service: KnownService,
    change: {
      readonly shape?: ServiceShape | undefined;
      readonly desiredCount?: number | undefined;
      readonly deployment?: DeploymentChoice | undefined;
      readonly others?: object;
    },
  ): Promise<void> {
    const { shape, desiredCount, deployment, others = {} } = change;
    await this.#outwait(service);
    const input = {
      cluster,
      service: service.name,
      ...(shape ? { taskDefinition: shape.family } : {}),
      ...(desiredCount === undefined || service.isDaemon ? {} : { desiredCount }),
      ...(deployment ? { deploymentConfiguration: deployment.configuration } : {}),
      ...others,
    };
    service.mayHaveRole ||= shape?.hasRole === true;
    const answer = await this.#client.call('UpdateService', input, service.mayHaveRole ? mayLackRole : {});
    if (!answer) return;
    if (shape) {
      service.shape = shape;
      service.families.add(shape.family);
    }
    if (shape || 'forceNewDeployment' in others) service.isAborted = false;
    if (desiredCount !== undefined) service.desiredCount = desiredCount;
    if (deployment) service.deployment = deployment;
    service.changedMs = this.#system.clock.monotonicMs();
  }

  async delete(random: SimRandom, service: KnownService): Promise<void> {
    await this.#outwait(service);
    if (random.chance(0.5) && !service.isDaemon) await this.update(service, { desiredCount: 0 });
    await this.#outwait(service);
    const answer = await this.#client.call(
      'DeleteService',
      { cluster, service: service.name, force: true },
      { allowed: ['ServiceNotFoundException', 'ServiceNotActiveException'] },
    );
    service.isDeleted = true;
    service.changedMs = this.#system.clock.monotonicMs();
    const status = textIn(answer?.['service'], 'status');
    if (answer && status === 'ACTIVE') {
      this.#system.fail('what was acknowledged stays so', `${service.name} is ACTIVE after it was deleted`);
    }
  }

  /** Asks after services of which nobody changes anything meanwhile. */
  async describe(services: readonly KnownService[]): Promise<void> {
    const answer = await this.#client.call('DescribeServices', { cluster, services: services.map(({ arn }) => arn) });
    const shown = listIn(answer, 'services');
    for (const service of services) {
      const view = shown.find((each) => textIn(each, 'serviceArn') === service.arn);
      if (view !== undefined) this.#look(service, view);
      else if (answer) this.#system.fail('what was acknowledged stays so', `${service.name} is not found`);
    }
  }

  async #alone(service: KnownService, action: () => Promise<void>): Promise<void> {
    if (service.isBusy || service.isDeleted) return;
    service.isBusy = true;
    await action();
    service.isBusy = false;
  }

  /** A request that a bad network repeats late must not undo a later one: a user waits until that cannot happen. */
  async #outwait(service: KnownService): Promise<void> {
    const { clock, lastBadNetworkMs } = this.#system;
    const wasBad = lastBadNetworkMs > 0 && service.changedMs <= lastBadNetworkMs + longestBadNetworkMs;
    const waitMs = service.changedMs + latestRepetitionMs - clock.monotonicMs();
    if (wasBad && waitMs > 0) await this.#system.clientWorld.clock.sleep(waitMs);
  }

  #look(service: KnownService, view: unknown): void {
    const fail = (what: string): void => this.#system.fail('a service is shown as it is', `${service.name} ${what}`);
    if (textIn(view, 'status') !== 'ACTIVE') fail(`is ${textIn(view, 'status')} though nobody deleted it`);
    const desiredCount = Reflect.get(Object(view), 'desiredCount');
    if (!service.isDaemon && desiredCount !== service.desiredCount) {
      this.#system.fail(
        'what was acknowledged stays so',
        `${service.name} was given a desired count of ${service.desiredCount} and shows ${String(desiredCount)}`,
      );
    }
    const deployments = listIn(view, 'deployments');
    const primaries = deployments.filter((each) => textIn(each, 'status') === 'PRIMARY').length;
    if (primaries !== 1) fail(`shows ${primaries} PRIMARY deployments`);
    const events = listIn(view, 'events');
    if (events.length > 100) fail(`shows ${events.length} events`);
  }

  async #deploy(random: SimRandom, service: KnownService): Promise<void> {
    await this.update(service, {
      shape: anotherShape(random, service.shape.launchType, service.isDaemon),
      desiredCount: random.chance(0.3) ? random.integer(0, 6) : undefined,
      deployment: random.chance(0.25) ? deploymentChoice(random, service.isDaemon) : undefined,
    });
    // While the answer of the controller to it is on its way to the disk.
    if (random.chance(0.5)) await this.#lookAtTasks(service);
  }

  async #deployAnew(service: KnownService): Promise<void> {
    await this.update(service, { others: { forceNewDeployment: true } });
  }

  async #scale(random: SimRandom, service: KnownService): Promise<void> {
    await this.update(service, { desiredCount: random.integer(0, 6) });
  }

  async #scaleBeyond(service: KnownService): Promise<void> {
    await this.update(service, { desiredCount: 40 });
  }

  async #configure(random: SimRandom, service: KnownService): Promise<void> {
    await this.update(service, { deployment: deploymentChoice(random, service.isDaemon) });
  }

  async #place(random: SimRandom, service: KnownService): Promise<void> {
    if (service.shape.launchType !== 'EC2') return;
    const { isDistinct, ...placement } = placementChoice(random, service.isDaemon);
    service.isDistinct ||= isDistinct;
    await this.update(service, { others: placement });
  }

  async #balance(random: SimRandom, service: KnownService): Promise<void> {
    if (service.isDaemon || service.shape.launchType !== 'EC2') return;
    await this.update(service, { others: { availabilityZoneRebalancing: random.pick(['ENABLED', 'DISABLED']) } });
  }

  async #provide(random: SimRandom, service: KnownService): Promise<void> {
    if (service.shape.launchType !== 'FARGATE') return;
    const capacityProviderStrategy = random.pick(fargateStrategies);
    await this.update(service, { others: { capacityProviderStrategy, forceNewDeployment: true } });
  }

  async #list(random: SimRandom): Promise<void> {
    if (random.chance(0.5)) await this.#client.call('ListServices', { cluster });
    else {
      await this.#client.call('ListServiceDeployments', { cluster, service: random.pick(this.live).name }, gone);
    }
  }

  async #tasksOf(service: KnownService): Promise<readonly string[]> {
    const answer = await this.#client.call('ListTasks', { cluster, serviceName: service.name }, gone);
    return listIn(answer, 'taskArns').map(String);
  }

  async #lookAtTasks(service: KnownService): Promise<void> {
    const arns = await this.#tasksOf(service);
    if (arns.length === 0) return;
    const answer = await this.#client.call('DescribeTasks', { cluster, tasks: arns.slice(0, 100) });
    for (const task of tasksIn(answer)) checkDurable(this.#system, task);
  }

  async #stopTask(random: SimRandom): Promise<void> {
    const arns = await this.#tasksOf(random.pick(this.live));
    if (arns.length === 0) return;
    const task = random.pick(arns);
    await this.#client.call('StopTask', { cluster, task, reason: 'workload' });
  }

  async #protect(random: SimRandom): Promise<void> {
    await this.#protectSome(random, random.pick(this.live));
  }

  async #deployOver(random: SimRandom, service: KnownService): Promise<void> {
    await this.#protectSome(random, service);
    await this.#deployAnew(service);
  }

  async #protectSome(random: SimRandom, service: KnownService): Promise<void> {
    const arns = await this.#tasksOf(service);
    if (arns.length === 0) return;
    await this.#client.call('UpdateTaskProtection', {
      cluster,
      tasks: arns.filter(() => random.chance(0.5)).slice(0, 10),
      protectionEnabled: random.chance(0.8),
      expiresInMinutes: random.integer(1, 5),
    });
  }

  async #stopDeployment(random: SimRandom, service: KnownService): Promise<void> {
    await this.#outwait(service);
    const listed = await this.#client.call('ListServiceDeployments', {
      cluster,
      service: service.name,
      status: ['PENDING', 'IN_PROGRESS'],
    });
    const [deployment] = listIn(listed, 'serviceDeployments');
    if (deployment === undefined) return;
    const stopType = random.pick(['ROLLBACK', 'ROLLBACK', 'ABORT']);
    const serviceDeploymentArn = textIn(deployment, 'serviceDeploymentArn');
    const answer = await this.#client.call(
      'StopServiceDeployment',
      { serviceDeploymentArn, stopType },
      { allowed: ['ConflictException'] },
    );
    // A repetition whose first answer was lost is told of a conflict, and may have stopped it all the same.
    if (stopType === 'ABORT') service.isAborted = true;
    if (answer) service.changedMs = this.#system.clock.monotonicMs();
  }
}

/** A family by the ARN of one of its definitions. */
export function shapeOfDefinition(arn: string): ServiceShape | undefined {
  return shapesByFamily.get(/task-definition\/([^:]+):/.exec(arn)?.[1] ?? '');
}

const fargateStrategies: readonly (readonly object[])[] = [
  [{ capacityProvider: 'FARGATE', weight: 1 }],
  [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
  [
    { capacityProvider: 'FARGATE', weight: 1, base: 1 },
    { capacityProvider: 'FARGATE_SPOT', weight: 3 },
  ],
];
/** Of one service, before its users look for another definition: some ten rounds of all its tasks. */
export const mostDeaths = 40;
const mostLive = 5;
/** A repeated request comes at most ten seconds after the first. */
const latestRepetitionMs = 15_000;
const longestBadNetworkMs = 120_000;
const gone = { allowed: ['InvalidParameterException', 'ServiceNotFoundException', 'ServiceNotActiveException'] };

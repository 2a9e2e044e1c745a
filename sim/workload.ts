import type { SimRandom } from '../src/world/sim/sim-random.ts';
import { Client } from './client.ts';
import { deploymentChoice } from './service-requests.ts';
import { type ServiceShape, shapesByFamily } from './service-shapes.ts';
import { type KnownService, ServiceUsers, shapeOfDefinition } from './service-users.ts';
import { Operators } from './operators.ts';
import { cluster, describe, type System } from './system.ts';
import { SecurityGroups } from './security-groups.ts';
import { TaskSetUsers } from './task-set-users.ts';
import { TaskUsers } from './task-users.ts';

/** Several users at once, who do what users do, at random: now and then many things within a minute, then little. */
export class Workload {
  readonly client: Client;
  readonly tasks: TaskUsers;
  readonly services: ServiceUsers;
  readonly taskSets: TaskSetUsers;
  readonly operators: Operators;
  readonly #system: System;
  readonly #random: SimRandom;
  readonly #securityGroups: SecurityGroups;
  #stopped = false;
  #acting = 0;

  constructor(system: System) {
    this.#system = system;
    this.#random = system.world.random.fork('workload');
    this.client = new Client(system);
    this.#securityGroups = new SecurityGroups(system);
    this.tasks = new TaskUsers(system, this.client, this.#securityGroups);
    this.services = new ServiceUsers(system, this.client, this.tasks);
    this.taskSets = new TaskSetUsers(system, this.client);
    this.operators = new Operators(system, this.client, this.#securityGroups);
  }

  async prepare(): Promise<void> {
    await this.client.call('CreateCluster', { clusterName: cluster });
    await this.client.call('PutClusterCapacityProviders', {
      cluster,
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [],
    });
    await this.#securityGroups.prepare();
    await this.tasks.prepare();
    await this.services.prepare();
    await this.operators.prepare();
  }

  start(): void {
    const run = (name: string, act: (random: SimRandom) => Promise<void>): void => {
      const random = this.#random.fork(name);
      this.#run(random, act).catch((error: unknown) => {
        this.#system.fail('the workload runs', describe(error));
      });
    };
    run('task user', (random) => this.tasks.act(random));
    run('service user 1', (random) => this.services.act(random));
    run('service user 2', (random) => this.services.act(random));
    run('user of task sets', (random) => this.taskSets.act(random));
    run('operator', (random) => this.operators.act(random));
  }

  /** Resolves when no user is in the middle of something. */
  async stop(): Promise<void> {
    this.#stopped = true;
    while (this.#acting > 0) await this.#system.clientWorld.clock.sleep(1000);
    await this.operators.giveRolesBack();
  }

  /**
   * What an operator does before going home: brings instances back, and mends or deletes each service that could not come
   * to rest. Those whose circuit breaker must end it are left to it.
   */
  async mend(): Promise<void> {
    await this.operators.bringBack();
    await this.operators.quietAlarms();
    await this.taskSets.mend();
    // A few go on; each costs a look of its agent every half minute.
    let going = 0;
    for (const task of this.tasks.known.values()) {
      if (task.stopRequested || task.stoppedAt !== undefined) continue;
      if (task.shape.isScarce || (going += 1) > mostGoingOn) await this.tasks.stop(task);
    }
    let ports = 0;
    for (const service of this.services.live) {
      const random = this.#random.fork(`mend ${service.name}`);
      if (service.shape.family === 's-port' && (ports += 1) > 1) await this.services.delete(random, service);
      else if (!this.#comesToRest(service)) {
        if (random.chance(0.4)) await this.services.delete(random, service);
        else await this.#repair(random, service);
      }
    }
  }

  async #repair(random: SimRandom, service: KnownService): Promise<void> {
    const deployment = deploymentChoice(random, service.isDaemon);
    const percents = service.isDaemon
      ? { minimumHealthyPercent: 0, maximumPercent: 100 }
      : { minimumHealthyPercent: 0, maximumPercent: 200 };
    const family = service.shape.launchType === 'FARGATE' ? 's-fargate' : 's-plain';
    const shape: ServiceShape | undefined = shapesByFamily.get(family);
    await this.services.update(service, {
      shape,
      desiredCount: Math.min(service.desiredCount, service.isDistinct ? 1 : 3),
      // Without stages: a hook that nobody answers any more would fail it.
      deployment: { ...deployment, percents, strategy: 'ROLLING', configuration: { ...percents, strategy: 'ROLLING' } },
      others: { forceNewDeployment: true },
    });
  }

  #comesToRest(service: KnownService): boolean {
    const { durable } = this.#system;
    const record = durable.services.get(service.arn);
    const steady = record?.steadyRevisionArn;
    const steadyShape =
      steady === undefined
        ? undefined
        : shapeOfDefinition(durable.revisions.get(steady)?.settings.taskDefinitionArn ?? '');
    // Where no two may share an instance, the tasks of a new deployment need as much room again.
    const isAlone = service.isDistinct || service.families.has('s-port');
    if (service.isAborted || service.desiredCount > (isAlone ? 1 : 3)) return false;
    if ([...service.families].some((family) => endless.includes(family))) return false;
    const { minimumHealthyPercent, maximumPercent } = service.deployment.percents;
    const wanted = (service.isDaemon ? record?.desiredCount : undefined) ?? service.desiredCount;
    const lower = Math.ceil((wanted * minimumHealthyPercent) / 100);
    const upper = Math.floor((wanted * maximumPercent) / 100);
    const primary = [...durable.deployments.all()].find(
      (each) => each.serviceArn === service.arn && each.status === 'PRIMARY',
    );
    // Bounds that leave no room hold up what is being deployed; a daemon's count is of instances and changes by itself.
    const isHeldUp = wanted > 0 && upper <= lower && !(service.isDaemon && primary?.rolloutState === 'COMPLETED');
    if (isHeldUp) return false;
    // A fault may have tripped the breaker of what works.
    if (service.shape.outcome === 'runs') return primary?.rolloutState !== 'FAILED';
    // Without one that was steady, a deployment in stages goes back to the last, which may never have worked.
    const goesBackToWhatRuns =
      steadyShape === undefined ? service.deployment.strategy === 'ROLLING' : steadyShape.outcome === 'runs';
    // The breaker is that of the deployment's start: one that was set since is the next deployment's.
    const { circuitBreaker } = durable.serviceDeployments.get(primary?.serviceDeploymentArn ?? '') ?? {};
    return service.deployment.breaks && circuitBreaker?.status !== 'DISABLED' && goesBackToWhatRuns;
  }

  async #run(random: SimRandom, act: (random: SimRandom) => Promise<void>): Promise<void> {
    const { clock } = this.#system.clientWorld;
    let burstUntilMs = 0;
    while (!this.#stopped) {
      const nowMs = clock.monotonicMs();
      if (nowMs > burstUntilMs && random.chance(burstChance)) burstUntilMs = nowMs + random.integer(20_000, 60_000);
      // Requests that get lost or come twice matter most where there are many.
      const isNetworkBad = nowMs > badNetworkMs && nowMs - this.#system.lastBadNetworkMs < badNetworkMs;
      const isBusy = nowMs < burstUntilMs || isNetworkBad;
      await clock.sleep(random.latencyMs(isBusy ? burstPauseMs : restPauseMs));
      if (this.#stopped) return;
      this.#acting += 1;
      await act(random);
      this.#acting -= 1;
    }
  }
}

/** Families that never come to rest: their tasks end after they ran, get sick again, or find no place. */
const endless: readonly string[] = ['s-crash', 's-flapping', 's-huge'];

const burstChance = 0.06;
const burstPauseMs = 5000;
const badNetworkMs = 30_000;
const restPauseMs = 210_000;
const mostGoingOn = 5;

/** Starting and stopping tasks of a service, inside the transaction of whoever decided it. */
import { AwsError } from '../../aws/error.ts';
import { assert } from '../../core/assert.ts';
import type { Env, Reader, Transaction } from '../../store/store.ts';
import { assignProviders } from './rules/capacity-provider-strategy.ts';
import type { TaskPlan } from './rules/create-task.ts';
import { requestStop, type StopCause } from './rules/lifecycle.ts';
import { candidateOf } from './placement-index.ts';
import { type Refused, unableToPlace } from './rules/placement/explain.ts';
import { refuse, type Wanted } from './rules/placement/filters.ts';
import { parseStrategies } from './rules/placement/parse-strategies.ts';
import { defaultServiceStrategies } from './rules/placement/scale-in.ts';
import type { Strategy } from './rules/placement/strategies.ts';
import { capacityKindOf, fargatePlatformVersion } from './rules/service-capacity.ts';
import { mergeTags } from './rules/tags.ts';
import { addServiceEvent, serviceMessage } from './service-events.ts';
import type { RevisionSettings, ServiceRecord, ServiceRevisionRecord } from './service-tables.ts';
import { clusters, containerInstances, type Tags, taskDefinitions, type TaskRecord, tasks } from './tables.ts';
import { placementOf, planTasks, putTask, wantedOf } from './task-launch.ts';

/** What the tasks of one deployment or task set are made from. */
export interface LaunchSource {
  readonly service: ServiceRecord;
  readonly settings: RevisionSettings;
  /** ecs-svc/… of the deployment or task set. */
  readonly deploymentId: string;
  /** Has the images that are pinned; a task set has none. */
  readonly revision?: Pick<ServiceRevisionRecord, 'containerImages'>;
}

export interface Launched {
  readonly started: readonly TaskRecord[];
  /** Why the first of those that could not be started was not, as the service event that says so. */
  readonly refusal?: string;
}

/** Starts `count` tasks where placement has it, or fewer when it finds no more places; `zone` names the only zone wanted. */
export function startTasks(
  tx: Transaction,
  env: Env,
  source: LaunchSource,
  count: number,
  options: { readonly zone?: string } = {},
): Launched {
  const plan = planOf(tx, source);
  if ('refusal' in plan) return { started: [], refusal: plan.refusal };
  return plan.launchType === 'FARGATE'
    ? startOnFargate(tx, env, source, plan, count, options.zone)
    : startOnInstances(tx, env, source, plan, count, options.zone);
}

/** Starts one task on each of the instances, as DAEMON services want it, or none where one does not fit. */
export function startTasksOn(
  tx: Transaction,
  env: Env,
  source: LaunchSource,
  instanceArns: readonly string[],
): Launched {
  const plan = planOf(tx, source);
  if ('refusal' in plan) return { started: [], refusal: plan.refusal };
  const wanted = wantedOf(plan);
  const started: TaskRecord[] = [];
  let refusal: string | undefined;
  for (const arn of instanceArns) {
    const instance = tx.get(containerInstances, arn);
    assert(instance, `container instance ${arn} is there to start a task on`);
    const candidate = candidateOf(tx, instance);
    const reason = refuse(candidate, wanted);
    if (reason === undefined) started.push(putTask(tx, env, plan, candidate, undefined));
    else refusal ??= unplaced(source.service, [{ candidate, reason }]);
  }
  return { started, ...(refusal !== undefined && { refusal }) };
}

/** What one task of the service asks of an instance; undefined where none can be made as the world stands. */
export function wantedOfService(reader: Reader, source: LaunchSource): Wanted | undefined {
  const plan = planOf(reader, source);
  return 'refusal' in plan ? undefined : wantedOf(plan);
}

/** Asks the tasks to stop; those that are stopping already stay as they are. Gives those that were asked now. */
export function stopTasks(
  tx: Transaction,
  env: Env,
  stopping: Iterable<{ readonly arn: string }>,
  cause: StopCause,
): readonly TaskRecord[] {
  const stopped: TaskRecord[] = [];
  for (const { arn } of stopping) {
    const task = tx.get(tasks, arn);
    if (!task || task.desiredStatus === 'STOPPED') continue;
    tx.put(tasks, requestStop(task, cause, env.now));
    stopped.push(task);
  }
  return stopped;
}

/** Why the scheduler stops a task that is not wanted any more. */
export function scalingCause(deploymentId: string): StopCause {
  return {
    stopCode: 'ServiceSchedulerInitiated',
    reason: `Scaling activity initiated by (deployment ${deploymentId})`,
  };
}

/** Why it stops one that was moved to another zone. */
export function rebalancingCause(deploymentId: string): StopCause {
  return {
    stopCode: 'ServiceSchedulerInitiated',
    reason: `Availability-zone rebalancing initiated by (deployment ${deploymentId})`,
  };
}

export const failedHealthCheckCause: StopCause = {
  stopCode: 'ServiceSchedulerInitiated',
  reason: 'Task failed container health checks',
};

/** Tells the user what was started and stopped, in AWS's words. `stopped` are the tasks as they were before. */
export function tellOfTasks(
  tx: Transaction,
  env: Env,
  service: ServiceRecord,
  started: readonly TaskRecord[],
  stopped: readonly TaskRecord[],
): void {
  const ids = (found: readonly TaskRecord[]): readonly string[] => found.map((task) => task.id);
  const running = stopped.filter((task) => task.lastStatus === 'RUNNING');
  const pending = stopped.filter((task) => task.lastStatus !== 'RUNNING');
  if (started.length > 0) addServiceEvent(tx, env, service, serviceMessage.startedTasks(service.name, ids(started)));
  if (running.length > 0) {
    addServiceEvent(tx, env, service, serviceMessage.stoppedRunningTasks(service.name, ids(running)));
  }
  if (pending.length > 0) {
    addServiceEvent(tx, env, service, serviceMessage.stoppedPendingTasks(service.name, ids(pending)));
  }
}

/** What the service's strategies are; even over zones and then over instances where it names none. */
export function strategiesOf(service: ServiceRecord): readonly Strategy[] {
  if (service.placementStrategy.length === 0) return defaultServiceStrategies;
  const parsed = parseStrategies(service.placementStrategy);
  assert('strategies' in parsed, `the placement strategy of ${service.arn} was checked when it was set`);
  return parsed.strategies;
}

/** What all tasks of the revision share; a reason where the world has changed so that none can be made. */
function planOf(reader: Reader, source: LaunchSource): TaskPlan | { readonly refusal: string } {
  const { service, settings, deploymentId, revision } = source;
  const cluster = reader.get(clusters, service.clusterArn);
  // A definition that was deregistered still serves the services that use it.
  const definition = reader.get(taskDefinitions, settings.taskDefinitionArn);
  if (!cluster || !definition) {
    const reason = cluster ? 'TaskDefinition not found' : 'Cluster not found';
    return { refusal: serviceMessage.unableToPlaceBecause(service.name, reason) };
  }
  const launchType = capacityKindOf({ settings });
  const version = settings.platformVersion;
  try {
    const plan = planTasks(
      reader,
      service,
      {
        taskDefinition: settings.taskDefinitionArn,
        ...(settings.networkConfiguration && { networkConfiguration: settings.networkConfiguration }),
        // Volumes of a service's tasks always go with them.
        volumeConfigurations: settings.volumeConfigurations,
      },
      {
        cluster,
        definition,
        launchType,
        ...(launchType === 'FARGATE' && {
          platformVersion: version === undefined || version === 'LATEST' ? fargatePlatformVersion : version,
        }),
        placementConstraints: service.placementConstraints,
      },
    );
    const imageDigests = pinnedDigests(revision);
    return {
      ...plan,
      // Names that no request may use: they are the services' own.
      group: `service:${service.name}`,
      startedBy: deploymentId,
      tags: tagsOf(service, definition.tags),
      serviceArn: service.arn,
      enableExecuteCommand: service.enableExecuteCommand,
      ...(imageDigests.size > 0 && { imageDigests }),
    };
  } catch (error) {
    // The request was right once, but its subnets or security groups have gone since: the user is told, as by AWS.
    if (!(error instanceof AwsError)) throw error;
    return { refusal: serviceMessage.unableToPlaceBecause(service.name, error.message.replace(/\.$/, '')) };
  }
}

function pinnedDigests(revision: LaunchSource['revision']): ReadonlyMap<string, string> {
  const digests = new Map<string, string>();
  for (const { containerName, imageDigest } of revision?.containerImages ?? []) {
    if (containerName !== undefined && imageDigest !== undefined) digests.set(containerName, imageDigest);
  }
  return digests;
}

function tagsOf(service: ServiceRecord, definitionTags: Tags): Tags {
  const { propagateTags } = service;
  const propagated =
    propagateTags === 'SERVICE' ? service.tags : propagateTags === 'TASK_DEFINITION' ? definitionTags : [];
  const managed = service.enableECSManagedTags
    ? [
        { key: 'aws:ecs:clusterName', value: service.clusterName },
        { key: 'aws:ecs:serviceName', value: service.name },
      ]
    : [];
  return mergeTags(propagated, managed);
}

function startOnInstances(
  tx: Transaction,
  env: Env,
  { service }: LaunchSource,
  plan: TaskPlan,
  count: number,
  zone: string | undefined,
): Launched {
  const placement = placementOf(tx, plan, strategiesOf(service), zone);
  const started: TaskRecord[] = [];
  while (started.length < count) {
    const chosen = placement.choose(() => env.random.fraction());
    if (!chosen) {
      const refusal =
        zone === undefined
          ? unplaced(service, placement.refusals())
          : serviceMessage.unableToPlaceInZone(service.name, zone);
      return { started, refusal };
    }
    started.push(putTask(tx, env, plan, chosen, undefined));
  }
  return { started };
}

function unplaced({ name }: ServiceRecord, refused: Iterable<Refused>): string {
  return `(service ${name}) ${unableToPlace(refused)}`;
}

const noFargateCapacity =
  'Capacity is unavailable at this time. Please try again later or in a different availability zone';

/** Fargate spreads over zones by the subnets it chooses, for each of its providers apart: to a zone that has fewest. */
function startOnFargate(
  tx: Transaction,
  env: Env,
  { service, settings, deploymentId }: LaunchSource,
  plan: TaskPlan,
  count: number,
  zone: string | undefined,
): Launched {
  const placement = placementOf(tx, plan, []);
  const { zonesOf, byProvider, total } = spreadOf(tx, service.arn, deploymentId);
  const strategy = settings.capacityProviderStrategy ?? [];
  const providers = new ProviderShares(assignProviders(strategy, total + count), byProvider);
  const started: TaskRecord[] = [];
  while (started.length < count) {
    const chosen = placement.choose(() => env.random.fraction());
    if (!chosen) {
      return { started, refusal: serviceMessage.unableToPlaceBecause(service.name, noFargateCapacity) };
    }
    const provider = providers.next();
    const byZone = zonesOf(provider);
    const task = putTask(tx, env, inEmptiestZone(plan, byZone, zone), chosen, provider);
    const { availabilityZone = '' } = task;
    byZone.set(availabilityZone, (byZone.get(availabilityZone) ?? 0) + 1);
    started.push(task);
  }
  return { started };
}

function spreadOf(reader: Reader, serviceArn: string, deploymentId: string) {
  const zones = new Map<string, Map<string, number>>();
  const zonesOf = (provider = ''): Map<string, number> => {
    let byZone = zones.get(provider);
    if (!byZone) zones.set(provider, (byZone = new Map()));
    return byZone;
  };
  const byProvider = new Map<string, number>();
  let total = 0;
  for (const task of reader.find(tasks, 'service', serviceArn)) {
    if (task.desiredStatus === 'STOPPED' || task.startedBy !== deploymentId) continue;
    const { availabilityZone = '', capacityProviderName = '' } = task;
    const byZone = zonesOf(capacityProviderName);
    byZone.set(availabilityZone, (byZone.get(availabilityZone) ?? 0) + 1);
    byProvider.set(capacityProviderName, (byProvider.get(capacityProviderName) ?? 0) + 1);
    total += 1;
  }
  return { zonesOf, byProvider, total };
}

function inEmptiestZone(plan: TaskPlan, byZone: ReadonlyMap<string, number>, zone: string | undefined): TaskPlan {
  const { network } = plan;
  if (!network) return plan;
  const countIn = ({ availabilityZone }: { readonly availabilityZone: string }): number =>
    byZone.get(availabilityZone) ?? 0;
  const inZone = network.subnets.filter(({ availabilityZone }) => zone === undefined || availabilityZone === zone);
  const fewest = Math.min(...inZone.map(countIn));
  return { ...plan, network: { ...network, subnets: inZone.filter((subnet) => countIn(subnet) === fewest) } };
}

/** Gives new tasks to the providers that have least of what the strategy gives them of all tasks, old ones included. */
class ProviderShares {
  readonly #due: string[];

  constructor(shares: readonly string[], present: ReadonlyMap<string, number>) {
    const left = new Map(present);
    this.#due = shares.filter((provider) => {
      const have = left.get(provider) ?? 0;
      left.set(provider, have - 1);
      return have <= 0;
    });
  }

  next(): string | undefined {
    return this.#due.shift();
  }
}

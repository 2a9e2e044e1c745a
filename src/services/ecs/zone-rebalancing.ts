/** What availability zone rebalancing does with a service that has all its tasks, inside the step of the service. */
import type { Env, Reader, Transaction } from '../../store/store.ts';
import { findSubnet } from '../ec2/public.ts';
import { matchingInstances } from './daemon-instances.ts';
import { mayLaunch, type Rolling, sourceOf } from './rolling-deployment.ts';
import { boundsOf } from './rules/deployment/bounds.ts';
import type { ServiceTask } from './rules/deployment/service-task.ts';
import { countByZone, isBalanced, zonesToFill } from './rules/deployment/zone-balance.ts';
import { capacityKindOf } from './rules/service-capacity.ts';
import { addServiceEvent, serviceMessage } from './service-events.ts';
import { type LaunchSource, startTasks, strategiesOf } from './service-launch.ts';
import { activeZones, zonesOfServices } from './service-projections.ts';
import type { RevisionSettings, ServiceRecord } from './service-tables.ts';
import type { TaskRecord } from './tables.ts';

/** Whether a service is one whose tasks are moved for balance. */
export function isRebalanced(service: ServiceRecord): boolean {
  if (service.availabilityZoneRebalancing !== 'ENABLED' || service.schedulingStrategy !== 'REPLICA') return false;
  if (capacityKindOf(service) === 'EXTERNAL') return false;
  const [first] = strategiesOf(service);
  return first?.type === 'spread' && 'attribute' in first && first.attribute === 'ecs.availability-zone';
}

/** Whether sums alone say that its tasks are balanced over the zones there are. */
export function looksBalanced(reader: Reader, service: ServiceRecord): boolean {
  if (!isRebalanced(service)) return true;
  const counts = new Map(reader.projected(zonesOfServices).get(service.arn));
  for (const zone of someZones(reader, service, service.settings)) if (!counts.has(zone)) counts.set(zone, 0);
  return isBalanced(counts);
}

/**
 * Starts tasks in the zones that have too few, as far as the upper bound lets it and as others may go for them. Its service
 * has no others to start.
 */
export function startForBalance(
  tx: Transaction,
  env: Env,
  rolling: Rolling,
  tasks: Iterable<ServiceTask>,
  slice: number,
): readonly TaskRecord[] {
  const { service } = rolling;
  if (!isRebalanced(service) || !mayLaunch(rolling, env.now)) return [];
  const source = sourceOf(tx, rolling);
  const zones = usableZones(tx, source);
  const seen = Array.from(tasks);
  const counts = countByZone(seen, zones);
  if (isBalanced(counts)) return [];
  const { upper } = boundsOf(service.desiredCount, 'REPLICA', service.deploymentConfiguration);
  const room = Math.min(upper - seen.filter((task) => task.isCounted).length, slice);
  const fill = zonesToFill(counts, zones, seen, room);
  if (fill.size === 0 && room > 0 && seen.some(({ isProtected }) => isProtected)) {
    addServiceEvent(tx, env, service, serviceMessage.unableToRebalance(service.name, rolling.primary.id));
  }
  const started: TaskRecord[] = [];
  let refused: string | undefined;
  for (const [zone, count] of fill) {
    const launched = startTasks(tx, env, source, count, { zone });
    refused ??= launched.refusal;
    if (launched.started.length === 0) continue;
    if (started.length === 0) addServiceEvent(tx, env, service, serviceMessage.zonesNotBalanced(service.name, counts));
    const ids = launched.started.map((task) => task.id);
    addServiceEvent(tx, env, service, serviceMessage.startedToRebalance(service.name, zone, ids));
    started.push(...launched.started);
  }
  if (refused !== undefined) addServiceEvent(tx, env, service, refused);
  return started;
}

/** Tells of tasks that were stopped where there were too many. */
export function tellOfBalance(tx: Transaction, env: Env, service: ServiceRecord, stopped: readonly TaskRecord[]): void {
  for (const [zone, found] of Map.groupBy(stopped, (task) => task.availabilityZone ?? '')) {
    const ids = found.map((task) => task.id);
    addServiceEvent(tx, env, service, serviceMessage.stoppedToRebalance(service.name, zone, ids));
  }
}

/** Tells of balance where there is. */
export function tellOfBalanceReached(
  tx: Transaction,
  env: Env,
  service: ServiceRecord,
  seen: Iterable<ServiceTask>,
): boolean {
  const counts = countByZone(seen, someZones(tx, service, service.settings));
  const isReached = isBalanced(counts);
  if (isReached) addServiceEvent(tx, env, service, serviceMessage.zonesBalanced(service.name, counts));
  return isReached;
}

/** Zones in which the service's tasks could run if there were room. */
function usableZones(reader: Reader, source: LaunchSource): ReadonlySet<string> {
  if (capacityKindOf(source) === 'FARGATE') return new Set(someZones(reader, source.service, source.settings));
  const zones = new Set<string>();
  for (const { attributes } of matchingInstances(reader, source)) {
    const zone = attributes.get('ecs.availability-zone');
    if (zone !== undefined) zones.add(zone);
  }
  return zones;
}

/** Those of a Fargate service's subnets; of the others all that have an ACTIVE instance, whether it fits or not. */
function someZones(reader: Reader, service: ServiceRecord, settings: RevisionSettings | undefined): Iterable<string> {
  if (capacityKindOf({ ...(settings && { settings }) }) !== 'FARGATE') {
    return reader.projected(activeZones).get(service.clusterArn)?.keys() ?? [];
  }
  const subnetIds = settings?.networkConfiguration?.awsvpcConfiguration?.subnets ?? [];
  return subnetIds.flatMap((subnetId) => findSubnet(reader, service, subnetId)?.availabilityZone ?? []);
}

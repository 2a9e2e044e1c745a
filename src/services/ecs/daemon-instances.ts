import type { Reader } from '../../store/store.ts';
import { capacityKindOf } from './rules/service-capacity.ts';
import { filters } from './rules/placement/filters.ts';
import { type LaunchSource, wantedOfService } from './service-launch.ts';
import { drainingInstances } from './service-projections.ts';
import { services } from './service-tables.ts';
import { containerInstances, tasks } from './tables.ts';
import { candidateOf } from './placement-index.ts';

export interface DaemonInstances {
  /** ARNs of the ACTIVE instances that the service's constraints and definition fit, room or no room. */
  readonly matching: readonly string[];
  /** Draining instances that have tasks of other kinds still. */
  readonly held: ReadonlySet<string>;
}

/** What an instance has or is, unlike what is free on it. */
const matchFilters = filters.filter(({ name }) => ['attributes', 'location', 'member of'].includes(name));

export function daemonInstances(reader: Reader, source: LaunchSource): DaemonInstances {
  const held = new Set<string>();
  for (const arn of reader.projected(drainingInstances).get(source.service.clusterArn) ?? []) {
    if (hasOtherTasks(reader, arn)) held.add(arn);
  }
  return { matching: Array.from(matchingInstances(reader, source), ({ arn }) => arn), held };
}

export interface MatchingInstance {
  readonly arn: string;
  readonly attributes: ReadonlyMap<string, string>;
}

/** ACTIVE instances that the service's constraints and definition fit, room or no room. */
export function* matchingInstances(reader: Reader, source: LaunchSource): Generator<MatchingInstance> {
  const { service, settings } = source;
  const kind = capacityKindOf({ settings });
  const wanted = wantedOfService(reader, source);
  if (!wanted) return;
  for (const instance of reader.find(containerInstances, 'cluster', service.clusterArn)) {
    if (instance.capacity !== kind || instance.status !== 'ACTIVE') continue;
    const candidate = candidateOf(reader, instance);
    if (!matchFilters.every((filter) => filter.passes(candidate, wanted))) continue;
    yield { arn: instance.arn, attributes: candidate.capacity.attributes };
  }
}

/** Of other services than DAEMON ones: those go last. Tasks of no service do not count, as draining leaves them alone. */
function hasOtherTasks(reader: Reader, instanceArn: string): boolean {
  for (const { serviceArn } of reader.find(tasks, 'occupying', instanceArn)) {
    if (serviceArn === undefined) continue;
    if (reader.get(services, serviceArn)?.schedulingStrategy !== 'DAEMON') return true;
  }
  return false;
}

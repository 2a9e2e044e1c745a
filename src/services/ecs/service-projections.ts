/** Sums over the records of services that answers and the controller need at once; kept in step by the store. */
import { SortedKeys } from '../../store/sorted-keys.ts';
import type { Reader } from '../../store/store.ts';
import { projection } from '../../store/table.ts';
import { countedAs, parseTimeKey, timeKey } from './projections.ts';
import { capacityKindOf, type CapacityKind } from './rules/service-capacity.ts';
import { type ServiceDeploymentRecord, type ServiceRecord, serviceDeployments, services } from './service-tables.ts';
import { type ContainerInstanceRecord, containerInstances, type TaskRecord, tasks } from './tables.ts';

export interface TaskCounts {
  /** lastStatus RUNNING. */
  readonly running: number;
  /** On the way to RUNNING. */
  readonly pending: number;
  /** Not STOPPED, whatever is desired of them. */
  readonly live: number;
  /** Wanted RUNNING, with a health check that fails. */
  readonly unhealthy: number;
}

interface Counts {
  running: number;
  pending: number;
  live: number;
  unhealthy: number;
}

const noTasks: TaskCounts = { running: 0, pending: 0, live: 0, unhealthy: 0 };

/** Of service tasks only, by ARN of the service and by id of the deployment or task set (`startedBy`). */
export const taskCountsOfServices = projection<TaskRecord, Map<string, Counts>>({
  of: tasks,
  create: () => new Map(),
  apply: (state, before, after) => {
    if (before) count(state, before, -1);
    if (after) count(state, after, 1);
  },
});

/** Of a service by its ARN, or of a deployment or task set by its id (ecs-svc/…). */
export function taskCountsOf(reader: Reader, arnOrId: string): TaskCounts {
  return reader.projected(taskCountsOfServices).get(arnOrId) ?? noTasks;
}

function count(state: Map<string, Counts>, task: TaskRecord, change: 1 | -1): void {
  // A client may write what it likes into startedBy of a task of its own: only tasks of services are counted.
  if (task.serviceArn === undefined || task.lastStatus === 'STOPPED') return;
  const counted = countedAs(task);
  const isUnhealthy = task.healthStatus === 'UNHEALTHY' && task.desiredStatus === 'RUNNING';
  for (const key of [task.serviceArn, task.startedBy]) {
    if (key === undefined) continue;
    const counts = state.get(key) ?? { running: 0, pending: 0, live: 0, unhealthy: 0 };
    state.set(key, counts);
    counts.live += change;
    if (isUnhealthy) counts.unhealthy += change;
    if (counted) counts[counted] += change;
    if (counts.live === 0) state.delete(key);
  }
}

/** By ARN of the service, the service deployments it has had in the order in which they were created. */
export const serviceDeploymentsByTime = projection<ServiceDeploymentRecord, Map<string, SortedKeys>>({
  of: serviceDeployments,
  create: () => new Map(),
  apply: (state, before, after) => {
    if (before) {
      const keys = state.get(before.serviceArn);
      keys?.delete(timeKey(before.createdAt, before.arn));
      if (keys?.size === 0) state.delete(before.serviceArn);
    }
    if (!after) return;
    const keys = state.get(after.serviceArn) ?? new SortedKeys();
    state.set(after.serviceArn, keys);
    keys.add(timeKey(after.createdAt, after.arn));
  },
});

/** ARNs of the service deployments of a service, oldest first. */
export function serviceDeploymentArns(reader: Reader, serviceArn: string): readonly string[] {
  const keys = reader.projected(serviceDeploymentsByTime).get(serviceArn)?.after(undefined) ?? [];
  return Array.from(keys, (timed) => parseTimeKey(timed).key);
}

export type ServiceCounts = Readonly<Record<'ACTIVE' | 'DRAINING', Readonly<Record<CapacityKind, number>>>>;

/** By cluster ARN, how many services of each kind of capacity it has; clusters without services have no entry. */
export const serviceCountsByCluster = projection<
  ServiceRecord,
  Map<string, Record<'ACTIVE' | 'DRAINING', Record<CapacityKind, number>>>
>({
  of: services,
  create: () => new Map(),
  apply: (state, before, after) => {
    for (const [service, change] of [
      [before, -1],
      [after, 1],
    ] as const) {
      if (!service || service.status === 'INACTIVE') continue;
      const counts = state.get(service.clusterArn) ?? { ACTIVE: noServices(), DRAINING: noServices() };
      state.set(service.clusterArn, counts);
      counts[service.status][capacityKindOf(service)] += change;
    }
  },
});

function noServices(): Record<CapacityKind, number> {
  return { EC2: 0, FARGATE: 0, EXTERNAL: 0 };
}

/** Deleted services by the time they became INACTIVE, for the one that removes them. */
export const inactiveServicesByTime = projection<ServiceRecord, SortedKeys>({
  of: services,
  create: () => new SortedKeys(),
  apply: (state, before, after) => {
    if (before?.inactiveAt !== undefined) state.delete(timeKey(before.inactiveAt, before.arn));
    if (after?.inactiveAt !== undefined) state.add(timeKey(after.inactiveAt, after.arn));
  },
});

/** By cluster ARN, the ARNs of its instances that are DRAINING; clusters without such have no entry. */
export const drainingInstances = projection<ContainerInstanceRecord, Map<string, Set<string>>>({
  of: containerInstances,
  create: () => new Map(),
  apply: (state, before, after) => {
    if (before?.status === 'DRAINING') {
      const arns = state.get(before.clusterArn);
      arns?.delete(before.arn);
      if (arns?.size === 0) state.delete(before.clusterArn);
    }
    if (after?.status === 'DRAINING') {
      state.set(after.clusterArn, (state.get(after.clusterArn) ?? new Set()).add(after.arn));
    }
  },
});

/** By ARN of the service, how many of its tasks are in each zone: those that are wanted RUNNING and have not stopped. */
export const zonesOfServices = projection<TaskRecord, Map<string, Map<string, number>>>({
  of: tasks,
  create: () => new Map(),
  apply: (state, before, after) => {
    if (before) countZone(state, zonedTask(before), -1);
    if (after) countZone(state, zonedTask(after), 1);
  },
});

/** By cluster ARN, how many ACTIVE instances each zone has. */
export const activeZones = projection<ContainerInstanceRecord, Map<string, Map<string, number>>>({
  of: containerInstances,
  create: () => new Map(),
  apply: (state, before, after) => {
    if (before) countZone(state, zonedInstance(before), -1);
    if (after) countZone(state, zonedInstance(after), 1);
  },
});

interface Zoned {
  readonly of: string | undefined;
  readonly zone: string | undefined;
}

function zonedTask({ serviceArn, desiredStatus, lastStatus, availabilityZone }: TaskRecord): Zoned {
  const isThere = desiredStatus === 'RUNNING' && lastStatus !== 'STOPPED';
  return { of: isThere ? serviceArn : undefined, zone: availabilityZone };
}

function zonedInstance({ status, clusterArn, attributes }: ContainerInstanceRecord): Zoned {
  const zone = attributes.find(({ name }) => name === 'ecs.availability-zone')?.value;
  return { of: status === 'ACTIVE' ? clusterArn : undefined, zone };
}

function countZone(state: Map<string, Map<string, number>>, { of, zone }: Zoned, change: 1 | -1): void {
  if (of === undefined || zone === undefined) return;
  const counts = state.get(of) ?? new Map<string, number>();
  state.set(of, counts);
  const count = (counts.get(zone) ?? 0) + change;
  if (count === 0) counts.delete(zone);
  else counts.set(zone, count);
  if (counts.size === 0) state.delete(of);
}

/** Sums over the tables of ECS that answers need at once; kept in step by the store, never journaled. */
import type { LaunchType } from '@aws-sdk/client-ecs';
import { deadlineOf } from './rules/task-deadline.ts';
import { assert } from '../../core/assert.ts';
import type { Instant } from '../../core/instant.ts';
import { type Scope, scopeKey } from '../../core/scope.ts';
import { SortedKeys } from '../../store/sorted-keys.ts';
import type { Reader } from '../../store/store.ts';
import { type Projection, projection } from '../../store/table.ts';
import { capacityOf, groupKey, type InstanceCapacity, type InstanceUsage, unused } from './rules/placement/capacity.ts';
import {
  type ClientTokenRecord,
  clientTokens,
  type ClusterRecord,
  clusters,
  type ContainerInstanceRecord,
  containerInstances,
  type TaskDefinitionRecord,
  taskDefinitions,
  type TaskRecord,
  tasks,
} from './tables.ts';

/** How many tasks of a cluster are running and how many are on their way there, by launch type. */
export interface ClusterTaskCounts {
  readonly running: Readonly<Record<LaunchType, number>>;
  readonly pending: Readonly<Record<LaunchType, number>>;
}

interface Counts {
  readonly running: Record<LaunchType, number>;
  readonly pending: Record<LaunchType, number>;
}

/** By cluster ARN. Clusters without counted tasks have no entry. */
export const taskCountsByCluster = projection<TaskRecord, Map<string, Counts>>({
  of: tasks,
  create: () => new Map(),
  apply: (state, before, after) => {
    if (before) add(state, before, -1);
    if (after) add(state, after, 1);
  },
});

/**
 * AWS counts a task as running or pending by its last status; what comes after RUNNING is neither. A task that was told
 * to stop before it ran is on its way out and counts as pending no more.
 */
function add(state: Map<string, Counts>, task: TaskRecord, change: 1 | -1): void {
  const kind = countedAs(task);
  if (!kind) return;
  const counts = state.get(task.clusterArn) ?? { running: noTasks(), pending: noTasks() };
  state.set(task.clusterArn, counts);
  counts[kind][task.launchType] += change;
}

export function countedAs(task: Pick<TaskRecord, 'lastStatus' | 'desiredStatus'>): 'running' | 'pending' | undefined {
  switch (task.lastStatus) {
    case 'RUNNING':
      return 'running';
    case 'PROVISIONING':
    case 'PENDING':
    case 'ACTIVATING':
      return task.desiredStatus === 'RUNNING' ? 'pending' : undefined;
    case 'DEACTIVATING':
    case 'STOPPING':
    case 'DEPROVISIONING':
    case 'STOPPED':
      return undefined;
  }
}

function noTasks(): Record<LaunchType, number> {
  return { EC2: 0, FARGATE: 0, EXTERNAL: 0, MANAGED_INSTANCES: 0 };
}

/** By ARN of the task definition, how many tasks of it are not STOPPED. */
export const activeTasksByDefinition = activeTasksBy((task) => task.taskDefinitionArn);

/** By `providerKey`, how many tasks that a capacity provider of their cluster runs are not STOPPED. */
export const activeTasksByProvider = activeTasksBy((task) =>
  task.capacityProviderName === undefined ? undefined : providerKey(task.clusterArn, task.capacityProviderName),
);

export function providerKey(clusterArn: string, capacityProviderName: string): string {
  return `${clusterArn}/${capacityProviderName}`;
}

/** A count of 0 has no entry. */
function activeTasksBy(key: (task: TaskRecord) => string | undefined): Projection<TaskRecord, Map<string, number>> {
  const keyOf = (task: TaskRecord | undefined): string | undefined =>
    task === undefined || task.lastStatus === 'STOPPED' ? undefined : key(task);
  const change = (counts: Map<string, number>, counted: string | undefined, by: 1 | -1): void => {
    if (counted === undefined) return;
    const count = (counts.get(counted) ?? 0) + by;
    if (count === 0) counts.delete(counted);
    else counts.set(counted, count);
  };
  return projection<TaskRecord, Map<string, number>>({
    of: tasks,
    create: () => new Map(),
    apply: (counts, before, after) => {
      const [was, is] = [keyOf(before), keyOf(after)];
      if (was === is) return;
      change(counts, was, -1);
      change(counts, is, 1);
    },
  });
}

/**
 * By scope and status, the revisions in the order in which AWS lists them: families as text, revisions as numbers. The
 * table's own key order cannot give that, as text puts revision 10 before 2.
 */
export const revisionsByStatus = projection<TaskDefinitionRecord, Map<string, SortedKeys>>({
  of: taskDefinitions,
  create: () => new Map(),
  apply: (state, before, after) => {
    if (before) state.get(`${scopeKey(before)}/${before.status}`)?.delete(revisionKey(before));
    if (!after) return;
    const keys = state.get(`${scopeKey(after)}/${after.status}`) ?? new SortedKeys();
    state.set(`${scopeKey(after)}/${after.status}`, keys);
    keys.add(revisionKey(after));
  },
});

export function revisionsIn(reader: Reader, scope: Scope, status: TaskDefinitionRecord['status']): SortedKeys {
  return reader.projected(revisionsByStatus).get(`${scopeKey(scope)}/${status}`) ?? new SortedKeys();
}

export interface Revision {
  readonly family: string;
  readonly revision: number;
}

/** A space sorts before every character of a family's name, so `web` comes with all its revisions before `web-2`. */
export function revisionKey({ family, revision }: Revision): string {
  return `${family} ${String(revision).padStart(10, '0')}`;
}

/** Sorts after every revision of the family and before the next family. */
export function afterFamily(family: string): string {
  return `${family} ~`;
}

export function parseRevisionKey(key: string): Revision {
  const [family, revision] = key.split(' ');
  assert(family !== undefined && revision !== undefined, `${key} is a revision key`);
  return { family, revision: Number(revision) };
}

/** By ARN of the container instance. Instances without tasks have no entry: `usageOf` gives the empty sums. */
export const usageByInstance = projection<TaskRecord, Usages>({
  of: tasks,
  create: () => ({ byInstance: new Map(), last: undefined }),
  apply: (state, before, after) => {
    if (before && after && occupyAlike(before, after)) return;
    if (before) occupy(state, before, -1);
    if (after) occupy(state, after, 1);
  },
});

/** Whether a change of a task leaves what it occupies, and as what it counts, as it was. */
export function occupyAlike(before: TaskRecord, after: TaskRecord): boolean {
  return (
    before.containerInstanceArn === after.containerInstanceArn &&
    before.lastStatus === after.lastStatus &&
    before.desiredStatus === after.desiredStatus &&
    before.reservation === after.reservation &&
    before.group === after.group
  );
}

/** What tasks occupy on an instance at this moment. */
export function usageOf(reader: Reader, containerInstanceArn: string): InstanceUsage {
  return reader.projected(usageByInstance).byInstance.get(containerInstanceArn) ?? unused;
}

/** ARNs of the instances that tasks occupy. */
export function occupiedInstances(reader: Reader): readonly string[] {
  return Array.from(reader.projected(usageByInstance).byInstance.keys());
}

interface Usages {
  readonly byInstance: Map<string, Usage>;
  /** The group of the last task: most come with others of theirs, and making its key anew costs more than all else here. */
  last: (Pick<TaskRecord, 'clusterArn' | 'group'> & { readonly key: string }) | undefined;
}

interface Usage {
  tasks: number;
  cpuUnits: number;
  memoryMiB: number;
  gpus: number;
  networkInterfaces: number;
  runningTasks: number;
  pendingTasks: number;
  /** Most tasks take no port of their host: without one, all instances share the empty set. */
  tcpPorts: ReadonlySet<number>;
  udpPorts: ReadonlySet<number>;
  readonly tasksByGroup: Map<string, number>;
}

function occupy(state: Usages, task: TaskRecord, change: 1 | -1): void {
  const { containerInstanceArn, reservation } = task;
  if (containerInstanceArn === undefined || task.lastStatus === 'STOPPED') return;
  let usage = state.byInstance.get(containerInstanceArn);
  if (!usage) state.byInstance.set(containerInstanceArn, (usage = noUsage()));
  usage.tasks += change;
  usage.cpuUnits += change * reservation.cpuUnits;
  usage.memoryMiB += change * reservation.memoryMiB;
  usage.gpus += change * reservation.gpus;
  usage.networkInterfaces += change * reservation.networkInterfaces;
  if (reservation.tcpPorts.length > 0) usage.tcpPorts = marked(usage.tcpPorts, reservation.tcpPorts, change);
  if (reservation.udpPorts.length > 0) usage.udpPorts = marked(usage.udpPorts, reservation.udpPorts, change);
  const counted = countedAs(task);
  if (counted === 'running') usage.runningTasks += change;
  if (counted === 'pending') usage.pendingTasks += change;
  if (task.desiredStatus === 'RUNNING') {
    const key = groupKeyOf(state, task);
    const count = (usage.tasksByGroup.get(key) ?? 0) + change;
    if (count === 0) usage.tasksByGroup.delete(key);
    else usage.tasksByGroup.set(key, count);
  }
  if (usage.tasks === 0) state.byInstance.delete(containerInstanceArn);
}

function groupKeyOf(state: Usages, { clusterArn, group }: TaskRecord): string {
  if (state.last?.group === group && state.last.clusterArn === clusterArn) return state.last.key;
  state.last = { clusterArn, group, key: groupKey({ clusterArn, group }) };
  return state.last.key;
}

const noPorts: ReadonlySet<number> = new Set();

function marked(ports: ReadonlySet<number>, changed: readonly number[], change: 1 | -1): ReadonlySet<number> {
  const marked = new Set(ports);
  for (const port of changed) marked[change === 1 ? 'add' : 'delete'](port);
  return marked.size === 0 ? noPorts : marked;
}

function noUsage(): Usage {
  return {
    tasks: 0,
    cpuUnits: 0,
    memoryMiB: 0,
    gpus: 0,
    networkInterfaces: 0,
    runningTasks: 0,
    pendingTasks: 0,
    tcpPorts: noPorts,
    udpPorts: noPorts,
    tasksByGroup: new Map(),
  };
}

/** By ARN of the container instance, its registration in the form in which placement compares it. */
export const capacityByInstance = projection<ContainerInstanceRecord, Map<string, InstanceCapacity>>({
  of: containerInstances,
  create: () => new Map(),
  apply: (state, before, after) => {
    if (!after) {
      if (before) state.delete(before.arn);
    } else if (
      before?.registeredResources !== after.registeredResources ||
      before.attributes !== after.attributes ||
      !state.has(after.arn)
    )
      state.set(after.arn, capacityOf(after));
  },
});

/** Stopped tasks by the time they stopped, for the one that removes them. */
export const stoppedTasksByTime = projection<TaskRecord, SortedKeys>({
  of: tasks,
  create: () => new SortedKeys(),
  apply: (state, before, after) => {
    if (before?.stoppedAt !== undefined) state.delete(timeKey(before.stoppedAt, before.arn));
    if (after?.stoppedAt !== undefined) state.add(timeKey(after.stoppedAt, after.arn));
  },
});

/** Tasks that are to be stopped when they have run for too long, by the time when they will have. */
export const overdueTasksByTime = projection<TaskRecord, SortedKeys>({
  of: tasks,
  create: () => new SortedKeys(),
  apply: (state, before, after) => {
    const was = before && deadlineOf(before);
    const is = after && deadlineOf(after);
    if (was === is) return;
    if (before && was !== undefined) state.delete(timeKey(was, before.arn));
    if (after && is !== undefined) state.add(timeKey(is, after.arn));
  },
});

/** Deleted clusters by the time they were, for the one that removes them. */
export const deletedClustersByTime = projection<ClusterRecord, SortedKeys>({
  of: clusters,
  create: () => new SortedKeys(),
  apply: (state, before, after) => {
    if (before?.deletedAt !== undefined) state.delete(timeKey(before.deletedAt, before.arn));
    if (after?.deletedAt !== undefined) state.add(timeKey(after.deletedAt, after.arn));
  },
});

/** Deregistered instances by the time they were, for the one that removes them. */
export const deregisteredInstancesByTime = projection<ContainerInstanceRecord, SortedKeys>({
  of: containerInstances,
  create: () => new SortedKeys(),
  apply: (state, before, after) => {
    if (before?.deregisteredAt !== undefined) state.delete(timeKey(before.deregisteredAt, before.arn));
    if (after?.deregisteredAt !== undefined) state.add(timeKey(after.deregisteredAt, after.arn));
  },
});

/** Client tokens by the time they were used, for the one that removes them. */
export const clientTokensByTime = projection<ClientTokenRecord, SortedKeys>({
  of: clientTokens,
  create: () => new SortedKeys(),
  apply: (state, before, after) => {
    if (before) state.delete(timeKey(before.usedAt, clientTokens.key(before)));
    if (after) state.add(timeKey(after.usedAt, clientTokens.key(after)));
  },
});

/** Sorts by time: instants have as many digits as this for the next two centuries and more. */
export function timeKey(at: Instant, key: string): string {
  return `${String(at).padStart(13, '0')} ${key}`;
}

export function parseTimeKey(timed: string): { readonly at: Instant; readonly key: string } {
  return { at: Number(timed.slice(0, 13)), key: timed.slice(14) };
}

/** Sums over the tables of ECS that answers need at once; kept in step by the store, never journaled. */
import type { LaunchType } from '@aws-sdk/client-ecs';
import { assert } from '../../core/assert.ts';
import { type Scope, scopeKey } from '../../core/scope.ts';
import { SortedKeys } from '../../store/sorted-keys.ts';
import type { Reader } from '../../store/store.ts';
import { projection } from '../../store/table.ts';
import { type TaskDefinitionRecord, type TaskRecord, taskDefinitions, tasks } from './tables.ts';

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

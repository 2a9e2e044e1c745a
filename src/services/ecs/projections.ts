/** Sums over the tables of ECS that answers need at once; kept in step by the store, never journaled. */
import type { LaunchType } from '@aws-sdk/client-ecs';
import { projection } from '../../store/table.ts';
import { type TaskRecord, tasks } from './tables.ts';

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

import type { TaskRecord } from '../../src/services/ecs/tables.ts';
import { shapesByFamily } from '../service-shapes.ts';

/** What the checkers hold for healthy, told again from AWS's words and not from the controller's code. */

/** How long a task without a health check must have run. */
const healthyAfterMs = 40_000;

export function isHealthyAt(task: TaskRecord | undefined, now: number): boolean {
  if (task?.lastStatus !== 'RUNNING' || task.startedAt === undefined) return false;
  if (shapesByFamily.get(task.family)?.hasHealthCheck) {
    return task.containers.every(({ healthStatus }) => healthStatus === 'HEALTHY');
  }
  return now - task.startedAt >= healthyAfterMs;
}

export function isUnhealthy(task: TaskRecord): boolean {
  return task.containers.some(({ healthStatus }) => healthStatus === 'UNHEALTHY');
}

/** The scheduler, and nobody else, wants the task stopped from this change on. */
export function isStoppedByScheduler(before: TaskRecord | undefined, after: TaskRecord | undefined): boolean {
  return (
    before?.desiredStatus === 'RUNNING' &&
    after?.desiredStatus === 'STOPPED' &&
    after.stopCode === 'ServiceSchedulerInitiated'
  );
}

/** Why a task was stopped that was unhealthy; it may show itself healthy again while it stops. */
export const failedHealthChecks = 'Task failed container health checks';

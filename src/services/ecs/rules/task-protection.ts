import type { ProtectedTask } from '@aws-sdk/client-ecs';
import type { Answer } from '../../../aws/operation.ts';
import { type Instant, toDate } from '../../../core/instant.ts';
import type { TaskRecord } from '../tables.ts';

/** Only tasks of services are scaled in, so only they are protected from it; a task on its way out is past that. */
export function canBeProtected(task: Pick<TaskRecord, 'serviceArn' | 'desiredStatus'>): boolean {
  return task.serviceArn !== undefined && task.desiredStatus === 'RUNNING';
}

export function isProtected(task: Pick<TaskRecord, 'protectedUntil'>, now: Instant): boolean {
  return task.protectedUntil !== undefined && task.protectedUntil > now;
}

/** As GetTaskProtection and UpdateTaskProtection show it. */
export function protectionOf(task: Pick<TaskRecord, 'arn' | 'protectedUntil'>, now: Instant): Answer<ProtectedTask> {
  const protectionEnabled = isProtected(task, now);
  return {
    taskArn: task.arn,
    protectionEnabled,
    ...(protectionEnabled && { expirationDate: toDate(task.protectedUntil) }),
  };
}

import type { Failure, GetTaskProtectionRequest, GetTaskProtectionResponse, ProtectedTask } from '@aws-sdk/client-ecs';
import type { Answer, Operation } from '../../../aws/operation.ts';
import type { Reader } from '../../../store/store.ts';
import { invalidParameter } from '../errors.ts';
import type { EcsParts } from '../parts.ts';
import { findCluster, taskArnOf } from '../references.ts';
import { limits } from '../rules/limits.ts';
import { canBeProtected, protectionOf } from '../rules/task-protection.ts';
import { type ClusterRecord, tasks } from '../tables.ts';

/** Whether tasks of services are protected from being scaled in, those named or else all that are protected. */
export const getTaskProtection: Operation<GetTaskProtectionRequest, GetTaskProtectionResponse, EcsParts> = (
  input,
  { call, store },
) =>
  store.view((reader) => {
    const cluster = findCluster(reader, call, input.cluster);
    const now = call.receivedAt;
    if (!input.tasks?.length) return { protectedTasks: allProtected(reader, cluster, now), failures: [] };
    if (input.tasks.length > limits.protectedTasks.get) {
      throw invalidParameter(`tasks can have at most ${limits.protectedTasks.get} items.`);
    }
    const protectedTasks: Answer<ProtectedTask>[] = [];
    const failures: Failure[] = [];
    for (const arn of new Set(input.tasks.map((reference) => taskArnOf(call, cluster.arn, reference)))) {
      const task = reader.get(tasks, arn);
      if (!task) failures.push({ arn, reason: 'MISSING' });
      else if (!canBeProtected(task)) failures.push({ arn, reason: 'TASK_NOT_VALID' });
      else protectedTasks.push(protectionOf(task, now));
    }
    return { protectedTasks, failures };
  });

/** Differs from AWS: no more than can be asked for by name, as the answer has no pages. */
function allProtected(reader: Reader, cluster: ClusterRecord, now: number): readonly Answer<ProtectedTask>[] {
  const found: Answer<ProtectedTask>[] = [];
  for (const task of reader.find(tasks, 'active', cluster.arn)) {
    if (!canBeProtected(task)) continue;
    const protection = protectionOf(task, now);
    if (protection.protectionEnabled) found.push(protection);
    if (found.length === limits.protectedTasks.get) break;
  }
  return found;
}

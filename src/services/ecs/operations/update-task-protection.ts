import type {
  Failure,
  ProtectedTask,
  UpdateTaskProtectionRequest,
  UpdateTaskProtectionResponse,
} from '@aws-sdk/client-ecs';
import type { Answer, Operation } from '../../../aws/operation.ts';
import type { Env, Reader } from '../../../store/store.ts';
import { invalidParameter, throwFirst } from '../errors.ts';
import type { EcsParts } from '../parts.ts';
import { findCluster, taskArnOf } from '../references.ts';
import { limits } from '../rules/limits.ts';
import { outOfRange } from '../rules/refusal.ts';
import { canBeProtected, isProtected, protectionOf } from '../rules/task-protection.ts';
import { deployments } from '../service-tables.ts';
import { type TaskRecord, tasks } from '../tables.ts';

/**
 * Protects tasks of services from being scaled in or replaced by a deployment, for two hours where nothing else is said,
 * or ends their protection. Each call counts its time anew.
 */
export const updateTaskProtection: Operation<
  UpdateTaskProtectionRequest,
  UpdateTaskProtectionResponse,
  EcsParts
> = async (input, { call, store }) => {
  if (input.tasks.length === 0) throw invalidParameter('Tasks cannot be empty.');
  if (input.tasks.length > limits.protectedTasks.update) {
    throw invalidParameter(`tasks can have at most ${limits.protectedTasks.update} items.`);
  }
  const { expiresInMinutes = limits.protectionMinutes.default, protectionEnabled } = input;
  throwFirst(outOfRange('expiresInMinutes', input.expiresInMinutes, limits.protectionMinutes));
  return await store.update((tx, env) => {
    const cluster = findCluster(tx, call, input.cluster);
    const protectedTasks: Answer<ProtectedTask>[] = [];
    const failures: Failure[] = [];
    for (const arn of new Set(input.tasks.map((reference) => taskArnOf(call, cluster.arn, reference)))) {
      const task = tx.get(tasks, arn);
      if (!task) failures.push({ arn, reason: 'MISSING' });
      else if (!canBeProtected(task)) failures.push({ arn, reason: 'TASK_NOT_VALID' });
      else if (protectionEnabled && blocksDeployment(tx, env, task)) {
        failures.push({ arn, reason: 'DEPLOYMENT_BLOCKED' });
      } else {
        const { protectedUntil: _before, ...unprotected } = task;
        const until = env.now + expiresInMinutes * 60_000;
        const after: TaskRecord = protectionEnabled ? { ...unprotected, protectedUntil: until } : unprotected;
        tx.put(tasks, after);
        protectedTasks.push(protectionOf(after, env.now));
      }
    }
    return { protectedTasks, failures };
  });
};

/** Tasks that a deployment replaces and that protection already keeps from going get no more of it. */
function blocksDeployment(reader: Reader, env: Env, task: TaskRecord): boolean {
  const { startedBy = '' } = task;
  if (reader.get(deployments, startedBy)?.status !== 'ACTIVE') return false;
  for (const other of reader.find(tasks, 'startedBy', `${task.clusterArn}/RUNNING/${startedBy}`)) {
    if (isProtected(other, env.now)) return true;
  }
  return false;
}

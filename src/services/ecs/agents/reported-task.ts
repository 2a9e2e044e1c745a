import type { Call } from '../../../aws/operation.ts';
import type { Reader } from '../../../store/store.ts';
import { accessDenied, invalidParameter } from '../errors.ts';
import { clusterArnOf, taskArnOf } from '../references.ts';
import { containerInstances, type TaskRecord, tasks } from '../tables.ts';

/**
 * The task that an agent reports on. Throws InvalidParameterException for one that is not there, which makes the agent
 * drop the report instead of repeating it for a day, and AccessDeniedException to whoever does not serve its instance.
 */
export function reportedTask(
  reader: Reader,
  call: Call,
  cluster: string | undefined,
  reference: string | undefined,
): TaskRecord {
  if (!reference) throw invalidParameter('Task cannot be empty.');
  // Agents send the ARN, which names the cluster itself: those of the Fargate pool have tasks of every cluster.
  const arn = reference.startsWith('arn:') ? reference : taskArnOf(call, clusterArnOf(call, cluster), reference);
  const task = reader.get(tasks, arn);
  if (!task || task.accountId !== call.accountId || task.region !== call.region) {
    throw invalidParameter('The referenced task was not found.');
  }
  const instance = task.containerInstanceArn && reader.get(containerInstances, task.containerInstanceArn);
  if (!instance || instance.registeredBy !== call.principal.arn) {
    throw accessDenied('Only the principal that registered a container instance may report on its tasks.');
  }
  return task;
}

/** Agents cut texts to this length; so do we, as not every agent is ours. */
export const longestReason = 1024;

import type { StopTaskRequest, StopTaskResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { invalidParameter } from '../errors.ts';
import type { EcsParts } from '../parts.ts';
import { findCluster, taskArnOf } from '../references.ts';
import { requestStop } from '../rules/lifecycle.ts';
import { limits } from '../rules/limits.ts';
import { taskView } from '../rules/task-view.ts';
import { tasks } from '../tables.ts';

/**
 * Wishes a task STOPPED and answers at once; its agent does it. Asked again, of a task on its way out or long stopped,
 * it changes nothing.
 */
export const stopTask: Operation<StopTaskRequest, StopTaskResponse, EcsParts> = async (input, { call, store }) => {
  const { reason = '' } = input;
  if (reason.length > limits.stopReasonCharacters) {
    throw invalidParameter(`reason can have at most ${limits.stopReasonCharacters} characters.`);
  }
  const stopping = await store.update((tx, env) => {
    const { arn: clusterArn } = findCluster(tx, call, input.cluster);
    const task = tx.get(tasks, taskArnOf(call, clusterArn, input.task));
    if (!task) throw invalidParameter('The referenced task was not found.');
    const cause = { stopCode: 'UserInitiated', reason: reason || 'Task stopped by user' } as const;
    const stopping = requestStop(task, cause, env.now);
    // AWS deletes the tags of a task that it is told to stop.
    if (stopping !== task) tx.put(tasks, { ...stopping, tags: [] });
    return stopping;
  });
  return { task: taskView(stopping, { tags: false }) };
};

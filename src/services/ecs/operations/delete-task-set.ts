import type { DeleteTaskSetRequest, DeleteTaskSetResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { invalidParameter } from '../errors.ts';
import type { EcsParts } from '../parts.ts';
import { taskSets } from '../service-tables.ts';
import { computedDesiredCount, showTaskSet } from '../service-view.ts';
import { findTaskSet, findTaskSetOwner } from '../task-set-reference.ts';

/**
 * Takes a task set out of use: it drains, and is gone once its tasks are. Without force only one that serves nobody, so
 * neither the PRIMARY one nor one that is to have tasks.
 */
export const deleteTaskSet: Operation<DeleteTaskSetRequest, DeleteTaskSetResponse, EcsParts> = async (
  input,
  { call, store },
) =>
  await store.update((tx, env) => {
    const { service } = findTaskSetOwner(tx, call, input, ['ACTIVE', 'DRAINING']);
    const present = findTaskSet(tx, service, input.taskSet);
    if (input.force !== true && present.status === 'PRIMARY') {
      throw invalidParameter('The primary task set cannot be deleted. Use force to delete it.');
    }
    if (input.force !== true && computedDesiredCount(service, present) > 0) {
      throw invalidParameter('The task set cannot be deleted while it is scaled above 0.');
    }
    if (present.status === 'DRAINING') return { taskSet: showTaskSet(tx, service, present, { tags: false }) };
    const taskSet = { ...present, status: 'DRAINING', updatedAt: env.now } as const;
    tx.put(taskSets, taskSet);
    return { taskSet: showTaskSet(tx, service, taskSet, { tags: false }) };
  });

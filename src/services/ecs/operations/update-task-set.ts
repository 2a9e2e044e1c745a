import type { UpdateTaskSetRequest, UpdateTaskSetResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { invalidParameter, throwFirst } from '../errors.ts';
import type { EcsParts } from '../parts.ts';
import { keptScale, scaleRefusals } from '../rules/task-set-scale.ts';
import { taskSets } from '../service-tables.ts';
import { showTaskSet } from '../service-view.ts';
import { findTaskSet, findTaskSetOwner } from '../task-set-reference.ts';

/** Gives a task set another share of its service's tasks. */
export const updateTaskSet: Operation<UpdateTaskSetRequest, UpdateTaskSetResponse, EcsParts> = async (
  input,
  { call, store },
) => {
  throwFirst(scaleRefusals(input.scale));
  return await store.update((tx, env) => {
    const { service } = findTaskSetOwner(tx, call, input);
    const present = findTaskSet(tx, service, input.taskSet);
    if (present.status === 'DRAINING') throw invalidParameter('The task set is DRAINING.');
    const taskSet = { ...present, scale: keptScale(input.scale), updatedAt: env.now };
    tx.put(taskSets, taskSet);
    return { taskSet: showTaskSet(tx, service, taskSet, { tags: false }) };
  });
};

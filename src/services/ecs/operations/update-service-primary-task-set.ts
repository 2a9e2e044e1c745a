import type { UpdateServicePrimaryTaskSetRequest, UpdateServicePrimaryTaskSetResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { invalidParameter } from '../errors.ts';
import type { EcsParts } from '../parts.ts';
import { services, taskSets } from '../service-tables.ts';
import { showTaskSet } from '../service-view.ts';
import { findTaskSet, findTaskSetOwner } from '../task-set-reference.ts';

/** Makes one task set PRIMARY in place of another: the service shows what it runs from then on. */
export const updateServicePrimaryTaskSet: Operation<
  UpdateServicePrimaryTaskSetRequest,
  UpdateServicePrimaryTaskSetResponse,
  EcsParts
> = async (input, { call, store }) =>
  await store.update((tx, env) => {
    const { service } = findTaskSetOwner(tx, call, input);
    const present = findTaskSet(tx, service, input.primaryTaskSet);
    if (present.status === 'DRAINING') throw invalidParameter('The task set is DRAINING.');
    for (const other of tx.find(taskSets, 'service', service.arn)) {
      if (other.status === 'PRIMARY' && other.arn !== present.arn) {
        tx.put(taskSets, { ...other, status: 'ACTIVE', updatedAt: env.now });
      }
    }
    const taskSet =
      present.status === 'PRIMARY' ? present : ({ ...present, status: 'PRIMARY', updatedAt: env.now } as const);
    tx.put(taskSets, taskSet);
    tx.put(services, { ...service, settings: taskSet.settings });
    return { taskSet: showTaskSet(tx, service, taskSet, { tags: false }) };
  });

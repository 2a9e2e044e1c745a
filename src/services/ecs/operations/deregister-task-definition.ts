import type { DeregisterTaskDefinitionRequest, DeregisterTaskDefinitionResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { clientError } from '../errors.ts';
import type { EcsParts } from '../parts.ts';
import { parseTaskDefinition, taskDefinitionArn } from '../references.ts';
import { type TaskDefinitionRecord, taskDefinitions } from '../tables.ts';
import { showTaskDefinition } from '../task-definition-view.ts';

/** Makes a revision INACTIVE: nothing new starts from it, and what runs from it goes on. Done twice it is as once. */
export const deregisterTaskDefinition: Operation<
  DeregisterTaskDefinitionRequest,
  DeregisterTaskDefinitionResponse,
  EcsParts
> = async (input, { call, store }) => {
  const { family, revision } = parseTaskDefinition(call, input.taskDefinition);
  if (revision === undefined) throw clientError('Revision is missing.');
  return await store.update((tx, env) => {
    const record = tx.get(taskDefinitions, taskDefinitionArn(call, family, revision));
    if (!record) {
      throw clientError(
        'The specified task definition does not exist. Specify a valid account, family, revision and try again.',
      );
    }
    const deregistered: TaskDefinitionRecord =
      record.status === 'ACTIVE' ? { ...record, status: 'INACTIVE', deregisteredAt: env.now } : record;
    tx.put(taskDefinitions, deregistered);
    return { taskDefinition: showTaskDefinition(deregistered) };
  });
};

import type { DeleteTaskDefinitionsRequest, DeleteTaskDefinitionsResponse, Failure } from '@aws-sdk/client-ecs';
import { AwsError } from '../../../aws/error.ts';
import type { Operation } from '../../../aws/operation.ts';
import type { Scope } from '../../../core/scope.ts';
import { invalidParameter } from '../errors.ts';
import type { EcsParts } from '../parts.ts';
import { parseTaskDefinition, taskDefinitionArn } from '../references.ts';
import { limits } from '../rules/limits.ts';
import { type TaskDefinitionRecord, taskDefinitions } from '../tables.ts';
import { showTaskDefinition } from '../task-definition-view.ts';

/** Asks for INACTIVE revisions to be removed; each goes once nothing uses it. What is wrong with one is its own failure. */
export const deleteTaskDefinitions: Operation<
  DeleteTaskDefinitionsRequest,
  DeleteTaskDefinitionsResponse,
  EcsParts
> = async (input, { call, store }) => {
  const references = input.taskDefinitions;
  if (references.length === 0) throw invalidParameter('size of TaskDefinition references list must be greater than 0');
  if (references.length > limits.deletedTaskDefinitions) {
    throw invalidParameter(`Size of TaskDefinition references list cannot exceed ${limits.deletedTaskDefinitions}`);
  }
  return await store.update((tx, env) => {
    const deleted: TaskDefinitionRecord[] = [];
    const failures: Failure[] = [];
    for (const reference of references) {
      const named = nameRevision(call, reference);
      if ('reason' in named) {
        failures.push(named);
        continue;
      }
      const record = tx.get(taskDefinitions, named.arn);
      if (!record) {
        failures.push({
          arn: named.arn,
          reason:
            'The specified task definition does not exist. Specify a valid account, family, revision and try again.',
        });
      } else if (record.status === 'ACTIVE') {
        failures.push({
          arn: named.arn,
          reason:
            'The specified task definition is still in ACTIVE status. Please deregister the target and try again.',
        });
      } else {
        const deleting: TaskDefinitionRecord = {
          ...record,
          status: 'DELETE_IN_PROGRESS',
          deleteRequestedAt: record.deleteRequestedAt ?? env.now,
        };
        tx.put(taskDefinitions, deleting);
        deleted.push(deleting);
      }
    }
    return { taskDefinitions: deleted.map(showTaskDefinition), failures };
  });
};

/** The ARN that a reference stands for, or why it stands for none. */
function nameRevision(scope: Scope, reference: string): { arn: string } | { arn: string; reason: string } {
  try {
    const { family, revision } = parseTaskDefinition(scope, reference);
    if (revision === undefined) return { arn: reference, reason: 'Revision is missing.' };
    return { arn: taskDefinitionArn(scope, family, revision) };
  } catch (error) {
    // A bad name among ten good ones is told about that one, as the operation does for everything else.
    if (error instanceof AwsError) return { arn: reference, reason: error.message };
    throw error;
  }
}

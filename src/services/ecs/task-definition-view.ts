import type { TaskDefinition } from '@aws-sdk/client-ecs';
import type { Answer } from '../../aws/operation.ts';
import { toDate } from '../../core/instant.ts';
import type { TaskDefinitionRecord } from './tables.ts';

/** A task definition as the API shows it. Its tags go beside it. */
export function showTaskDefinition(record: TaskDefinitionRecord): Answer<TaskDefinition> {
  return {
    ...record.definition,
    status: record.status,
    registeredAt: toDate(record.registeredAt),
    deregisteredAt: toDate(record.deregisteredAt),
    deleteRequestedAt: toDate(record.deleteRequestedAt),
  };
}

import type { DeleteRetentionPolicyRequest } from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../../aws/operation.ts';
import type { LogsParts } from '../parts.ts';
import { groupNamed } from '../references.ts';
import { logGroups } from '../tables.ts';

export const deleteRetentionPolicy: Operation<DeleteRetentionPolicyRequest, void, LogsParts> = async (
  input,
  { call, store },
) => {
  await store.update((tx) => {
    const { retentionInDays: _, ...group } = groupNamed(tx, call, input.logGroupName);
    tx.put(logGroups, group);
  });
};

import type { PutLogGroupDeletionProtectionRequest } from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../../aws/operation.ts';
import type { LogsParts } from '../parts.ts';
import { groupIdentified } from '../references.ts';
import { logGroups } from '../tables.ts';

export const putLogGroupDeletionProtection: Operation<PutLogGroupDeletionProtectionRequest, void, LogsParts> = async (
  input,
  { call, store },
) => {
  await store.update((tx) => {
    const group = groupIdentified(tx, call, input.logGroupIdentifier);
    tx.put(logGroups, { ...group, deletionProtectionEnabled: input.deletionProtectionEnabled });
  });
};

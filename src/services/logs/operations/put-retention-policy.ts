import type { PutRetentionPolicyRequest } from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../../aws/operation.ts';
import { constraintBroken } from '../errors.ts';
import type { LogsParts } from '../parts.ts';
import { groupNamed } from '../references.ts';
import { retentionDays } from '../rules/limits.ts';
import { logGroups } from '../tables.ts';

export const putRetentionPolicy: Operation<PutRetentionPolicyRequest, void, LogsParts> = async (
  input,
  { call, store },
) => {
  const { retentionInDays } = input;
  if (!retentionDays.includes(retentionInDays)) {
    const allowed = retentionDays.join(', ');
    const constraint = `Member must satisfy enum value set: [${allowed}]`;
    throw constraintBroken(String(retentionInDays), 'retentionInDays', constraint);
  }
  await store.update((tx) => {
    tx.put(logGroups, { ...groupNamed(tx, call, input.logGroupName), retentionInDays });
  });
};

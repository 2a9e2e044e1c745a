import type { PutRegistryPolicyRequest, PutRegistryPolicyResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { registryRecord } from '../registry-record.ts';
import { checkPolicyText } from '../rules/repository-settings.ts';
import { registries } from '../tables.ts';

export const putRegistryPolicy: Operation<PutRegistryPolicyRequest, PutRegistryPolicyResponse> = async (
  { policyText },
  { call, store },
) => {
  checkPolicyText(policyText, 'registry');
  await store.update((tx) => tx.put(registries, { ...registryRecord(tx, call), policyText }));
  return { registryId: call.accountId, policyText };
};

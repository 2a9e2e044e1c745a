import type { PutRegistryPolicyRequest, PutRegistryPolicyResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { checkRegistryPolicy } from '../policy-text.ts';
import { registryRecord } from '../registry-record.ts';
import { registries } from '../tables.ts';

export const putRegistryPolicy: Operation<PutRegistryPolicyRequest, PutRegistryPolicyResponse> = async (
  { policyText },
  { call, store },
) => {
  checkRegistryPolicy(policyText);
  await store.update((tx) => tx.put(registries, { ...registryRecord(tx, call), policyText }));
  return { registryId: call.accountId, policyText };
};

import type { DeleteRegistryPolicyRequest, DeleteRegistryPolicyResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { registryPolicyNotFound } from '../errors.ts';
import { registryRecord } from '../registry-record.ts';
import { registries } from '../tables.ts';

export const deleteRegistryPolicy: Operation<DeleteRegistryPolicyRequest, DeleteRegistryPolicyResponse> = (
  _input,
  { call, store },
) =>
  store.update((tx) => {
    const { policyText, ...registry } = registryRecord(tx, call);
    if (policyText === undefined) throw registryPolicyNotFound(call.accountId);
    tx.put(registries, registry);
    return { registryId: call.accountId, policyText };
  });

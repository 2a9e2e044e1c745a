import type { GetRegistryPolicyRequest, GetRegistryPolicyResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { registryPolicyNotFound } from '../errors.ts';
import { registryRecord } from '../registry-record.ts';

export const getRegistryPolicy: Operation<GetRegistryPolicyRequest, GetRegistryPolicyResponse> = (
  _input,
  { call, store },
) => {
  const { policyText } = store.view((reader) => registryRecord(reader, call));
  if (policyText === undefined) throw registryPolicyNotFound(call.accountId);
  return { registryId: call.accountId, policyText };
};

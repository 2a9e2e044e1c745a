import type { GetKeyPolicyRequest, GetKeyPolicyResponse } from '@aws-sdk/client-kms';
import type { Operation } from '../../../aws/operation.ts';
import { policyNotFound } from '../errors.ts';
import type { KmsParts } from '../parts.ts';
import { keyNamed } from '../references.ts';

export const getKeyPolicy: Operation<GetKeyPolicyRequest, GetKeyPolicyResponse, KmsParts> = (
  input,
  { call, store },
) => {
  const { policy } = store.view((reader) => keyNamed(reader, call, input.KeyId));
  if (input.PolicyName !== undefined && input.PolicyName !== 'default') throw policyNotFound();
  return { Policy: policy, PolicyName: 'default' };
};

import type { GetKeyPolicyRequest, GetKeyPolicyResponse } from '@aws-sdk/client-kms';
import type { Operation } from '../../../aws/operation.ts';
import type { KmsParts } from '../parts.ts';
import { keyNamed } from '../references.ts';

export const getKeyPolicy: Operation<GetKeyPolicyRequest, GetKeyPolicyResponse, KmsParts> = (
  input,
  { call, store },
) => ({
  Policy: store.view((reader) => keyNamed(reader, call, input.KeyId)).policy,
  PolicyName: 'default',
});

import type { ListKeyPoliciesRequest, ListKeyPoliciesResponse } from '@aws-sdk/client-kms';
import type { Operation } from '../../../aws/operation.ts';
import type { KmsParts } from '../parts.ts';
import { keyNamed } from '../references.ts';

/** A key has one policy, and that is its name. */
export const listKeyPolicies: Operation<ListKeyPoliciesRequest, ListKeyPoliciesResponse, KmsParts> = (
  input,
  { call, store },
) => {
  store.view((reader) => keyNamed(reader, call, input.KeyId));
  return { PolicyNames: ['default'], Truncated: false };
};

import type { PutKeyPolicyRequest } from '@aws-sdk/client-kms';
import type { Operation } from '../../../aws/operation.ts';
import { checkedPolicy } from '../key-policy.ts';
import type { KmsParts } from '../parts.ts';
import { changeKey } from '../changing.ts';

export const putKeyPolicy: Operation<PutKeyPolicyRequest, void, KmsParts> = async (input, { call, store }) => {
  await changeKey(store, call, input.KeyId, (key) => ({ ...key, policy: checkedPolicy(input.Policy) }));
};

import type { PutUserPolicyRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { findUser, withInlinePolicy } from '../identities.ts';
import { users } from '../tables.ts';

export const putUserPolicy: Operation<PutUserPolicyRequest, object> = async (input, { call, store }) =>
  await store.update((tx) => {
    const user = findUser(tx, call, input.UserName);
    tx.put(users, withInlinePolicy(user, 'user', input.PolicyName, input.PolicyDocument));
    return {};
  });

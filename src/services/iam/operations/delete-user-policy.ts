import type { DeleteUserPolicyRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { findUser, withoutInlinePolicy } from '../identities.ts';
import { users } from '../tables.ts';

export const deleteUserPolicy: Operation<DeleteUserPolicyRequest, object> = async (input, { call, store }) =>
  await store.update((tx) => {
    const user = findUser(tx, call, input.UserName);
    tx.put(users, withoutInlinePolicy(user, 'user', input.PolicyName));
    return {};
  });

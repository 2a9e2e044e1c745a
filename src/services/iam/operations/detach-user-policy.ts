import type { DetachUserPolicyRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { findUser, withoutAttachedPolicy } from '../identities.ts';
import { users } from '../tables.ts';

export const detachUserPolicy: Operation<DetachUserPolicyRequest, object> = async (input, { call, store }) =>
  await store.update((tx) => {
    const user = findUser(tx, call, input.UserName);
    tx.put(users, withoutAttachedPolicy(user, input.PolicyArn));
    return {};
  });

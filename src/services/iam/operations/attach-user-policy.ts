import type { AttachUserPolicyRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { findUser, withAttachedPolicy } from '../identities.ts';
import { users } from '../tables.ts';

export const attachUserPolicy: Operation<AttachUserPolicyRequest, object> = async (input, { call, store }) =>
  await store.update((tx) => {
    const user = findUser(tx, call, input.UserName);
    tx.put(users, withAttachedPolicy(tx, user, 'user', input.PolicyArn));
    return {};
  });

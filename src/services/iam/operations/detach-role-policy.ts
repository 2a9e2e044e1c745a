import type { DetachRolePolicyRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { changeableRole, withoutAttachedPolicy } from '../identities.ts';
import { roles } from '../tables.ts';

export const detachRolePolicy: Operation<DetachRolePolicyRequest, object> = async (input, { call, store }) =>
  await store.update((tx) => {
    const role = changeableRole(tx, call, input.RoleName);
    tx.put(roles, withoutAttachedPolicy(role, input.PolicyArn));
    return {};
  });

import type { AttachRolePolicyRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { changeableRole, withAttachedPolicy } from '../identities.ts';
import { roles } from '../tables.ts';

export const attachRolePolicy: Operation<AttachRolePolicyRequest, object> = async (input, { call, store }) =>
  await store.update((tx) => {
    const role = changeableRole(tx, call, input.RoleName);
    tx.put(roles, withAttachedPolicy(tx, role, 'role', input.PolicyArn));
    return {};
  });

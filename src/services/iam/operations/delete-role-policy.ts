import type { DeleteRolePolicyRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { changeableRole, withoutInlinePolicy } from '../identities.ts';
import { roles } from '../tables.ts';

export const deleteRolePolicy: Operation<DeleteRolePolicyRequest, object> = async (input, { call, store }) =>
  await store.update((tx) => {
    const role = changeableRole(tx, call, input.RoleName);
    tx.put(roles, withoutInlinePolicy(role, 'role', input.PolicyName));
    return {};
  });

import type { PutRolePolicyRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { changeableRole, withInlinePolicy } from '../identities.ts';
import { roles } from '../tables.ts';

export const putRolePolicy: Operation<PutRolePolicyRequest, object> = async (input, { call, store }) =>
  await store.update((tx) => {
    const role = changeableRole(tx, call, input.RoleName);
    tx.put(roles, withInlinePolicy(role, 'role', input.PolicyName, input.PolicyDocument));
    return {};
  });

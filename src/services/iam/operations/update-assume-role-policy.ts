import type { UpdateAssumeRolePolicyRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { checkTrustPolicy } from '../checks.ts';
import { changeableRole } from '../identities.ts';
import { checkTrusted } from '../role-request.ts';
import { roles } from '../tables.ts';

export const updateAssumeRolePolicy: Operation<UpdateAssumeRolePolicyRequest, object> = async (
  input,
  { call, store },
) =>
  await store.update((tx) => {
    const role = changeableRole(tx, call, input.RoleName);
    checkTrustPolicy(input.PolicyDocument);
    checkTrusted(tx, role.accountId, input.PolicyDocument);
    tx.put(roles, { ...role, trustPolicy: input.PolicyDocument });
    return {};
  });

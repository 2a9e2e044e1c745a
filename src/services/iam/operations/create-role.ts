import type { CreateRoleRequest, CreateRoleResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { checkedPath, checkName, checkTrustPolicy, withTags } from '../checks.ts';
import { alreadyExists, limitExceeded, validationError } from '../errors.ts';
import { checkAttachable } from '../identities.ts';
import { newUniqueId } from '../ids.ts';
import { checkedDescription, checkedSessionSeconds, checkTrusted } from '../role-request.ts';
import { limits } from '../rules/limits.ts';
import { nameKey, type RoleRecord, roles } from '../tables.ts';
import { roleView } from '../views.ts';

export const createRole: Operation<CreateRoleRequest, CreateRoleResponse> = async (input, { call, store }) =>
  await store.update((tx, env) => {
    const { accountId } = call;
    checkName(input.RoleName, 'roleName');
    checkTrustPolicy(input.AssumeRolePolicyDocument);
    checkTrusted(tx, accountId, input.AssumeRolePolicyDocument);
    const path = checkedPath(input.Path);
    if (path.startsWith('/aws-service-role/')) {
      throw validationError('Cannot create a role with a path of service-linked roles: use CreateServiceLinkedRole.');
    }
    if (tx.get(roles, nameKey(accountId, input.RoleName))) {
      throw alreadyExists(`Role with name ${input.RoleName} already exists.`);
    }
    if (tx.count(roles, 'account', accountId) >= limits.rolesPerAccount)
      throw limitExceeded('RolesPerAccount', limits.rolesPerAccount);
    if (input.PermissionsBoundary !== undefined) checkAttachable(tx, call, input.PermissionsBoundary);
    const role: RoleRecord = {
      accountId,
      name: input.RoleName,
      path,
      id: newUniqueId(env, 'role'),
      createdAt: env.now,
      inlinePolicies: [],
      attachedPolicyArns: [],
      trustPolicy: input.AssumeRolePolicyDocument,
      ...(input.Description !== undefined && { description: checkedDescription(input.Description) }),
      maxSessionSeconds: checkedSessionSeconds(input.MaxSessionDuration),
      tags: withTags([], input.Tags),
      ...(input.PermissionsBoundary !== undefined && { boundaryArn: input.PermissionsBoundary }),
    };
    tx.put(roles, role);
    return { Role: roleView(role, 'whole') };
  });

import type { CreateServiceLinkedRoleRequest, CreateServiceLinkedRoleResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { invalidInput } from '../errors.ts';
import { linkedRole } from '../service-linked-roles.ts';
import { nameKey, roles } from '../tables.ts';
import { roleView } from '../views.ts';

export const createServiceLinkedRole: Operation<
  CreateServiceLinkedRoleRequest,
  CreateServiceLinkedRoleResponse
> = async (input, { call, store }) =>
  await store.update((tx, env) => {
    const role = linkedRole(env, call.accountId, input.AWSServiceName, input);
    if (tx.get(roles, nameKey(role.accountId, role.name))) {
      throw invalidInput(
        `Service role name ${role.name} has been taken in this account, please try a different suffix.`,
      );
    }
    tx.put(roles, role);
    return { Role: roleView(role, 'whole') };
  });

import type { DeleteServiceLinkedRoleRequest, DeleteServiceLinkedRoleResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { invalidInput } from '../errors.ts';
import { findRole } from '../identities.ts';
import { nameKey, roles } from '../tables.ts';

/** Differs from AWS: whether the service still uses the role is not asked, since nothing here acts through it. */
export const deleteServiceLinkedRole: Operation<
  DeleteServiceLinkedRoleRequest,
  DeleteServiceLinkedRoleResponse
> = async (input, { call, store }) =>
  await store.update((tx, env) => {
    const role = findRole(tx, call, input.RoleName);
    if (role.linkedService === undefined) throw invalidInput(`${role.name} is not a service-linked role.`);
    tx.delete(roles, nameKey(role.accountId, role.name));
    return { DeletionTaskId: `task${role.path}${role.name}/${env.newUuid()}` };
  });

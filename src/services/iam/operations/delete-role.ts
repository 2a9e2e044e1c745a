import type { DeleteRoleRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { deleteConflict } from '../errors.ts';
import { changeableRole, checkWithoutPolicies } from '../identities.ts';
import { instanceProfiles, nameKey, roles } from '../tables.ts';

/** Its sessions go on for nothing: no policy of a role that is gone allows anything. */
export const deleteRole: Operation<DeleteRoleRequest, object> = async (input, { call, store }) =>
  await store.update((tx) => {
    const role = changeableRole(tx, call, input.RoleName);
    const key = nameKey(role.accountId, role.name);
    if (tx.count(instanceProfiles, 'role', key) > 0) {
      throw deleteConflict('Cannot delete entity, must remove roles from instance profile first.');
    }
    checkWithoutPolicies(role);
    tx.delete(roles, key);
    return {};
  });

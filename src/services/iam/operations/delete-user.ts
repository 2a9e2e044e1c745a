import type { DeleteUserRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { deleteConflict } from '../errors.ts';
import { checkWithoutPolicies, findUser } from '../identities.ts';
import { accessKeys, nameKey, users } from '../tables.ts';

export const deleteUser: Operation<DeleteUserRequest, object> = async (input, { call, store }) =>
  await store.update((tx) => {
    const user = findUser(tx, call, input.UserName);
    const key = nameKey(user.accountId, user.name);
    if (tx.count(accessKeys, 'user', key) > 0)
      throw deleteConflict('Cannot delete entity, must delete access keys first.');
    if (user.groups.length > 0) throw deleteConflict('Cannot delete entity, must remove users from group first.');
    checkWithoutPolicies(user);
    tx.delete(users, key);
    return {};
  });

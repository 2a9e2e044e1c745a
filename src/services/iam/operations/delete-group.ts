import type { DeleteGroupRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { deleteConflict } from '../errors.ts';
import { checkWithoutPolicies, findGroup } from '../identities.ts';
import { groups, nameKey, users } from '../tables.ts';

export const deleteGroup: Operation<DeleteGroupRequest, object> = async (input, { call, store }) =>
  await store.update((tx) => {
    const group = findGroup(tx, call, input.GroupName);
    const key = nameKey(group.accountId, group.name);
    if (tx.count(users, 'group', key) > 0)
      throw deleteConflict('Cannot delete entity, must remove users from group first.');
    checkWithoutPolicies(group);
    tx.delete(groups, key);
    return {};
  });

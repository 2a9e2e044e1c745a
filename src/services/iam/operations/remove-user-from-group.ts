import type { RemoveUserFromGroupRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { findGroup, findUser } from '../identities.ts';
import { users } from '../tables.ts';

export const removeUserFromGroup: Operation<RemoveUserFromGroupRequest, object> = async (input, { call, store }) =>
  await store.update((tx) => {
    const group = findGroup(tx, call, input.GroupName);
    const user = findUser(tx, call, input.UserName);
    tx.put(users, { ...user, groups: user.groups.filter((name) => name !== group.name) });
    return {};
  });

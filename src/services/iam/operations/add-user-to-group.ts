import type { AddUserToGroupRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { limitExceeded } from '../errors.ts';
import { findGroup, findUser } from '../identities.ts';
import { limits } from '../rules/limits.ts';
import { users } from '../tables.ts';

export const addUserToGroup: Operation<AddUserToGroupRequest, object> = async (input, { call, store }) =>
  await store.update((tx) => {
    const group = findGroup(tx, call, input.GroupName);
    const user = findUser(tx, call, input.UserName);
    if (user.groups.includes(group.name)) return {};
    if (user.groups.length >= limits.groupsPerUser) throw limitExceeded('GroupsPerUser', limits.groupsPerUser);
    tx.put(users, { ...user, groups: [...user.groups, group.name] });
    return {};
  });

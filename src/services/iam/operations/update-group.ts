import type { UpdateGroupRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { checkedPath, checkName } from '../checks.ts';
import { alreadyExists, invalidInput } from '../errors.ts';
import { findGroup } from '../identities.ts';
import { groups, nameKey, users } from '../tables.ts';

/** Differs from AWS: a group is renamed only while it is empty, since a transaction writes only so many users. */
export const updateGroup: Operation<UpdateGroupRequest, object> = async (input, { call, store }) =>
  await store.update((tx) => {
    const group = findGroup(tx, call, input.GroupName);
    const name = input.NewGroupName ?? group.name;
    checkName(name, 'groupName');
    const isRenamed = nameKey(group.accountId, name) !== nameKey(group.accountId, group.name);
    if (isRenamed && tx.get(groups, nameKey(group.accountId, name))) {
      throw alreadyExists(`Group with name ${name} already exists.`);
    }
    if (isRenamed && tx.count(users, 'group', nameKey(group.accountId, group.name)) > 0) {
      throw invalidInput('Longshore renames a group only while it has no users.');
    }
    if (isRenamed) tx.delete(groups, nameKey(group.accountId, group.name));
    tx.put(groups, { ...group, name, path: input.NewPath === undefined ? group.path : checkedPath(input.NewPath) });
    return {};
  });

import type { UpdateUserRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { checkedPath, checkName } from '../checks.ts';
import { alreadyExists } from '../errors.ts';
import { findUser } from '../identities.ts';
import { accessKeys, nameKey, users } from '../tables.ts';

/** A user that is renamed keeps its id, its keys and its policies. */
export const updateUser: Operation<UpdateUserRequest, object> = async (input, { call, store }) =>
  await store.update((tx) => {
    const user = findUser(tx, call, input.UserName);
    const name = input.NewUserName ?? user.name;
    checkName(name, 'userName');
    const isRenamed = nameKey(user.accountId, name) !== nameKey(user.accountId, user.name);
    if (isRenamed && tx.get(users, nameKey(user.accountId, name))) {
      throw alreadyExists(`User with name ${name} already exists.`);
    }
    if (isRenamed) tx.delete(users, nameKey(user.accountId, user.name));
    const keys = [...tx.find(accessKeys, 'user', nameKey(user.accountId, user.name))];
    for (const key of keys) {
      tx.put(accessKeys, { ...key, userName: name });
    }
    tx.put(users, { ...user, name, path: input.NewPath === undefined ? user.path : checkedPath(input.NewPath) });
    return {};
  });

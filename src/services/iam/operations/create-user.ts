import type { CreateUserRequest, CreateUserResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { checkedPath, checkName, withTags } from '../checks.ts';
import { alreadyExists, limitExceeded } from '../errors.ts';
import { checkAttachable } from '../identities.ts';
import { newUniqueId } from '../ids.ts';
import { limits } from '../rules/limits.ts';
import { nameKey, type UserRecord, users } from '../tables.ts';
import { userView } from '../views.ts';

export const createUser: Operation<CreateUserRequest, CreateUserResponse> = async (input, { call, store }) =>
  await store.update((tx, env) => {
    const { accountId } = call;
    checkName(input.UserName, 'userName');
    if (tx.get(users, nameKey(accountId, input.UserName))) {
      throw alreadyExists(`User with name ${input.UserName} already exists.`);
    }
    if (tx.count(users, 'account', accountId) >= limits.usersPerAccount)
      throw limitExceeded('UsersPerAccount', limits.usersPerAccount);
    if (input.PermissionsBoundary !== undefined) checkAttachable(tx, call, input.PermissionsBoundary);
    const user: UserRecord = {
      accountId,
      name: input.UserName,
      path: checkedPath(input.Path),
      id: newUniqueId(env, 'user'),
      createdAt: env.now,
      inlinePolicies: [],
      attachedPolicyArns: [],
      groups: [],
      tags: withTags([], input.Tags),
      ...(input.PermissionsBoundary !== undefined && { boundaryArn: input.PermissionsBoundary }),
    };
    tx.put(users, user);
    return { User: userView(user, 'whole') };
  });

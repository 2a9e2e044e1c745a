import type { DeleteUserPermissionsBoundaryRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { noSuchEntity } from '../errors.ts';
import { findUser } from '../identities.ts';
import { users } from '../tables.ts';

export const deleteUserPermissionsBoundary: Operation<DeleteUserPermissionsBoundaryRequest, object> = async (
  input,
  { call, store },
) =>
  await store.update((tx) => {
    const { boundaryArn, ...user } = findUser(tx, call, input.UserName);
    if (boundaryArn === undefined) throw noSuchEntity(`No permissions boundary is set on the user ${user.name}.`);
    tx.put(users, user);
    return {};
  });

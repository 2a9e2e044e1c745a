import type { PutUserPermissionsBoundaryRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { findUser, checkAttachable } from '../identities.ts';
import { users } from '../tables.ts';

export const putUserPermissionsBoundary: Operation<PutUserPermissionsBoundaryRequest, object> = async (
  input,
  { call, store },
) =>
  await store.update((tx) => {
    const user = findUser(tx, call, input.UserName);
    checkAttachable(tx, call, input.PermissionsBoundary);
    tx.put(users, { ...user, boundaryArn: input.PermissionsBoundary });
    return {};
  });

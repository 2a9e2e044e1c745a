import type { PutRolePermissionsBoundaryRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { changeableRole, checkAttachable } from '../identities.ts';
import { roles } from '../tables.ts';

export const putRolePermissionsBoundary: Operation<PutRolePermissionsBoundaryRequest, object> = async (
  input,
  { call, store },
) =>
  await store.update((tx) => {
    const role = changeableRole(tx, call, input.RoleName);
    checkAttachable(tx, call, input.PermissionsBoundary);
    tx.put(roles, { ...role, boundaryArn: input.PermissionsBoundary });
    return {};
  });

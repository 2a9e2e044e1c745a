import type { DeleteRolePermissionsBoundaryRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { noSuchEntity } from '../errors.ts';
import { changeableRole } from '../identities.ts';
import { roles } from '../tables.ts';

export const deleteRolePermissionsBoundary: Operation<DeleteRolePermissionsBoundaryRequest, object> = async (
  input,
  { call, store },
) =>
  await store.update((tx) => {
    const { boundaryArn, ...role } = changeableRole(tx, call, input.RoleName);
    if (boundaryArn === undefined) throw noSuchEntity(`No permissions boundary is set on the role ${role.name}.`);
    tx.put(roles, role);
    return {};
  });

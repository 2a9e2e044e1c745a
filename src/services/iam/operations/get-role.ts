import type { GetRoleRequest, GetRoleResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { findRole } from '../identities.ts';
import { roleView } from '../views.ts';

export const getRole: Operation<GetRoleRequest, GetRoleResponse> = (input, { call, store }) =>
  store.view((reader) => {
    return { Role: roleView(findRole(reader, call, input.RoleName), 'whole') };
  });

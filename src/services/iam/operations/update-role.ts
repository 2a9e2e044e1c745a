import type { UpdateRoleRequest, UpdateRoleResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { changeableRole } from '../identities.ts';
import { checkedDescription, checkedSessionSeconds } from '../role-request.ts';
import { roles } from '../tables.ts';

export const updateRole: Operation<UpdateRoleRequest, UpdateRoleResponse> = async (input, { call, store }) =>
  await store.update((tx) => {
    const role = changeableRole(tx, call, input.RoleName);
    tx.put(roles, {
      ...role,
      ...(input.Description !== undefined && { description: checkedDescription(input.Description) }),
      ...(input.MaxSessionDuration !== undefined && {
        maxSessionSeconds: checkedSessionSeconds(input.MaxSessionDuration),
      }),
    });
    return {};
  });

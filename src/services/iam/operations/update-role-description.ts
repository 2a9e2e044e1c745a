import type { UpdateRoleDescriptionRequest, UpdateRoleDescriptionResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { changeableRole } from '../identities.ts';
import { checkedDescription } from '../role-request.ts';
import { roles } from '../tables.ts';
import { roleView } from '../views.ts';

export const updateRoleDescription: Operation<UpdateRoleDescriptionRequest, UpdateRoleDescriptionResponse> = async (
  input,
  { call, store },
) =>
  await store.update((tx) => {
    const role = { ...changeableRole(tx, call, input.RoleName), description: checkedDescription(input.Description) };
    tx.put(roles, role);
    return { Role: roleView(role, 'whole') };
  });

import type { UntagRoleRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { withoutTags } from '../checks.ts';
import { changeableRole } from '../identities.ts';
import { roles } from '../tables.ts';

export const untagRole: Operation<UntagRoleRequest, object> = async (input, { call, store }) =>
  await store.update((tx) => {
    const role = changeableRole(tx, call, input.RoleName);
    tx.put(roles, { ...role, tags: withoutTags(role.tags, input.TagKeys) });
    return {};
  });

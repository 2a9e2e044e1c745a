import type { TagRoleRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { withTags } from '../checks.ts';
import { changeableRole } from '../identities.ts';
import { roles } from '../tables.ts';

export const tagRole: Operation<TagRoleRequest, object> = async (input, { call, store }) =>
  await store.update((tx) => {
    const role = changeableRole(tx, call, input.RoleName);
    tx.put(roles, { ...role, tags: withTags(role.tags, input.Tags) });
    return {};
  });

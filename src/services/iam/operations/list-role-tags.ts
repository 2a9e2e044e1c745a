import type { ListRoleTagsRequest, ListRoleTagsResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { findRole } from '../identities.ts';
import { pageOfList } from '../paging.ts';

export const listRoleTags: Operation<ListRoleTagsRequest, ListRoleTagsResponse> = (input, { call, store }) =>
  store.view((reader) => {
    const { tags } = findRole(reader, call, input.RoleName);
    const { items, end } = pageOfList(input, tags, ({ Key }) => Key);
    return { Tags: items, ...end };
  });

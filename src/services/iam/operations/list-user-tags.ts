import type { ListUserTagsRequest, ListUserTagsResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { findUser } from '../identities.ts';
import { pageOfList } from '../paging.ts';

export const listUserTags: Operation<ListUserTagsRequest, ListUserTagsResponse> = (input, { call, store }) =>
  store.view((reader) => {
    const { tags } = findUser(reader, call, input.UserName);
    const { items, end } = pageOfList(input, tags, ({ Key }) => Key);
    return { Tags: items, ...end };
  });

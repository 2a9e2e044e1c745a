import type { ListInstanceProfileTagsRequest, ListInstanceProfileTagsResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { findProfile } from '../instance-profiles.ts';
import { pageOfList } from '../paging.ts';

export const listInstanceProfileTags: Operation<ListInstanceProfileTagsRequest, ListInstanceProfileTagsResponse> = (
  input,
  { call, store },
) =>
  store.view((reader) => {
    const { tags } = findProfile(reader, call, input.InstanceProfileName);
    const { items, end } = pageOfList(input, tags, ({ Key }) => Key);
    return { Tags: items, ...end };
  });

import type { ListPolicyTagsRequest, ListPolicyTagsResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { ownPolicy } from '../managed-policies.ts';
import { pageOfList } from '../paging.ts';

export const listPolicyTags: Operation<ListPolicyTagsRequest, ListPolicyTagsResponse> = (input, { call, store }) =>
  store.view((reader) => {
    const { tags } = ownPolicy(reader, call, input.PolicyArn);
    const { items, end } = pageOfList(input, tags, ({ Key }) => Key);
    return { Tags: items, ...end };
  });

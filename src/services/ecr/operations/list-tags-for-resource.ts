import type { ListTagsForResourceRequest, ListTagsForResourceResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { repositoryWithArn } from '../references.ts';

export const listTagsForResource: Operation<ListTagsForResourceRequest, ListTagsForResourceResponse> = (
  input,
  { call, store },
) => {
  const { tags } = store.view((reader) => repositoryWithArn(reader, call, input.resourceArn));
  return { tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
};

import type { ListTagsForResourceRequest, ListTagsForResourceResponse } from '@aws-sdk/client-efs';
import type { Operation } from '../../../aws/operation.ts';
import { taggedOf } from '../tagged-resource.ts';
import { tagList } from '../views.ts';

export const listTagsForResource: Operation<ListTagsForResourceRequest, ListTagsForResourceResponse> = (
  { ResourceId },
  { call, store },
) => ({ Tags: tagList(store.view((reader) => taggedOf(reader, call, ResourceId)).tags) });

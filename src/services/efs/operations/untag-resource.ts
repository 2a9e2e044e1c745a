import type { UntagResourceRequest } from '@aws-sdk/client-efs';
import type { Operation } from '../../../aws/operation.ts';
import { putTags, taggedOf } from '../tagged-resource.ts';

export const untagResource: Operation<UntagResourceRequest, object> = async (
  { ResourceId, TagKeys },
  { call, store },
) => {
  await store.update((tx) => {
    const { tags } = taggedOf(tx, call, ResourceId);
    const left = Object.entries(tags).filter(([key]) => !TagKeys.includes(key));
    putTags(tx, call, ResourceId, Object.fromEntries(left));
  });
  return {};
};

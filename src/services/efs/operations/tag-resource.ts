import type { TagResourceRequest } from '@aws-sdk/client-efs';
import type { Operation } from '../../../aws/operation.ts';
import { readTags } from '../references.ts';
import { putTags, taggedOf } from '../tagged-resource.ts';
import { tagList } from '../views.ts';

export const tagResource: Operation<TagResourceRequest, object> = async ({ ResourceId, Tags }, { call, store }) => {
  const added = readTags(Tags);
  await store.update((tx) => {
    const { tags } = taggedOf(tx, call, ResourceId);
    putTags(tx, call, ResourceId, readTags(tagList({ ...tags, ...added })));
  });
  return {};
};

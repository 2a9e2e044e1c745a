import type { PutBucketTaggingRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { bucketOf } from '../references.ts';
import { limits } from '../rules/limits.ts';
import { buckets } from '../tables.ts';
import { readTags } from '../tags.ts';

export const putBucketTagging: Operation<PutBucketTaggingRequest, object> = async (input, { call, store }) => {
  const tags = readTags(input.Tagging.TagSet, limits.bucketTags);
  await store.update((tx) => tx.put(buckets, { ...bucketOf(tx, input, call), tags }));
  return {};
};

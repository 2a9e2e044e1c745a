import type { DeleteBucketTaggingRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { bucketOf } from '../references.ts';
import { buckets } from '../tables.ts';

export const deleteBucketTagging: Operation<DeleteBucketTaggingRequest, object> = async (input, { call, store }) => {
  await store.update((tx) => tx.put(buckets, { ...bucketOf(tx, input, call), tags: {} }));
  return {};
};

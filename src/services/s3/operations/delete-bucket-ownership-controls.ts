import type { DeleteBucketOwnershipControlsRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { bucketOf } from '../references.ts';
import { buckets } from '../tables.ts';

export const deleteBucketOwnershipControls: Operation<DeleteBucketOwnershipControlsRequest, object> = async (
  input,
  { call, store },
) => {
  await store.update((tx) => {
    const { objectOwnership, ...bucket } = bucketOf(tx, input, call);
    if (objectOwnership) tx.put(buckets, bucket);
  });
  return {};
};

import type { DeleteBucketPolicyRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { bucketOf } from '../references.ts';
import { buckets } from '../tables.ts';

export const deleteBucketPolicy: Operation<DeleteBucketPolicyRequest, object> = async (input, { call, store }) => {
  await store.update((tx) => {
    const { policy, ...bucket } = bucketOf(tx, input, call);
    if (policy !== undefined) tx.put(buckets, bucket);
  });
  return {};
};

import type { DeleteBucketEncryptionRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { bucketOf } from '../references.ts';
import { buckets } from '../tables.ts';

/** Back to what a new bucket has. */
export const deleteBucketEncryption: Operation<DeleteBucketEncryptionRequest, object> = async (
  input,
  { call, store },
) => {
  await store.update((tx) => {
    tx.put(buckets, { ...bucketOf(tx, input, call), encryption: { algorithm: 'AES256', bucketKeyEnabled: false } });
  });
  return {};
};

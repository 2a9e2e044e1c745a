import type { DeletePublicAccessBlockRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { bucketOf } from '../references.ts';
import { buckets } from '../tables.ts';

export const deletePublicAccessBlock: Operation<DeletePublicAccessBlockRequest, object> = async (
  input,
  { call, store },
) => {
  await store.update((tx) => {
    const { publicAccessBlock, ...bucket } = bucketOf(tx, input, call);
    if (publicAccessBlock) tx.put(buckets, bucket);
  });
  return {};
};

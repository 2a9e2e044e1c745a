import type { PutPublicAccessBlockRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { bucketOf } from '../references.ts';
import { buckets } from '../tables.ts';

export const putPublicAccessBlock: Operation<PutPublicAccessBlockRequest, object> = async (input, { call, store }) => {
  const wanted = input.PublicAccessBlockConfiguration;
  const publicAccessBlock = {
    BlockPublicAcls: wanted.BlockPublicAcls ?? false,
    IgnorePublicAcls: wanted.IgnorePublicAcls ?? false,
    BlockPublicPolicy: wanted.BlockPublicPolicy ?? false,
    RestrictPublicBuckets: wanted.RestrictPublicBuckets ?? false,
  };
  await store.update((tx) => tx.put(buckets, { ...bucketOf(tx, input, call), publicAccessBlock }));
  return {};
};

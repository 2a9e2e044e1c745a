import type { GetBucketRequestPaymentOutput, GetBucketRequestPaymentRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { bucketOf } from '../references.ts';

/** As of a bucket that was never given one: nobody can give it one here. */
export const getBucketRequestPayment: Operation<GetBucketRequestPaymentRequest, GetBucketRequestPaymentOutput> = (
  input,
  { call, store },
) => {
  store.view((reader) => bucketOf(reader, input, call));
  return { Payer: 'BucketOwner' };
};

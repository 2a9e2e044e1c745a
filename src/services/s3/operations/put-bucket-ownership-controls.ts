import type { PutBucketOwnershipControlsRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { malformedXml } from '../errors.ts';
import { bucketOf } from '../references.ts';
import { buckets } from '../tables.ts';

export const putBucketOwnershipControls: Operation<PutBucketOwnershipControlsRequest, object> = async (
  input,
  { call, store },
) => {
  const [rule, ...more] = input.OwnershipControls.Rules;
  const wanted = rule?.ObjectOwnership;
  const isKnown = wanted === 'BucketOwnerEnforced' || wanted === 'BucketOwnerPreferred' || wanted === 'ObjectWriter';
  if (!isKnown || more.length > 0) throw malformedXml();
  await store.update((tx) => tx.put(buckets, { ...bucketOf(tx, input, call), objectOwnership: wanted }));
  return {};
};

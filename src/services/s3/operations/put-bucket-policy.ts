import type { PutBucketPolicyRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { accessDenied } from '../errors.ts';
import { bucketOf } from '../references.ts';
import { checkBucketPolicy, isPublic } from '../rules/bucket-policy.ts';
import { buckets } from '../tables.ts';

export const putBucketPolicy: Operation<PutBucketPolicyRequest, object> = async (input, { call, store }) => {
  const statements = checkBucketPolicy(input.Policy, input.Bucket);
  await store.update((tx) => {
    const bucket = bucketOf(tx, input, call);
    if (bucket.publicAccessBlock?.BlockPublicPolicy && isPublic(statements)) throw accessDenied();
    tx.put(buckets, { ...bucket, policy: input.Policy });
  });
  return {};
};

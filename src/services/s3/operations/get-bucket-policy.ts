import type { GetBucketPolicyOutput, GetBucketPolicyRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { notConfigured } from '../errors.ts';
import { bucketOf } from '../references.ts';

export const getBucketPolicy: Operation<GetBucketPolicyRequest, GetBucketPolicyOutput> = (input, { call, store }) => {
  const { name, policy } = store.view((reader) => bucketOf(reader, input, call));
  if (policy === undefined) throw notConfigured('NoSuchBucketPolicy', 'The bucket policy does not exist', name);
  return { Policy: policy };
};

import type { GetBucketPolicyStatusOutput, GetBucketPolicyStatusRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { notConfigured } from '../errors.ts';
import { bucketOf } from '../references.ts';
import { checkBucketPolicy, isPublic } from '../rules/bucket-policy.ts';

export const getBucketPolicyStatus: Operation<GetBucketPolicyStatusRequest, GetBucketPolicyStatusOutput> = (
  input,
  { call, store },
) => {
  const { name, policy } = store.view((reader) => bucketOf(reader, input, call));
  if (policy === undefined) throw notConfigured('NoSuchBucketPolicy', 'The bucket policy does not exist', name);
  return { PolicyStatus: { IsPublic: isPublic(checkBucketPolicy(policy, name)) } };
};

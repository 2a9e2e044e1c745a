import type { GetBucketEncryptionOutput, GetBucketEncryptionRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { bucketOf } from '../references.ts';

export const getBucketEncryption: Operation<GetBucketEncryptionRequest, GetBucketEncryptionOutput> = (
  input,
  { call, store },
) => {
  const { algorithm, kmsKeyId, bucketKeyEnabled } = store.view((reader) => bucketOf(reader, input, call)).encryption;
  const byDefault = { SSEAlgorithm: algorithm, ...(kmsKeyId !== undefined && { KMSMasterKeyID: kmsKeyId }) };
  return {
    ServerSideEncryptionConfiguration: {
      Rules: [{ ApplyServerSideEncryptionByDefault: byDefault, BucketKeyEnabled: bucketKeyEnabled }],
    },
  };
};

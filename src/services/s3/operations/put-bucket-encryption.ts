import type { PutBucketEncryptionRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { malformedXml } from '../errors.ts';
import { bucketOf } from '../references.ts';
import { buckets } from '../tables.ts';

/** Differs from AWS: kept and told, and nothing is encrypted by it. The data directory is readable by its owner alone. */
export const putBucketEncryption: Operation<PutBucketEncryptionRequest, object> = async (input, { call, store }) => {
  const [rule, ...more] = input.ServerSideEncryptionConfiguration.Rules;
  const wanted = rule?.ApplyServerSideEncryptionByDefault;
  const algorithm = wanted?.SSEAlgorithm;
  if (more.length > 0 || (algorithm !== 'AES256' && algorithm !== 'aws:kms' && algorithm !== 'aws:kms:dsse')) {
    throw malformedXml();
  }
  const encryption = {
    algorithm,
    ...(wanted?.KMSMasterKeyID !== undefined && { kmsKeyId: wanted.KMSMasterKeyID }),
    bucketKeyEnabled: rule?.BucketKeyEnabled ?? false,
  };
  await store.update((tx) => tx.put(buckets, { ...bucketOf(tx, input, call), encryption }));
  return {};
};

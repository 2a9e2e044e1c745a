import type { PutBucketVersioningRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { malformedXml, notBuilt } from '../errors.ts';
import { bucketOf } from '../references.ts';
import { buckets } from '../tables.ts';

export const putBucketVersioning: Operation<PutBucketVersioningRequest, object> = async (input, { call, store }) => {
  const { Status: status, MFADelete: mfaDelete } = input.VersioningConfiguration;
  if (status !== 'Enabled' && status !== 'Suspended') throw malformedXml();
  if (status === 'Enabled' || mfaDelete === 'Enabled') throw notBuilt('versioning of buckets');
  await store.update((tx) => tx.put(buckets, { ...bucketOf(tx, input, call), versioning: status }));
  return {};
};

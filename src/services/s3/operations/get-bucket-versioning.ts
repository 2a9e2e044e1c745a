import type { GetBucketVersioningOutput, GetBucketVersioningRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { bucketOf } from '../references.ts';

export const getBucketVersioning: Operation<GetBucketVersioningRequest, GetBucketVersioningOutput> = (
  input,
  { call, store },
) => {
  const { versioning } = store.view((reader) => bucketOf(reader, input, call));
  return versioning === undefined ? {} : { Status: versioning };
};

import type { GetBucketOwnershipControlsOutput, GetBucketOwnershipControlsRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { notConfigured } from '../errors.ts';
import { bucketOf } from '../references.ts';

export const getBucketOwnershipControls: Operation<
  GetBucketOwnershipControlsRequest,
  GetBucketOwnershipControlsOutput
> = (input, { call, store }) => {
  const { name, objectOwnership } = store.view((reader) => bucketOf(reader, input, call));
  if (objectOwnership) return { OwnershipControls: { Rules: [{ ObjectOwnership: objectOwnership }] } };
  throw notConfigured('OwnershipControlsNotFoundError', 'The bucket ownership controls were not found', name);
};

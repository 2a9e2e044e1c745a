import type { GetBucketLocationRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { bucketOf } from '../references.ts';

/** us-east-1, the first of them, has no name here. */
export const getBucketLocation: Operation<GetBucketLocationRequest, { readonly LocationConstraint?: string }> = (
  input,
  { call, store },
) => {
  const { region } = store.view((reader) => bucketOf(reader, input, call));
  return region === 'us-east-1' ? {} : { LocationConstraint: region };
};

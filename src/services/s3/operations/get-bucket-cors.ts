import type { GetBucketCorsRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { notConfigured } from '../errors.ts';
import { bucketOf } from '../references.ts';

/** As of a bucket that was never given one: nobody can give it one here. */
export const getBucketCors: Operation<GetBucketCorsRequest, object> = (input, { call, store }) => {
  const { name } = store.view((reader) => bucketOf(reader, input, call));
  throw notConfigured('NoSuchCORSConfiguration', 'The CORS configuration does not exist', name);
};

import type { GetBucketWebsiteRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { notConfigured } from '../errors.ts';
import { bucketOf } from '../references.ts';

/** As of a bucket that was never given one: nobody can give it one here. */
export const getBucketWebsite: Operation<GetBucketWebsiteRequest, object> = (input, { call, store }) => {
  const { name } = store.view((reader) => bucketOf(reader, input, call));
  throw notConfigured('NoSuchWebsiteConfiguration', 'The specified bucket does not have a website configuration', name);
};

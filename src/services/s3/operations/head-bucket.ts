import type { HeadBucketOutput, HeadBucketRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { bucketOf } from '../references.ts';

export const headBucket: Operation<HeadBucketRequest, HeadBucketOutput> = (input, { call, store }) => {
  const bucket = store.view((reader) => bucketOf(reader, input, call));
  return { BucketRegion: bucket.region, AccessPointAlias: false, BucketArn: `arn:aws:s3:::${bucket.name}` };
};

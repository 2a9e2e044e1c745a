import type { GetBucketTaggingOutput, GetBucketTaggingRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { notConfigured } from '../errors.ts';
import { bucketOf } from '../references.ts';
import { tagSet } from '../tags.ts';

export const getBucketTagging: Operation<GetBucketTaggingRequest, GetBucketTaggingOutput> = (
  input,
  { call, store },
) => {
  const { name, tags } = store.view((reader) => bucketOf(reader, input, call));
  if (Object.keys(tags).length === 0) throw notConfigured('NoSuchTagSet', 'The TagSet does not exist', name);
  return { TagSet: tagSet(tags) };
};

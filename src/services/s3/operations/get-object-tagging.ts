import type { GetObjectTaggingOutput, GetObjectTaggingRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { objectOf } from '../references.ts';
import { tagSet } from '../tags.ts';

export const getObjectTagging: Operation<GetObjectTaggingRequest, GetObjectTaggingOutput> = (
  input,
  { call, store },
) => ({
  TagSet: tagSet(store.view((reader) => objectOf(reader, input, call)).tags),
});

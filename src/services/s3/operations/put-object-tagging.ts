import type { PutObjectTaggingOutput, PutObjectTaggingRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { objectOf } from '../references.ts';
import { limits } from '../rules/limits.ts';
import { objects } from '../tables.ts';
import { readTags } from '../tags.ts';

export const putObjectTagging: Operation<PutObjectTaggingRequest, PutObjectTaggingOutput> = async (
  input,
  { call, store },
) => {
  const tags = readTags(input.Tagging.TagSet, limits.objectTags);
  await store.update((tx) => tx.put(objects, { ...objectOf(tx, input, call), tags }));
  return {};
};

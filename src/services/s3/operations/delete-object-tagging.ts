import type { DeleteObjectTaggingOutput, DeleteObjectTaggingRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { objectOf } from '../references.ts';
import { objects } from '../tables.ts';

export const deleteObjectTagging: Operation<DeleteObjectTaggingRequest, DeleteObjectTaggingOutput> = async (
  input,
  { call, store },
) => {
  await store.update((tx) => tx.put(objects, { ...objectOf(tx, input, call), tags: {} }));
  return {};
};

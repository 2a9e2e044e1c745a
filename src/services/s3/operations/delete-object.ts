import type { DeleteObjectOutput, DeleteObjectRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { preconditionFailed } from '../errors.ts';
import { bucketOf, checkVersion } from '../references.ts';
import { matches } from '../rules/conditions.ts';
import { objectKey, objects } from '../tables.ts';

/** Deleting what is not there is no error. */
export const deleteObject: Operation<DeleteObjectRequest, DeleteObjectOutput> = async (input, { call, store }) => {
  checkVersion(input.VersionId);
  await store.update((tx) => {
    bucketOf(tx, input, call);
    const key = objectKey(input.Bucket, input.Key);
    const present = tx.get(objects, key);
    if (present && input.IfMatch !== undefined && !matches(input.IfMatch, present.etag)) {
      throw preconditionFailed('If-Match');
    }
    if (present) tx.delete(objects, key);
  });
  return {};
};

import type { DeleteObjectsOutput, DeleteObjectsRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { malformedXml } from '../errors.ts';
import { bucketOf } from '../references.ts';
import { matches } from '../rules/conditions.ts';
import { limits } from '../rules/limits.ts';
import { objectKey, objects } from '../tables.ts';

/** All in one transaction; what cannot be deleted is told by key, and does not keep the others. */
export const deleteObjects: Operation<DeleteObjectsRequest, DeleteObjectsOutput> = async (input, { call, store }) => {
  const wanted = input.Delete.Objects;
  if (wanted.length === 0 || wanted.length > limits.deletedAtOnce) throw malformedXml();
  return store.update((tx) => {
    bucketOf(tx, input, call);
    const deleted: { Key: string; VersionId?: string }[] = [];
    const failed: { Key: string; Code: string; Message: string }[] = [];
    for (const { Key: key, VersionId: versionId, ETag: etag } of wanted) {
      const present = tx.get(objects, objectKey(input.Bucket, key));
      if (versionId !== undefined && versionId !== 'null') {
        failed.push({ Key: key, Code: 'NoSuchVersion', Message: 'The specified version does not exist.' });
      } else if (present && etag !== undefined && !matches(etag, present.etag)) {
        failed.push({
          Key: key,
          Code: 'PreconditionFailed',
          Message: 'At least one of the pre-conditions you specified did not hold',
        });
      } else {
        if (present) tx.delete(objects, objectKey(input.Bucket, key));
        deleted.push({ Key: key, ...(versionId !== undefined && { VersionId: versionId }) });
      }
    }
    return {
      ...(!input.Delete.Quiet && deleted.length > 0 && { Deleted: deleted }),
      ...(failed.length > 0 && { Errors: failed }),
    };
  });
};

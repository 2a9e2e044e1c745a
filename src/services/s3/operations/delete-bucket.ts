import type { DeleteBucketRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { bucketNotEmpty } from '../errors.ts';
import { bucketOf } from '../references.ts';
import { buckets, objectKey, objects, partKey, parts, uploads } from '../tables.ts';

/** Uploads that are under way do not keep a bucket: they go with it. */
export const deleteBucket: Operation<DeleteBucketRequest, object> = async (input, { call, store }) => {
  await store.update((tx) => {
    const { name } = bucketOf(tx, input, call);
    for (const { bucket } of tx.list(objects, objectKey(name, ''))) {
      if (bucket === name) throw bucketNotEmpty(name);
      break;
    }
    for (const { uploadId } of Array.from(tx.find(uploads, 'bucket', name))) {
      for (const { partNumber } of Array.from(tx.find(parts, 'upload', uploadId)))
        tx.delete(parts, partKey(uploadId, partNumber));
      tx.delete(uploads, uploadId);
    }
    tx.delete(buckets, name);
  });
  return {};
};

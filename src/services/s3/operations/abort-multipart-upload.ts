import type { AbortMultipartUploadOutput, AbortMultipartUploadRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { uploadOf } from '../references.ts';
import { partKey, parts, uploads } from '../tables.ts';

export const abortMultipartUpload: Operation<AbortMultipartUploadRequest, AbortMultipartUploadOutput> = async (
  input,
  { call, store },
) => {
  await store.update((tx) => {
    const { uploadId } = uploadOf(tx, input, call);
    for (const { partNumber } of Array.from(tx.find(parts, 'upload', uploadId)))
      tx.delete(parts, partKey(uploadId, partNumber));
    tx.delete(uploads, uploadId);
  });
  return {};
};

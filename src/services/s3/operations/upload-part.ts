import type { UploadPartOutput, UploadPartRequest } from '@aws-sdk/client-s3';
import type { OperationContext } from '../../../aws/operation.ts';
import { encryptionView } from '../object-description.ts';
import { quoted } from '../object-view.ts';
import type { S3Parts } from '../parts.ts';
import { receiveContent } from '../receive-content.ts';
import { uploadOf } from '../references.ts';
import type { Streamed } from '../streamed.ts';
import { checkPartNumber } from '../part-number.ts';
import { parts as partsTable } from '../tables.ts';

export async function uploadPart(
  input: Streamed<UploadPartRequest>,
  { call, store, parts }: OperationContext<S3Parts>,
): Promise<UploadPartOutput> {
  checkPartNumber(input.PartNumber);
  const { encryption } = store.view((reader) => uploadOf(reader, input, call)).description;
  return receiveContent(parts, input.Body, input.ContentMD5, async (content) => {
    const checksum = input.Body?.checksum();
    await store.update((tx, env) => {
      uploadOf(tx, input, call); // it may have been completed or aborted meanwhile
      tx.put(partsTable, {
        uploadId: input.UploadId,
        partNumber: input.PartNumber,
        size: content.size,
        etag: content.md5,
        lastModifiedAt: env.now,
        segments: content.segments,
        ...(checksum && { checksum }),
      });
    });
    return {
      ETag: quoted(content.md5),
      ...encryptionView(encryption),
      ...(checksum && { [`Checksum${checksum.algorithm}`]: checksum.value }),
    };
  });
}

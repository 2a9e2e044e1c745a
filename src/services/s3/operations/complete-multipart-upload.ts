import type { CompletedPart, CompleteMultipartUploadOutput, CompleteMultipartUploadRequest } from '@aws-sdk/client-s3';
import type { Operation, Parsed } from '../../../aws/operation.ts';
import type { Transaction } from '../../../store/store.ts';
import { entityTooSmall, invalidPart, invalidPartOrder, malformedXml, noSuchUpload } from '../errors.ts';
import { encryptionView } from '../object-description.ts';
import { checksumView, quoted } from '../object-view.ts';
import type { S3Parts } from '../parts.ts';
import { bucketOf, uploadOf } from '../references.ts';
import { limits } from '../rules/limits.ts';
import { completedChecksum, partsEtag } from '../multipart.ts';
import {
  objectKey,
  type ObjectRecord,
  objects,
  partKey,
  type PartRecord,
  parts as partsTable,
  uploads,
} from '../tables.ts';
import { checkWrite } from '../write-conditions.ts';

/** Makes the object of the parts' contents, copying none. Completed again with the same parts it answers the same. */
export const completeMultipartUpload: Operation<
  CompleteMultipartUploadRequest,
  CompleteMultipartUploadOutput,
  S3Parts
> = async (input, { call, store, parts }) => {
  const listed = input.MultipartUpload?.Parts ?? [];
  if (listed.length === 0) throw malformedXml();
  const object = await store.update((tx, env): ObjectRecord => {
    const completed = completedBefore(tx, input, listed);
    if (completed) {
      bucketOf(tx, input, call);
      return completed;
    }
    const upload = uploadOf(tx, input, call);
    checkWrite(tx, input);
    const taken = takeParts(tx, input.UploadId, listed);
    const checksum = completedChecksum(upload, taken, input, parts.hash);
    const { uploadId } = upload;
    const record: ObjectRecord = {
      bucket: upload.bucket,
      key: upload.key,
      description: upload.description,
      tags: upload.tags,
      size: taken.reduce((sum, { size }) => sum + size, 0),
      etag: partsEtag(taken, parts.hash),
      lastModifiedAt: env.now,
      segments: taken.flatMap(({ segments }) => segments),
      parts: taken.map(({ partNumber, size, checksum: ofPart }) => ({
        partNumber,
        size,
        ...(ofPart && { checksum: ofPart.value }),
      })),
      uploadId,
      ...(checksum && { checksum }),
    };
    tx.put(objects, record);
    for (const { partNumber } of Array.from(tx.find(partsTable, 'upload', uploadId))) {
      tx.delete(partsTable, partKey(uploadId, partNumber));
    }
    tx.delete(uploads, uploadId);
    return record;
  });
  return {
    Location: `${call.endpoint}/${input.Bucket}/${encodeURIComponent(input.Key).replaceAll('%2F', '/')}`,
    Bucket: input.Bucket,
    Key: input.Key,
    ETag: quoted(object.etag),
    ...checksumView(object.checksum),
    ...encryptionView(object.description.encryption),
  };
};

type Listed = readonly Parsed<CompletedPart>[];

/** A client that lost the answer asks again, and the upload is gone by then. */
function completedBefore(
  tx: Transaction,
  input: { readonly Bucket: string; readonly Key: string; readonly UploadId: string },
  listed: Listed,
): ObjectRecord | undefined {
  const object = tx.get(objects, objectKey(input.Bucket, input.Key));
  if (object?.uploadId !== input.UploadId) return undefined;
  if (object.parts?.length !== listed.length) throw noSuchUpload(input.UploadId);
  return object;
}

function takeParts(tx: Transaction, uploadId: string, listed: Listed): readonly PartRecord[] {
  const taken: PartRecord[] = [];
  let before = 0;
  for (const { PartNumber: partNumber = 0, ETag: etag } of listed) {
    if (partNumber <= before) throw invalidPartOrder();
    before = partNumber;
    const part = tx.get(partsTable, partKey(uploadId, partNumber));
    if (!part || (etag !== undefined && etag.replace(/^"|"$/g, '') !== part.etag)) throw invalidPart();
    taken.push(part);
  }
  if (taken.slice(0, -1).some(({ size }) => size < limits.smallestPartBytes)) throw entityTooSmall();
  return taken;
}

import type { CreateMultipartUploadOutput, CreateMultipartUploadRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { checksumAlgorithms } from '../../../aws/payload/checksum.ts';
import { invalidRequest, notBuilt } from '../errors.ts';
import { describe, encryptionView } from '../object-description.ts';
import { bucketOf, checkKey } from '../references.ts';
import { limits } from '../rules/limits.ts';
import { uploads, type UploadRecord } from '../tables.ts';
import { readTaggingHeader } from '../tags.ts';

export const createMultipartUpload: Operation<CreateMultipartUploadRequest, CreateMultipartUploadOutput> = async (
  input,
  { call, store },
) => {
  checkKey(input.Key);
  const tags = readTaggingHeader(input.Tagging, limits.objectTags);
  const checksum = checksumOf(input.ChecksumAlgorithm, input.ChecksumType);
  const upload = await store.update((tx, env): UploadRecord => {
    const record: UploadRecord = {
      description: describe(input, bucketOf(tx, input, call)),
      uploadId: env.newId(),
      bucket: input.Bucket,
      key: input.Key,
      initiatedAt: env.now,
      tags,
      ...checksum,
    };
    tx.put(uploads, record);
    return record;
  });
  return {
    Bucket: upload.bucket,
    Key: upload.key,
    UploadId: upload.uploadId,
    ...encryptionView(upload.description.encryption),
    ...(upload.checksumAlgorithm !== undefined && { ChecksumAlgorithm: upload.checksumAlgorithm }),
    ...(upload.checksumType !== undefined && { ChecksumType: upload.checksumType }),
  };
};

function checksumOf(
  algorithm: string | undefined,
  type: string | undefined,
): Pick<UploadRecord, 'checksumAlgorithm' | 'checksumType'> {
  if (algorithm === undefined) {
    if (type !== undefined)
      throw invalidRequest('The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.');
    return {};
  }
  const known = checksumAlgorithms.find((name) => name === algorithm);
  if (!known) throw notBuilt(`the checksum algorithm ${algorithm}`);
  // A CRC-64 is of all bytes only, a SHA of the parts only.
  const only = known === 'CRC64NVME' ? 'FULL_OBJECT' : known.startsWith('SHA') ? 'COMPOSITE' : undefined;
  if (type !== undefined && type !== 'FULL_OBJECT' && type !== 'COMPOSITE')
    throw invalidRequest('Value for x-amz-checksum-type header is invalid.');
  if (type !== undefined && only !== undefined && type !== only) {
    throw invalidRequest(
      `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    );
  }
  return { checksumAlgorithm: known, checksumType: type ?? only ?? 'COMPOSITE' };
}

import type { ListPartsOutput, ListPartsRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { quoted } from '../object-view.ts';
import { ownerOf } from '../owner.ts';
import type { S3Parts } from '../parts.ts';
import { bucketOf, uploadOf } from '../references.ts';
import { limits } from '../rules/limits.ts';
import { partKey, parts as partsTable } from '../tables.ts';

export const listParts: Operation<ListPartsRequest, ListPartsOutput, S3Parts> = (input, { call, store, parts }) =>
  store.view((reader) => {
    const { accountId } = bucketOf(reader, input, call);
    const upload = uploadOf(reader, input, call);
    const marker = Number(input.PartNumberMarker ?? 0);
    const most = Math.min(input.MaxParts ?? limits.listPage, limits.listPage);
    const after = [...reader.find(partsTable, 'upload', upload.uploadId, partKey(upload.uploadId, marker))];
    const shown = after.slice(0, most);
    const owner = ownerOf(parts.hash, accountId);
    return {
      Bucket: upload.bucket,
      Key: upload.key,
      UploadId: upload.uploadId,
      PartNumberMarker: String(marker),
      NextPartNumberMarker: String(shown.at(-1)?.partNumber ?? 0),
      MaxParts: most,
      IsTruncated: after.length > shown.length,
      ...(shown.length > 0 && {
        Parts: shown.map(({ partNumber, size, etag, lastModifiedAt, checksum }) => ({
          PartNumber: partNumber,
          LastModified: new Date(lastModifiedAt),
          ETag: quoted(etag),
          Size: size,
          ...(checksum && { [`Checksum${checksum.algorithm}`]: checksum.value }),
        })),
      }),
      Initiator: owner,
      Owner: owner,
      StorageClass: upload.description.storageClass,
      ...(upload.checksumAlgorithm !== undefined && { ChecksumAlgorithm: upload.checksumAlgorithm }),
      ...(upload.checksumType !== undefined && { ChecksumType: upload.checksumType }),
    };
  });

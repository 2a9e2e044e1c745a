import type { ListMultipartUploadsOutput, ListMultipartUploadsRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { nameWriter } from '../list-objects.ts';
import { ownerOf } from '../owner.ts';
import type { S3Parts } from '../parts.ts';
import { bucketOf } from '../references.ts';
import { listPage } from '../rules/listing.ts';
import { limits } from '../rules/limits.ts';
import { type UploadRecord, uploads } from '../tables.ts';

/** By key, those of one key by when they began. A page ends between keys: NextUploadIdMarker is its last. */
export const listMultipartUploads: Operation<ListMultipartUploadsRequest, ListMultipartUploadsOutput, S3Parts> = (
  input,
  { call, store, parts },
) => {
  const { Prefix = '', Delimiter = '', KeyMarker = '', UploadIdMarker = '' } = input;
  const most = Math.min(input.MaxUploads ?? limits.listPage, limits.listPage);
  const write = nameWriter(input.EncodingType);
  return store.view((reader) => {
    const { name, accountId } = bucketOf(reader, input, call);
    const sorted = [...reader.find(uploads, 'bucket', name)].sort(compare);
    const after = sorted.filter(({ key, uploadId, initiatedAt }) => {
      if (key !== KeyMarker || UploadIdMarker === '') return key > KeyMarker || KeyMarker === '';
      const marker = sorted.find((upload) => upload.uploadId === UploadIdMarker);
      return (
        marker !== undefined &&
        (initiatedAt > marker.initiatedAt || (initiatedAt === marker.initiatedAt && uploadId > UploadIdMarker))
      );
    });
    const page = listPage(
      (key, inclusive) => after.filter((upload) => upload.key > key || (inclusive && upload.key === key)),
      ({ key }) => key,
      { prefix: Prefix, delimiter: Delimiter, pageSize: most, after: '' },
    );
    const owner = ownerOf(parts.hash, accountId);
    return {
      Bucket: name,
      KeyMarker: write(KeyMarker),
      UploadIdMarker,
      ...(page.next !== undefined && {
        NextKeyMarker: write(page.next),
        NextUploadIdMarker: page.items.at(-1)?.uploadId ?? '',
      }),
      Prefix: write(Prefix),
      ...(Delimiter !== '' && { Delimiter: write(Delimiter) }),
      MaxUploads: most,
      IsTruncated: page.next !== undefined,
      ...(page.items.length > 0 && {
        Uploads: page.items.map((upload) => ({
          UploadId: upload.uploadId,
          Key: write(upload.key),
          Initiated: new Date(upload.initiatedAt),
          StorageClass: upload.description.storageClass,
          Owner: owner,
          Initiator: owner,
        })),
      }),
      ...(page.commonPrefixes.length > 0 && {
        CommonPrefixes: page.commonPrefixes.map((prefix) => ({ Prefix: write(prefix) })),
      }),
      ...(input.EncodingType !== undefined && { EncodingType: input.EncodingType }),
    };
  });
};

function compare(a: UploadRecord, b: UploadRecord): number {
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  return a.initiatedAt - b.initiatedAt || (a.uploadId < b.uploadId ? -1 : 1);
}

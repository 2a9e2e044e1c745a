import type { ListObjectVersionsOutput, ListObjectVersionsRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { listingView, listObjectsOf, nameWriter, readMaxKeys } from '../list-objects.ts';
import { quoted } from '../object-view.ts';
import { ownerOf } from '../owner.ts';
import type { S3Parts } from '../parts.ts';
import { bucketOf } from '../references.ts';

/** Of a bucket without versions: each object is its own latest one, called null. */
export const listObjectVersions: Operation<ListObjectVersionsRequest, ListObjectVersionsOutput, S3Parts> = (
  input,
  { call, store, parts },
) => {
  const { Prefix = '', Delimiter = '', KeyMarker = '' } = input;
  const maxKeys = readMaxKeys(input.MaxKeys);
  const write = nameWriter(input.EncodingType);
  return store.view((reader) => {
    const { name, accountId } = bucketOf(reader, input, call);
    const page = listObjectsOf(reader, name, { prefix: Prefix, delimiter: Delimiter, maxKeys, after: KeyMarker });
    const Owner = ownerOf(parts.hash, accountId);
    return {
      ...listingView(input, name, maxKeys, page),
      KeyMarker: write(KeyMarker),
      VersionIdMarker: input.VersionIdMarker ?? '',
      ...(page.next !== undefined && { NextKeyMarker: write(page.next), NextVersionIdMarker: 'null' }),
      ...(page.items.length > 0 && {
        Versions: page.items.map((object) => ({
          ETag: quoted(object.etag),
          Size: object.size,
          StorageClass: 'STANDARD' as const,
          Key: write(object.key),
          VersionId: 'null',
          IsLatest: true,
          LastModified: new Date(object.lastModifiedAt),
          Owner,
        })),
      }),
    };
  });
};

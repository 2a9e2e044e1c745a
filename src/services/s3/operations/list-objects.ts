import type { ListObjectsOutput, ListObjectsRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { listedObject, listingView, listObjectsOf, nameWriter, readMaxKeys } from '../list-objects.ts';
import { ownerOf } from '../owner.ts';
import type { S3Parts } from '../parts.ts';
import { bucketOf } from '../references.ts';

/** The first version. NextMarker is told where there is a delimiter; else the last key of the page is it. */
export const listObjects: Operation<ListObjectsRequest, ListObjectsOutput, S3Parts> = (
  input,
  { call, store, parts },
) => {
  const { Prefix = '', Delimiter = '', Marker = '' } = input;
  const maxKeys = readMaxKeys(input.MaxKeys);
  const write = nameWriter(input.EncodingType);
  return store.view((reader) => {
    const { name, accountId } = bucketOf(reader, input, call);
    const page = listObjectsOf(reader, name, { prefix: Prefix, delimiter: Delimiter, maxKeys, after: Marker });
    const Owner = ownerOf(parts.hash, accountId);
    return {
      ...listingView(input, name, maxKeys, page),
      Marker: write(Marker),
      ...(page.next !== undefined && Delimiter !== '' && { NextMarker: write(page.next) }),
      ...(page.items.length > 0 && {
        Contents: page.items.map((object) => ({ ...listedObject(object, write), Owner })),
      }),
    };
  });
};

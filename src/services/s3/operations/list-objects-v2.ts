import type { ListObjectsV2Output, ListObjectsV2Request } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { decodeToken, encodeToken } from '../../../core/page.ts';
import { invalidArgument } from '../errors.ts';
import { listedObject, listingView, listObjectsOf, nameWriter, readMaxKeys } from '../list-objects.ts';
import { ownerOf } from '../owner.ts';
import type { S3Parts } from '../parts.ts';
import { bucketOf } from '../references.ts';

export const listObjectsV2: Operation<ListObjectsV2Request, ListObjectsV2Output, S3Parts> = (
  input,
  { call, store, parts },
) => {
  const { Prefix = '', Delimiter = '', StartAfter = '', ContinuationToken } = input;
  const maxKeys = readMaxKeys(input.MaxKeys);
  const write = nameWriter(input.EncodingType);
  const after = ContinuationToken === undefined ? StartAfter : decodeToken(ContinuationToken);
  if (after === undefined || ContinuationToken === '') {
    throw invalidArgument('The continuation token provided is incorrect', 'continuation-token');
  }
  return store.view((reader) => {
    const { name, accountId } = bucketOf(reader, input, call);
    const page = listObjectsOf(reader, name, { prefix: Prefix, delimiter: Delimiter, maxKeys, after });
    const owner = input.FetchOwner ? { Owner: ownerOf(parts.hash, accountId) } : {};
    return {
      ...listingView(input, name, maxKeys, page),
      ...(page.items.length > 0 && {
        Contents: page.items.map((object) => ({ ...listedObject(object, write), ...owner })),
      }),
      KeyCount: page.items.length + page.commonPrefixes.length,
      ...(ContinuationToken !== undefined && { ContinuationToken }),
      ...(page.next !== undefined && { NextContinuationToken: encodeToken(page.next) }),
      ...(StartAfter !== '' && { StartAfter: write(StartAfter) }),
    };
  });
};

import type { ListBucketsOutput, ListBucketsRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { decodeToken, takePage } from '../../../core/page.ts';
import { scopeKey } from '../../../core/scope.ts';
import { invalidArgument } from '../errors.ts';
import { ownerOf } from '../owner.ts';
import type { S3Parts } from '../parts.ts';
import { buckets } from '../tables.ts';

/** Buckets by name. Differs from AWS: one region is served, so every bucket is in it. */
export const listBuckets: Operation<ListBucketsRequest, ListBucketsOutput, S3Parts> = (
  { Prefix = '', MaxBuckets, ContinuationToken, BucketRegion },
  { call, store, parts },
) => {
  const after = ContinuationToken === undefined ? '' : decodeToken(ContinuationToken);
  if (after === undefined) throw invalidArgument('The continuation token provided is incorrect', 'continuation-token');
  const found = store.view((reader) => {
    const all = reader.find(buckets, 'scope', scopeKey(call), after);
    const wanted = [...all].filter(
      ({ name, region }) => name.startsWith(Prefix) && (BucketRegion ?? region) === region,
    );
    return takePage(wanted, MaxBuckets ?? 10_000, ({ name }) => name);
  });
  return {
    Buckets: found.items.map(({ name, createdAt, region }) => ({
      Name: name,
      CreationDate: new Date(createdAt),
      ...(MaxBuckets !== undefined && { BucketRegion: region }),
    })),
    Owner: ownerOf(parts.hash, call.accountId),
    ...(found.nextToken !== undefined && { ContinuationToken: found.nextToken }),
    ...(Prefix !== '' && { Prefix }),
  };
};

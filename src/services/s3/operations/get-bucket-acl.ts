import type { GetBucketAclOutput, GetBucketAclRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { ownerOf } from '../owner.ts';
import type { S3Parts } from '../parts.ts';
import { bucketOf } from '../references.ts';

export const getBucketAcl: Operation<GetBucketAclRequest, GetBucketAclOutput, S3Parts> = (
  input,
  { call, store, parts },
) => {
  const { accountId } = store.view((reader) => bucketOf(reader, input, call));
  const owner = ownerOf(parts.hash, accountId);
  return { Owner: owner, Grants: [{ Grantee: { ...owner, Type: 'CanonicalUser' }, Permission: 'FULL_CONTROL' }] };
};

import type { GetObjectAclOutput, GetObjectAclRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { ownerOf } from '../owner.ts';
import type { S3Parts } from '../parts.ts';
import { bucketOf, objectOf } from '../references.ts';

export const getObjectAcl: Operation<GetObjectAclRequest, GetObjectAclOutput, S3Parts> = (
  input,
  { call, store, parts },
) => {
  const { accountId } = store.view((reader) => {
    objectOf(reader, input, call);
    return bucketOf(reader, input, call);
  });
  const owner = ownerOf(parts.hash, accountId);
  return { Owner: owner, Grants: [{ Grantee: { ...owner, Type: 'CanonicalUser' }, Permission: 'FULL_CONTROL' }] };
};

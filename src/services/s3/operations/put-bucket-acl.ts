import type { PutBucketAclRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { refuseAcl } from '../acls.ts';
import { ownerOf } from '../owner.ts';
import type { S3Parts } from '../parts.ts';
import { bucketOf } from '../references.ts';

/** Takes the list that every bucket has, and changes nothing. */
export const putBucketAcl: Operation<PutBucketAclRequest, object, S3Parts> = (input, { call, store, parts }) => {
  const bucket = store.view((reader) => bucketOf(reader, input, call));
  const { ACL, AccessControlPolicy, GrantFullControl, GrantRead, GrantReadACP, GrantWrite, GrantWriteACP } = input;
  refuseAcl(
    { ACL, AccessControlPolicy, GrantFullControl, GrantRead, GrantReadACP, GrantWrite, GrantWriteACP },
    bucket,
    ownerOf(parts.hash, bucket.accountId).ID,
  );
  return {};
};

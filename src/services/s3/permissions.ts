import type { Permission, Permissions } from '../../aws/permission.ts';
import { resourceTagConditions } from '../../aws/permission.ts';
import type { Reader } from '../../store/store.ts';
import { readCopySource } from './copy-source.ts';
import { buckets, objectKey, objects } from './tables.ts';
import { readTaggingHeader, tagSet } from './tags.ts';

/** What the inputs of S3 have in common, as far as permissions ask. */
interface Input {
  readonly Bucket: string;
  readonly Key: string;
  readonly Prefix?: string;
  readonly Delimiter?: string;
  readonly MaxKeys?: number;
  readonly Tagging?: unknown;
  readonly CopySource: string;
  readonly ACL?: string;
  readonly ServerSideEncryption?: string;
  readonly SSEKMSKeyId?: string;
  readonly StorageClass?: string;
  readonly MetadataDirective?: string;
  readonly Delete: { readonly Objects: readonly { readonly Key: string }[] };
}

type Conditions = NonNullable<Permission['conditions']>;

function permission(
  reader: Reader,
  bucketName: string,
  action: string,
  key?: string,
  conditions: Conditions = {},
): Permission {
  const bucket = reader.get(buckets, bucketName);
  const arn = `arn:aws:s3:::${bucketName}`;
  const object = key === undefined ? undefined : reader.get(objects, objectKey(bucketName, key));
  const existing = object
    ? Object.fromEntries(Object.entries(object.tags).map(([name, value]) => [`s3:ExistingObjectTag/${name}`, value]))
    : {};
  return {
    action: `s3:${action}`,
    resources: [key === undefined ? arn : `${arn}/${key}`],
    conditions: {
      ...existing,
      ...conditions,
      ...(bucket && { 's3:ResourceAccount': bucket.accountId }),
      ...(key === undefined && bucket && resourceTagConditions(tagsOf(bucket.tags))),
    },
    ...(bucket?.policy !== undefined && { resourcePolicy: bucket.policy }),
    ...(bucket && { resourceAccountId: bucket.accountId }),
  };
}

function onBucket(action: string): Permissions<Input> {
  return ({ Bucket: bucket }, { reader }) => [permission(reader, bucket, action)];
}

function onObject(action: string): Permissions<Input> {
  return ({ Bucket: bucket, Key: key }, { reader }) => [permission(reader, bucket, action, key)];
}

/**
 * Whether there is an object is told only to who may list the bucket: others are refused where there is none, and the
 * refusal is of ListBucket.
 */
function onRead(action: string): Permissions<Input> {
  return ({ Bucket: bucket, Key: key }, { reader }) => readOf(reader, bucket, key, action);
}

function readOf(reader: Reader, bucket: string, key: string, action: string): readonly Permission[] {
  const isMissing = reader.get(buckets, bucket) !== undefined && !reader.get(objects, objectKey(bucket, key));
  const read = permission(reader, bucket, action, key);
  return isMissing ? [read, permission(reader, bucket, 'ListBucket')] : [read];
}

const listing: Permissions<Input> = ({ Bucket: bucket, Prefix, Delimiter, MaxKeys }, { reader }) => [
  permission(reader, bucket, 'ListBucket', undefined, {
    's3:prefix': Prefix ?? '',
    ...(Delimiter !== undefined && { 's3:delimiter': Delimiter }),
    ...(MaxKeys !== undefined && { 's3:max-keys': String(MaxKeys) }),
  }),
];

/** Putting with tags asks for both, and both may ask for the tags. */
function writeOf(input: Input, reader: Reader, copied: Conditions = {}): readonly Permission[] {
  const { Bucket: bucket, Key: key, Tagging: tagging } = input;
  const isTagged = typeof tagging === 'string' && tagging !== '';
  const tags = isTagged ? tagSet(readTaggingHeader(tagging, Number.POSITIVE_INFINITY)) : [];
  const tagged: Conditions = {
    ...Object.fromEntries(tags.map(({ Key, Value }) => [`s3:RequestObjectTag/${Key}`, Value])),
    ...(tags.length > 0 && { 's3:RequestObjectTagKeys': tags.map(({ Key }) => Key) }),
  };
  const conditions: Conditions = {
    ...tagged,
    ...copied,
    ...(input.ACL !== undefined && { 's3:x-amz-acl': input.ACL }),
    ...(input.ServerSideEncryption !== undefined && { 's3:x-amz-server-side-encryption': input.ServerSideEncryption }),
    ...(input.SSEKMSKeyId !== undefined && { 's3:x-amz-server-side-encryption-aws-kms-key-id': input.SSEKMSKeyId }),
    ...(input.StorageClass !== undefined && { 's3:x-amz-storage-class': input.StorageClass }),
  };
  const put = permission(reader, bucket, 'PutObject', key, conditions);
  return isTagged ? [put, permission(reader, bucket, 'PutObjectTagging', key, tagged)] : [put];
}

const writing: Permissions<Input> = (input, { reader }) => writeOf(input, reader);

const copying: Permissions<Input> = (input, { reader }) => {
  const source = readCopySource(input.CopySource);
  const copied: Conditions = {
    's3:x-amz-copy-source': `${source.Bucket}/${source.Key}`,
    ...(input.MetadataDirective !== undefined && { 's3:x-amz-metadata-directive': input.MetadataDirective }),
  };
  return [...readOf(reader, source.Bucket, source.Key, 'GetObject'), ...writeOf(input, reader, copied)];
};

/** By operation: which action on which bucket or object it is. */
export const permissions: Readonly<Record<string, Permissions<never>>> = {
  ListBuckets: () => [{ action: 's3:ListAllMyBuckets', resources: ['*'] }],
  CreateBucket: onBucket('CreateBucket'),
  HeadBucket: onBucket('ListBucket'),
  DeleteBucket: onBucket('DeleteBucket'),
  GetBucketLocation: onBucket('GetBucketLocation'),
  GetBucketTagging: onBucket('GetBucketTagging'),
  PutBucketTagging: onBucket('PutBucketTagging'),
  DeleteBucketTagging: onBucket('PutBucketTagging'),
  GetBucketPolicy: onBucket('GetBucketPolicy'),
  PutBucketPolicy: onBucket('PutBucketPolicy'),
  DeleteBucketPolicy: onBucket('DeleteBucketPolicy'),
  GetBucketPolicyStatus: onBucket('GetBucketPolicyStatus'),
  GetPublicAccessBlock: onBucket('GetBucketPublicAccessBlock'),
  PutPublicAccessBlock: onBucket('PutBucketPublicAccessBlock'),
  DeletePublicAccessBlock: onBucket('PutBucketPublicAccessBlock'),
  GetBucketOwnershipControls: onBucket('GetBucketOwnershipControls'),
  PutBucketOwnershipControls: onBucket('PutBucketOwnershipControls'),
  DeleteBucketOwnershipControls: onBucket('PutBucketOwnershipControls'),
  GetBucketEncryption: onBucket('GetEncryptionConfiguration'),
  PutBucketEncryption: onBucket('PutEncryptionConfiguration'),
  DeleteBucketEncryption: onBucket('PutEncryptionConfiguration'),
  GetBucketVersioning: onBucket('GetBucketVersioning'),
  PutBucketVersioning: onBucket('PutBucketVersioning'),
  GetBucketAcl: onBucket('GetBucketAcl'),
  PutBucketAcl: onBucket('PutBucketAcl'),
  GetBucketCors: onBucket('GetBucketCORS'),
  GetBucketLifecycleConfiguration: onBucket('GetLifecycleConfiguration'),
  GetBucketWebsite: onBucket('GetBucketWebsite'),
  GetBucketLogging: onBucket('GetBucketLogging'),
  GetBucketReplication: onBucket('GetReplicationConfiguration'),
  GetBucketRequestPayment: onBucket('GetBucketRequestPayment'),
  GetBucketAccelerateConfiguration: onBucket('GetAccelerateConfiguration'),
  GetBucketNotificationConfiguration: onBucket('GetBucketNotification'),
  GetObjectLockConfiguration: onBucket('GetBucketObjectLockConfiguration'),
  ListObjects: listing,
  ListObjectsV2: listing,
  ListObjectVersions: ({ Bucket: bucket, Prefix: prefix }: Input, { reader }) => [
    permission(reader, bucket, 'ListBucketVersions', undefined, { 's3:prefix': prefix ?? '' }),
  ],
  ListMultipartUploads: onBucket('ListBucketMultipartUploads'),
  GetObject: onRead('GetObject'),
  HeadObject: onRead('GetObject'),
  GetObjectAttributes: ({ Bucket: bucket, Key: key }: Input, { reader }) => [
    ...readOf(reader, bucket, key, 'GetObject'),
    permission(reader, bucket, 'GetObjectAttributes', key),
  ],
  GetObjectAcl: onObject('GetObjectAcl'),
  PutObjectAcl: onObject('PutObjectAcl'),
  GetObjectTagging: onObject('GetObjectTagging'),
  PutObjectTagging: onObject('PutObjectTagging'),
  DeleteObjectTagging: onObject('DeleteObjectTagging'),
  PutObject: writing,
  CreateMultipartUpload: writing,
  UploadPart: onObject('PutObject'),
  UploadPartCopy: copying,
  CompleteMultipartUpload: onObject('PutObject'),
  AbortMultipartUpload: onObject('AbortMultipartUpload'),
  ListParts: onObject('ListMultipartUploadParts'),
  CopyObject: copying,
  DeleteObject: onObject('DeleteObject'),
  DeleteObjects: ({ Bucket: bucket, Delete: { Objects: wanted } }: Input, { reader }) =>
    wanted.map(({ Key: key }) => permission(reader, bucket, 'DeleteObject', key)),
};

function tagsOf(tags: Readonly<Record<string, string>>): readonly { readonly key: string; readonly value: string }[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}

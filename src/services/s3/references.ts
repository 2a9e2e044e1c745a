import type { Call } from '../../aws/operation.ts';
import type { Reader } from '../../store/store.ts';
import { accessDenied, invalidArgument, keyTooLong, noSuchBucket, noSuchKey, noSuchUpload } from './errors.ts';
import { limits } from './rules/limits.ts';
import {
  type BucketRecord,
  buckets,
  objectKey,
  type ObjectRecord,
  objects,
  type UploadRecord,
  uploads,
} from './tables.ts';

interface BucketInput {
  readonly Bucket: string;
  readonly ExpectedBucketOwner?: string | undefined;
}

/** The bucket that a request names. Policies have been asked before; what is left is the owner that the client expects. */
export function bucketOf(reader: Reader, input: BucketInput, call: Call): BucketRecord {
  const bucket = reader.get(buckets, input.Bucket);
  if (!bucket) throw noSuchBucket(input.Bucket);
  const expected = input.ExpectedBucketOwner;
  if (expected !== undefined && expected !== bucket.accountId) throw accessDenied();
  // The root user of an account may do all, in its own account.
  if (bucket.accountId !== call.accountId && call.principal.arn.endsWith(':root')) throw accessDenied();
  return bucket;
}

interface ObjectInput extends BucketInput {
  readonly Key: string;
  readonly VersionId?: string | undefined;
}

export function objectOf(reader: Reader, input: ObjectInput, call: Call): ObjectRecord {
  bucketOf(reader, input, call);
  checkVersion(input.VersionId);
  const object = reader.get(objects, objectKey(input.Bucket, input.Key));
  if (!object) throw noSuchKey(input.Key);
  return object;
}

export function uploadOf(
  reader: Reader,
  input: BucketInput & { readonly Key: string; readonly UploadId: string },
  call: Call,
): UploadRecord {
  bucketOf(reader, input, call);
  const upload = reader.get(uploads, input.UploadId);
  if (upload?.bucket !== input.Bucket || upload.key !== input.Key) throw noSuchUpload(input.UploadId);
  return upload;
}

/** Objects have no versions but the one that is called null. */
export function checkVersion(versionId: string | undefined): void {
  if (versionId !== undefined && versionId !== 'null') {
    throw invalidArgument('Invalid version id specified', 'versionId', versionId);
  }
}

export function checkKey(key: string): void {
  if (new TextEncoder().encode(key).length > limits.keyBytes) throw keyTooLong();
}

import { refuseGrants } from './acls.ts';
import { metadataTooLarge, invalidArgument, notBuilt } from './errors.ts';
import { limits } from './rules/limits.ts';
import { type BucketEncryption, type BucketRecord, type ObjectDescription, storageClasses } from './tables.ts';

/** The members by which PutObject, CreateMultipartUpload and CopyObject describe an object. */
export interface DescriptionInput {
  readonly ACL?: string | undefined;
  readonly CacheControl?: string | undefined;
  readonly ContentDisposition?: string | undefined;
  readonly ContentEncoding?: string | undefined;
  readonly ContentLanguage?: string | undefined;
  readonly ContentType?: string | undefined;
  readonly Expires?: Date | undefined;
  readonly GrantFullControl?: string | undefined;
  readonly GrantRead?: string | undefined;
  readonly GrantReadACP?: string | undefined;
  readonly GrantWriteACP?: string | undefined;
  readonly Metadata?: Readonly<Record<string, string>> | undefined;
  readonly ServerSideEncryption?: string | undefined;
  readonly StorageClass?: string | undefined;
  readonly WebsiteRedirectLocation?: string | undefined;
  readonly SSECustomerAlgorithm?: string | undefined;
  readonly SSEKMSKeyId?: string | undefined;
  readonly BucketKeyEnabled?: boolean | undefined;
  readonly ObjectLockMode?: string | undefined;
  readonly ObjectLockLegalHoldStatus?: string | undefined;
}

/** What is kept of it; refuses what would have an effect that is not there. */
export function describe(input: DescriptionInput, bucket: BucketRecord): ObjectDescription {
  refuseUnbuilt(input, bucket);
  const metadata = input.Metadata ?? {};
  const metadataBytes = Object.entries(metadata).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (metadataBytes > limits.metadataBytes) throw metadataTooLarge();
  const storageClass = storageClasses.find((name) => name === (input.StorageClass ?? 'STANDARD'));
  if (storageClass === undefined) {
    throw invalidArgument(
      'The storage class you specified is not valid, or is not served here',
      'x-amz-storage-class',
      input.StorageClass,
    );
  }
  const contentEncoding = withoutAwsChunked(input.ContentEncoding);
  return {
    contentType: input.ContentType ?? 'binary/octet-stream',
    ...(input.CacheControl !== undefined && { cacheControl: input.CacheControl }),
    ...(input.ContentDisposition !== undefined && { contentDisposition: input.ContentDisposition }),
    ...(contentEncoding !== undefined && { contentEncoding }),
    ...(input.ContentLanguage !== undefined && { contentLanguage: input.ContentLanguage }),
    ...(input.Expires !== undefined && { expires: input.Expires.toUTCString() }),
    ...(input.WebsiteRedirectLocation !== undefined && { websiteRedirectLocation: input.WebsiteRedirectLocation }),
    metadata,
    storageClass,
    encryption: encryptionOf(input, bucket),
  };
}

function refuseUnbuilt(input: DescriptionInput, bucket: BucketRecord): void {
  refuseGrants(input, bucket);
  if (input.SSECustomerAlgorithm !== undefined) throw notBuilt('encryption with keys that customers provide');
  if (input.ObjectLockMode !== undefined || input.ObjectLockLegalHoldStatus !== undefined)
    throw notBuilt('object lock');
}

/** How the body came over the wire is not how the object is encoded. */
function withoutAwsChunked(encoding: string | undefined): string | undefined {
  const left = encoding
    ?.split(',')
    .map((part) => part.trim())
    .filter((part) => part !== 'aws-chunked' && part !== '');
  return left === undefined || left.length === 0 ? undefined : left.join(',');
}

function encryptionOf(input: DescriptionInput, bucket: BucketRecord): BucketEncryption {
  const algorithm = input.ServerSideEncryption;
  if (algorithm === undefined) return bucket.encryption;
  if (algorithm === 'AES256') return { algorithm, bucketKeyEnabled: false };
  if (algorithm === 'aws:kms' || algorithm === 'aws:kms:dsse') {
    return {
      algorithm,
      ...(input.SSEKMSKeyId !== undefined && { kmsKeyId: input.SSEKMSKeyId }),
      bucketKeyEnabled: input.BucketKeyEnabled ?? false,
    };
  }
  throw invalidArgument('The encryption method specified is not supported', 'x-amz-server-side-encryption', algorithm);
}

/** As the answers of writes and reads tell it. */
export function encryptionView({ algorithm, kmsKeyId, bucketKeyEnabled }: BucketEncryption): {
  readonly ServerSideEncryption: BucketEncryption['algorithm'];
  readonly SSEKMSKeyId?: string;
  readonly BucketKeyEnabled?: boolean;
} {
  return {
    ServerSideEncryption: algorithm,
    ...(kmsKeyId !== undefined && { SSEKMSKeyId: kmsKeyId }),
    ...(bucketKeyEnabled && { BucketKeyEnabled: true }),
  };
}

/** The records of S3; private to this folder. Bytes are in files, under the ids that segments name. */
import type { Checksum } from '../../aws/payload/checksum.ts';
import type { Instant } from '../../core/instant.ts';
import type { Scope } from '../../core/scope.ts';
import { scopeKey } from '../../core/scope.ts';
import type { Segment } from '../../dataplane/object-files/contract.ts';
import { projection, table } from '../../store/table.ts';

/** Names are unique over all accounts. */
export interface BucketRecord extends Scope {
  readonly name: string;
  readonly createdAt: Instant;
  readonly tags: Readonly<Record<string, string>>;
  /** JSON text, as it was put. */
  readonly policy?: string;
  readonly publicAccessBlock?: PublicAccessBlock;
  readonly objectOwnership?: ObjectOwnership;
  readonly encryption: BucketEncryption;
  /** It was enabled never: that is refused. Suspended is what it says when it was asked for. */
  readonly versioning?: 'Suspended';
}

export interface PublicAccessBlock {
  readonly BlockPublicAcls: boolean;
  readonly IgnorePublicAcls: boolean;
  readonly BlockPublicPolicy: boolean;
  readonly RestrictPublicBuckets: boolean;
}

export type ObjectOwnership = 'BucketOwnerEnforced' | 'BucketOwnerPreferred' | 'ObjectWriter';

export interface BucketEncryption {
  readonly algorithm: 'AES256' | 'aws:kms' | 'aws:kms:dsse';
  readonly kmsKeyId?: string;
  readonly bucketKeyEnabled: boolean;
}

export const buckets = table<BucketRecord>()({
  name: 's3.buckets',
  key: ({ name }) => name,
  indexes: { scope: scopeKey },
});

/** What a client says about an object besides its bytes. */
export interface ObjectDescription {
  readonly contentType: string;
  readonly cacheControl?: string;
  readonly contentDisposition?: string;
  readonly contentEncoding?: string;
  readonly contentLanguage?: string;
  /** As it came. */
  readonly expires?: string;
  readonly websiteRedirectLocation?: string;
  /** Names in lower case, without x-amz-meta-. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly storageClass: StorageClass;
  readonly encryption: BucketEncryption;
}

/** Kept and told; all are served alike. */
export const storageClasses = [
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER_IR',
] as const;

export type StorageClass = (typeof storageClasses)[number];

export interface StoredChecksum extends Checksum {
  /** Whether it is of all bytes, or of the parts' checksums. */
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
}

export interface ObjectRecord {
  readonly description: ObjectDescription;
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  /** Without its quotes. */
  readonly etag: string;
  readonly lastModifiedAt: Instant;
  readonly segments: readonly Segment[];
  readonly tags: Readonly<Record<string, string>>;
  readonly checksum?: StoredChecksum;
  /** Of an object that was uploaded in parts: they, and the upload. */
  readonly parts?: readonly CompletedPart[];
  readonly uploadId?: string;
}

export interface CompletedPart {
  readonly partNumber: number;
  readonly size: number;
  readonly checksum?: string;
}

export const objects = table<ObjectRecord>()({
  name: 's3.objects',
  key: ({ bucket, key }) => objectKey(bucket, key),
  indexes: {},
});

/** A bucket's objects stand together, in the order of their keys: a bucket's name holds no slash. */
export function objectKey(bucket: string, key: string): string {
  return `${bucket}/${key}`;
}

/** A multipart upload under way. */
export interface UploadRecord {
  readonly description: ObjectDescription;
  readonly uploadId: string;
  readonly bucket: string;
  readonly key: string;
  readonly initiatedAt: Instant;
  readonly tags: Readonly<Record<string, string>>;
  readonly checksumAlgorithm?: Checksum['algorithm'];
  readonly checksumType?: StoredChecksum['type'];
}

export const uploads = table<UploadRecord>()({
  name: 's3.uploads',
  key: ({ uploadId }) => uploadId,
  indexes: { bucket: ({ bucket }) => bucket },
});

export interface PartRecord {
  readonly uploadId: string;
  readonly partNumber: number;
  readonly size: number;
  readonly etag: string;
  readonly lastModifiedAt: Instant;
  readonly segments: readonly Segment[];
  readonly checksum?: Checksum;
}

export const parts = table<PartRecord>()({
  name: 's3.parts',
  key: ({ uploadId, partNumber }) => partKey(uploadId, partNumber),
  indexes: { upload: ({ uploadId }) => uploadId },
});

export function partKey(uploadId: string, partNumber: number): string {
  return `${uploadId}/${String(partNumber).padStart(5, '0')}`;
}

/** A content to which nothing refers any more: its file goes, and then this. */
export interface UnreferencedContentRecord {
  readonly contentId: string;
}

export const unreferencedContents = table<UnreferencedContentRecord>()({
  name: 's3.unreferenced-contents',
  key: ({ contentId }) => contentId,
  indexes: {},
});

/** By content id, how many objects refer to it: copies share their bytes. */
export const objectReferences = projection<ObjectRecord, Map<string, number>>({
  of: objects,
  create: () => new Map(),
  apply: count,
});

/** The same of parts. */
export const partReferences = projection<PartRecord, Map<string, number>>({
  of: parts,
  create: () => new Map(),
  apply: count,
});

function count(
  references: Map<string, number>,
  before: { readonly segments: readonly Segment[] } | undefined,
  after: { readonly segments: readonly Segment[] } | undefined,
): void {
  for (const { contentId } of after?.segments ?? []) references.set(contentId, (references.get(contentId) ?? 0) + 1);
  for (const { contentId } of before?.segments ?? []) {
    const left = (references.get(contentId) ?? 0) - 1;
    if (left === 0) references.delete(contentId);
    else references.set(contentId, left);
  }
}

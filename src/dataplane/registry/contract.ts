/**
 * The image registry as its two sides see it. This folder speaks the OCI distribution protocol over HTTP and keeps the
 * bytes (`BlobFiles`); who may do what, and which repository holds what, the ECR service says (`RegistryState`).
 */

// --- bytes --------------------------------------------------------------------------------------------------------

/** `sha256:` and 64 lower-case hex digits: the only digests that are taken, so that a digest is always a safe file name. */
export type Digest = `sha256:${string}`;

export function isDigest(text: string): text is Digest {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}

/**
 * Layers, configurations and manifests on disk, each once under its digest, whichever repositories hold it. What the disk
 * throws is thrown on: see isFull for one that is full.
 */
export interface BlobFiles {
  /** Makes the empty upload; `uploadId` is letters, digits and dashes, and never used twice. */
  beginUpload(uploadId: string): Promise<void>;
  /** Bytes received so far; undefined when there is no such upload. */
  uploadedBytes(uploadId: string): Promise<number | undefined>;
  /**
   * Adds bytes as they come, with memory that does not grow with them, and gives how many there are then. What came
   * before a failure stays, so that the sender can go on from there. Throws UploadGone, UploadBusy.
   */
  append(uploadId: string, bytes: AsyncIterable<Uint8Array>): Promise<number>;
  /**
   * Checks the digest, makes the bytes durable under it and then runs `record`, during which nothing removes them.
   * Gives the size. Throws DigestMismatch, which ends the upload, UploadGone, UploadBusy.
   */
  finishUpload(uploadId: string, digest: Digest, record: (sizeBytes: number) => Promise<void>): Promise<number>;
  cancelUpload(uploadId: string): Promise<void>;
  /** Ids of all uploads under way. */
  uploads(): Promise<readonly string[]>;

  /** Keeps a small blob (a manifest) whose digest is known to be right, and then runs `record`. */
  write(digest: Digest, bytes: Uint8Array, record: () => Promise<void>): Promise<void>;
  /** Undefined when there is no such blob. */
  read(digest: Digest): Promise<Uint8Array | undefined>;
  /** The bytes of a range of a blob that is there. */
  stream(digest: Digest, offset: number, length: number): AsyncIterable<Uint8Array>;
  /** Removes the blob if it is still unwanted at the moment when nobody else can make it wanted. */
  removeIf(digest: Digest, isUnwanted: () => Promise<boolean>): Promise<void>;
  /** All blobs, a directory at a time. */
  digests(): AsyncIterable<Digest>;
}

export class DigestMismatch extends Error {
  override readonly name = 'DigestMismatch';
}

export class UploadGone extends Error {
  override readonly name = 'UploadGone';
}

/** Another request is adding to this upload. */
export class UploadBusy extends Error {
  override readonly name = 'UploadBusy';
}

// --- state --------------------------------------------------------------------------------------------------------

/** What the registry asks of the ECR service. */
export interface RegistryState<Caller = unknown> {
  /** Who these credentials speak for; undefined when they are nobody's, or too old. */
  authenticate(credentials: Credentials, origin: Origin): Caller | undefined;
  /** The repository, if the caller may take this action on it. Throws RegistryError. */
  repository(caller: Caller, name: string, action: RepositoryAction): Promise<RepositoryAccess>;
  /** Names of the repositories after this name, in order. Throws RegistryError. */
  repositories(caller: Caller, after: string | undefined, limit: number): Listing;
  /** The blob that a link of GetDownloadUrlForLayer gives to whoever has the link; undefined when it is none, or too old. */
  download(link: string): (BlobEntry & { readonly digest: Digest }) | undefined;
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface Origin {
  /** The base URL under which the client reached us. */
  readonly endpoint: string;
  readonly sourceAddress: string;
}

/** ECR's own names of what a client of the registry does, by which policies decide. */
export type RepositoryAction =
  | 'BatchCheckLayerAvailability'
  | 'BatchDeleteImage'
  | 'BatchGetImage'
  | 'CompleteLayerUpload'
  | 'GetDownloadUrlForLayer'
  | 'InitiateLayerUpload'
  | 'ListImageReferrers'
  | 'ListImages'
  | 'PutImage'
  | 'UploadLayerPart';

/** One repository, for the length of one request. Writes are durable when they resolve. All throw RegistryError. */
export interface RepositoryAccess {
  newUploadId(): string;
  /** Whether the upload was begun for this repository. */
  ownsUpload(uploadId: string): boolean;
  /** A blob of this repository that a client may push upon: it is not collected within the next hour. */
  layer(digest: Digest): Promise<BlobEntry | undefined>;
  addLayer(digest: Digest, sizeBytes: number): Promise<void>;
  /** Takes over a blob of another repository that the caller may read; false where there is none. */
  mountLayer(digest: Digest, from: string): Promise<boolean>;
  removeLayer(digest: Digest): Promise<void>;

  /** By tag or digest. */
  manifest(reference: string): Promise<ManifestEntry | undefined>;
  /** Told when a client takes a manifest, which is what a pull is. */
  notePull(digest: Digest): void;
  putManifest(reference: string, bytes: Uint8Array, mediaType: string | undefined): Promise<PutManifest>;
  /** A tag alone goes by its tag; a manifest and all of its tags by its digest. */
  removeManifest(reference: string): Promise<void>;
  tags(after: string | undefined, limit: number): Listing;
  referrers(digest: Digest, artifactType: string | undefined): readonly Referrer[];
}

export interface BlobEntry {
  readonly sizeBytes: number;
}

export interface ManifestEntry {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly sizeBytes: number;
}

export interface PutManifest {
  readonly digest: Digest;
  readonly subject?: Digest;
}

export interface Listing {
  readonly names: readonly string[];
  /** Whether there are more after these. */
  readonly more: boolean;
}

/** A descriptor of the OCI image specification. */
export interface Referrer {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The specification's error codes, and the status each comes with. */
export const registryErrorStatus = {
  BLOB_UNKNOWN: 404,
  BLOB_UPLOAD_INVALID: 400,
  BLOB_UPLOAD_UNKNOWN: 404,
  DENIED: 403,
  DIGEST_INVALID: 400,
  MANIFEST_BLOB_UNKNOWN: 400,
  MANIFEST_INVALID: 400,
  MANIFEST_UNKNOWN: 404,
  NAME_INVALID: 400,
  NAME_UNKNOWN: 404,
  /** Docker's own. */
  PAGINATION_NUMBER_INVALID: 400,
  RANGE_INVALID: 416,
  SIZE_INVALID: 413,
  TAG_INVALID: 400,
  UNAUTHORIZED: 401,
  UNSUPPORTED: 405,
} as const;

export type RegistryErrorCode = keyof typeof registryErrorStatus;

/** A client's mistake, or a refusal, in the protocol's words. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  readonly code: RegistryErrorCode;
  constructor(code: RegistryErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

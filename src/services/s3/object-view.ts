import { encryptionView } from './object-description.ts';
import type { ObjectRecord, StoredChecksum } from './tables.ts';

/** What HeadObject and GetObject tell of an object, in the SDK's names. */
export function objectView(object: ObjectRecord, withChecksum: boolean) {
  const { description } = object;
  const tagCount = Object.keys(object.tags).length;
  return {
    AcceptRanges: 'bytes',
    LastModified: new Date(object.lastModifiedAt),
    ContentLength: object.size,
    ETag: quoted(object.etag),
    ContentType: description.contentType,
    ...(description.cacheControl !== undefined && { CacheControl: description.cacheControl }),
    ...(description.contentDisposition !== undefined && { ContentDisposition: description.contentDisposition }),
    ...(description.contentEncoding !== undefined && { ContentEncoding: description.contentEncoding }),
    ...(description.contentLanguage !== undefined && { ContentLanguage: description.contentLanguage }),
    ...(description.expires !== undefined && { Expires: new Date(description.expires) }),
    ...(description.websiteRedirectLocation !== undefined && {
      WebsiteRedirectLocation: description.websiteRedirectLocation,
    }),
    Metadata: description.metadata,
    ...(description.storageClass !== 'STANDARD' && { StorageClass: description.storageClass }),
    ...encryptionView(description.encryption),
    ...(tagCount > 0 && { TagCount: tagCount }),
    ...(withChecksum && checksumView(object.checksum)),
  };
}

export function quoted(etag: string): string {
  return `"${etag}"`;
}

export function checksumView(checksum: StoredChecksum | undefined): Readonly<Record<string, string>> {
  if (!checksum) return {};
  return { [`Checksum${checksum.algorithm}`]: checksum.value, ChecksumType: checksum.type };
}

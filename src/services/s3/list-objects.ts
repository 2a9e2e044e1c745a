import type { Reader } from '../../store/store.ts';
import { invalidArgument } from './errors.ts';
import { type ListedPage, listPage } from './rules/listing.ts';
import { limits } from './rules/limits.ts';
import { objectKey, type ObjectRecord, objects } from './tables.ts';
import { quoted } from './object-view.ts';

/** One page of a bucket's objects. */
export function listObjectsOf(
  reader: Reader,
  bucket: string,
  request: { readonly prefix: string; readonly delimiter: string; readonly maxKeys: number; readonly after: string },
): ListedPage<ObjectRecord> {
  if (request.maxKeys === 0) return { items: [], commonPrefixes: [] };
  return listPage(
    (key, inclusive) => from(reader, bucket, key, inclusive),
    ({ key }) => key,
    {
      ...request,
      pageSize: request.maxKeys,
    },
  );
}

function* from(reader: Reader, bucket: string, key: string, inclusive: boolean): Iterable<ObjectRecord> {
  if (inclusive && key !== '') {
    const first = reader.get(objects, objectKey(bucket, key));
    if (first) yield first;
  }
  for (const object of reader.list(objects, objectKey(bucket, key))) {
    if (object.bucket !== bucket) return;
    yield object;
  }
}

export function readMaxKeys(maxKeys: number | undefined): number {
  if (maxKeys === undefined) return limits.listPage;
  if (maxKeys < 0 || maxKeys > 2_147_483_647) {
    throw invalidArgument('Argument maxKeys must be an integer between 0 and 2147483647', 'maxKeys', String(maxKeys));
  }
  return Math.min(maxKeys, limits.listPage);
}

/** Writes names as the client asked: a key may hold characters that XML cannot. */
export function nameWriter(encodingType: string | undefined): (name: string) => string {
  if (encodingType === undefined) return (name) => name;
  if (encodingType !== 'url') {
    throw invalidArgument('Invalid Encoding Method specified in Request', 'encoding-type', encodingType);
  }
  return (name) =>
    encodeURIComponent(name)
      .replaceAll('%2F', '/')
      .replace(/[!'()]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
      .replaceAll('%20', '+');
}

/** What all three kinds of listing tell beside the objects. */
export function listingView(
  input: {
    readonly Prefix?: string | undefined;
    readonly Delimiter?: string | undefined;
    readonly EncodingType?: 'url' | undefined;
  },
  bucket: string,
  maxKeys: number,
  page: ListedPage<ObjectRecord>,
) {
  const { Prefix = '', Delimiter = '', EncodingType } = input;
  const write = nameWriter(EncodingType);
  return {
    IsTruncated: page.next !== undefined,
    Name: bucket,
    Prefix: write(Prefix),
    ...(Delimiter !== '' && { Delimiter: write(Delimiter) }),
    MaxKeys: maxKeys,
    ...(page.commonPrefixes.length > 0 && {
      CommonPrefixes: page.commonPrefixes.map((prefix) => ({ Prefix: write(prefix) })),
    }),
    ...(EncodingType !== undefined && { EncodingType }),
  };
}

export function listedObject(object: ObjectRecord, write: (name: string) => string) {
  return {
    Key: write(object.key),
    LastModified: new Date(object.lastModifiedAt),
    ETag: quoted(object.etag),
    ...(object.checksum && {
      ChecksumAlgorithm: [object.checksum.algorithm],
      ChecksumType: object.checksum.type,
    }),
    Size: object.size,
    StorageClass: object.description.storageClass,
  };
}

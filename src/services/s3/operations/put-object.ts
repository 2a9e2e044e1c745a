import type { PutObjectOutput, PutObjectRequest } from '@aws-sdk/client-s3';
import type { OperationContext } from '../../../aws/operation.ts';
import { invalidRequest, notBuilt } from '../errors.ts';
import { describe, encryptionView } from '../object-description.ts';
import { checksumView, quoted } from '../object-view.ts';
import type { S3Parts } from '../parts.ts';
import { receiveContent } from '../receive-content.ts';
import { bucketOf, checkKey } from '../references.ts';
import { limits } from '../rules/limits.ts';
import type { Streamed } from '../streamed.ts';
import { type ObjectRecord, objects, type StoredChecksum } from '../tables.ts';
import { readTaggingHeader } from '../tags.ts';
import { checkWrite } from '../write-conditions.ts';

/** The object is there, whole and durable, when the answer goes out; until then, and if anything fails, what was there before. */
export async function putObject(
  input: Streamed<PutObjectRequest>,
  { call, store, parts }: OperationContext<S3Parts>,
): Promise<PutObjectOutput> {
  checkKey(input.Key);
  if (input.WriteOffsetBytes !== undefined) throw notBuilt('appending to objects');
  const tags = readTaggingHeader(input.Tagging, limits.objectTags);
  const description = store.view((reader) => {
    checkWrite(reader, input); // what must fail may fail before the body is taken in
    return describe(input, bucketOf(reader, input, call));
  });
  return receiveContent(parts, input.Body, input.ContentMD5, async (content) => {
    const given = input.Body?.checksum();
    const checksum: StoredChecksum | undefined = given && { ...given, type: 'FULL_OBJECT' };
    if (input.ChecksumAlgorithm !== undefined && !checksum) {
      throw invalidRequest(
        'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
      );
    }
    await store.update((tx, env) => {
      bucketOf(tx, input, call);
      checkWrite(tx, input);
      const record: ObjectRecord = {
        description,
        bucket: input.Bucket,
        key: input.Key,
        size: content.size,
        etag: content.md5,
        lastModifiedAt: env.now,
        segments: content.segments,
        tags,
        ...(checksum && { checksum }),
      };
      tx.put(objects, record);
    });
    return { ETag: quoted(content.md5), ...encryptionView(description.encryption), ...checksumView(checksum) };
  });
}

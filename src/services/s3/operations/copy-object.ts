import type { CopyObjectOutput, CopyObjectRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import { copySourceOf } from '../copy-source.ts';
import { invalidRequest } from '../errors.ts';
import { describe, encryptionView } from '../object-description.ts';
import { checksumView, quoted } from '../object-view.ts';
import type { S3Parts } from '../parts.ts';
import { bucketOf, checkKey } from '../references.ts';
import { limits } from '../rules/limits.ts';
import { type ObjectRecord, objects } from '../tables.ts';
import { readTaggingHeader } from '../tags.ts';
import { checkWrite } from '../write-conditions.ts';

/**
 * No byte is copied: the new object refers to the contents of the old one, which nothing ever changes.
 * Differs from AWS: a copy of an object that was uploaded in parts keeps its ETag and its parts.
 */
export const copyObject: Operation<CopyObjectRequest, CopyObjectOutput, S3Parts> = async (input, { call, store }) => {
  checkKey(input.Key);
  const replacesMetadata = input.MetadataDirective === 'REPLACE';
  const replacesTags = input.TaggingDirective === 'REPLACE';
  const tags = readTaggingHeader(input.Tagging, limits.objectTags);
  const written = await store.update((tx, env): ObjectRecord => {
    const source = copySourceOf(tx, input, call);
    const bucket = bucketOf(tx, input, call);
    checkWrite(tx, input);
    const described = describe(input, bucket);
    const isSame = source.bucket === input.Bucket && source.key === input.Key;
    const changesNothing =
      !replacesMetadata &&
      input.StorageClass === undefined &&
      input.ServerSideEncryption === undefined &&
      !replacesTags;
    if (isSame && changesNothing) {
      throw invalidRequest(
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
      );
    }
    const { storageClass, encryption } = described;
    const record: ObjectRecord = {
      ...source,
      description: replacesMetadata ? described : { ...source.description, storageClass, encryption },
      bucket: input.Bucket,
      key: input.Key,
      lastModifiedAt: env.now,
      tags: replacesTags ? tags : source.tags,
    };
    tx.put(objects, record);
    return record;
  });
  return {
    CopyObjectResult: {
      ETag: quoted(written.etag),
      LastModified: new Date(written.lastModifiedAt),
      ...checksumView(written.checksum),
    },
    ...encryptionView(written.description.encryption),
  };
};

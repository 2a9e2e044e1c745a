/** Why an image of a batch is not given or not deleted, in AWS's codes and words. */
import type { ImageFailure } from '@aws-sdk/client-ecr';
import type { Answer } from '../../aws/operation.ts';
import type { Reader } from '../../store/store.ts';
import { isDigest } from '../../dataplane/registry/contract.ts';
import { invalidParameter } from './errors.ts';
import type { ImageIdentifier } from './references.ts';
import { limits } from './rules/limits.ts';
import { isTag } from './rules/names.ts';
import { type ImageRecord, imageTags, type RepositoryRecord, tagKey } from './tables.ts';

/** Throws InvalidParameterException. */
export function checkBatch(members: readonly unknown[], name = 'imageIds', most: number = limits.batchImages): void {
  if (members.length >= 1 && members.length <= most) return;
  throw invalidParameter(
    `Invalid parameter at '${name}' failed to satisfy constraint: 'Member must have length from 1 to ${most}'`,
  );
}

/** `image` is what was found under the identifier. */
export function imageFailure(
  reader: Reader,
  repository: RepositoryRecord,
  imageId: ImageIdentifier,
  image: ImageRecord | undefined,
): Answer<ImageFailure> | undefined {
  const { imageDigest, imageTag } = imageId;
  const fail = (
    failureCode: NonNullable<ImageFailure['failureCode']>,
    failureReason: string,
  ): Answer<ImageFailure> => ({
    imageId: {
      ...(imageDigest === undefined ? {} : { imageDigest }),
      ...(imageTag === undefined ? {} : { imageTag }),
    },
    failureCode,
    failureReason,
  });
  if (imageDigest === undefined && imageTag === undefined) {
    return fail('MissingDigestAndTag', 'Invalid request parameters: both tag and digest cannot be null');
  }
  if (imageDigest !== undefined && !isDigest(imageDigest)) {
    return fail(
      'InvalidImageDigest',
      "Invalid request parameters: image digest should satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'",
    );
  }
  if (imageTag !== undefined && !isTag(imageTag)) {
    return fail('InvalidImageTag', "Invalid request parameters: image tag should satisfy the regex '[a-zA-Z0-9-_.]+'");
  }
  if (image) {
    if (image.archivedAt === undefined) return undefined;
    return fail('ImageInaccessible', 'The image is archived. Restore it with UpdateImageStorageClass.');
  }
  const named = imageTag === undefined ? undefined : reader.get(imageTags, tagKey(repository.id, imageTag));
  if (named && imageDigest !== undefined) {
    return fail('ImageTagDoesNotMatchDigest', 'Requested image tag does not match the requested image digest');
  }
  return fail('ImageNotFound', 'Requested image not found');
}

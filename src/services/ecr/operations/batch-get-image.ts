import type { BatchGetImageRequest, BatchGetImageResponse, Image, ImageFailure } from '@aws-sdk/client-ecr';
import type { Answer, Operation } from '../../../aws/operation.ts';
import { assert } from '../../../core/assert.ts';
import { isDigest } from '../../../dataplane/registry/contract.ts';
import { checkBatch, imageFailure } from '../image-failures.ts';
import type { EcrParts } from '../parts.ts';
import { cacheImage } from '../pull-through.ts';
import { notePull } from '../pull-times.ts';
import { findImage, repositoryNamed } from '../references.ts';

/** Differs from AWS: a manifest is given as it was pushed, whatever `acceptedMediaTypes` says. */
export const batchGetImage: Operation<BatchGetImageRequest, BatchGetImageResponse, EcrParts> = async (
  input,
  { call, store, parts },
) => {
  checkBatch(input.imageIds);
  const repository = store.view((reader) => repositoryNamed(reader, call, input));
  const images: Answer<Image>[] = [];
  const failures: Answer<ImageFailure>[] = [];
  for (const imageId of input.imageIds) {
    const reference = imageId.imageDigest ?? imageId.imageTag;
    const image =
      store.view((reader) => findImage(reader, repository, imageId)) ??
      (reference === undefined ? undefined : await cacheImage({ ...parts, store }, repository, reference));
    const failure = store.view((reader) => imageFailure(reader, repository, imageId, image));
    if (failure || !image) {
      if (failure) failures.push(failure);
      continue;
    }
    const { digest } = image;
    assert(isDigest(digest), 'images are stored under their digests');
    const bytes = await parts.files.read(digest);
    assert(bytes, `the bytes of manifest ${digest} are on disk`);
    images.push({
      registryId: repository.accountId,
      repositoryName: repository.name,
      imageId: { imageDigest: digest, ...(imageId.imageTag === undefined ? {} : { imageTag: imageId.imageTag }) },
      imageManifest: new TextDecoder().decode(bytes),
      imageManifestMediaType: image.mediaType,
    });
    notePull({ ...parts, store }, call.principal, repository.id, digest);
  }
  return { images, failures };
};

import type {
  BatchDeleteImageRequest,
  BatchDeleteImageResponse,
  ImageFailure,
  ImageIdentifier,
} from '@aws-sdk/client-ecr';
import type { Answer, Operation } from '../../../aws/operation.ts';
import type { Store } from '../../../store/store.ts';
import { checkBatch, imageFailure } from '../image-failures.ts';
import { removeWholeImage } from '../image-writes.ts';
import { findImage, repositoryNamed, tagsOf } from '../references.ts';
import { imageKey, images, imageTags, type ImageRecord, type RepositoryRecord, tagKey } from '../tables.ts';

/** By tag the tag goes, and the image with its last tag; by digest the image and all of its tags. */
export const batchDeleteImage: Operation<BatchDeleteImageRequest, BatchDeleteImageResponse> = async (
  input,
  { call, store },
) => {
  checkBatch(input.imageIds);
  const repository = store.view((reader) => repositoryNamed(reader, call, input));
  const imageIds: Answer<ImageIdentifier>[] = [];
  const failures: Answer<ImageFailure>[] = [];
  for (const imageId of input.imageIds) {
    const image = store.view((reader) => findImage(reader, repository, imageId));
    const failure = store.view((reader) => imageFailure(reader, repository, imageId, image));
    if (failure && failure.failureCode !== 'ImageInaccessible') {
      failures.push(failure);
    } else if (image) {
      const outcome = await deleteOne(store, repository, image, imageId);
      imageIds.push(...outcome.imageIds);
      failures.push(...outcome.failures);
    }
  }
  return { imageIds, failures };
};

async function deleteOne(
  store: Store,
  repository: RepositoryRecord,
  image: ImageRecord,
  { imageDigest, imageTag }: { readonly imageDigest?: string | undefined; readonly imageTag?: string | undefined },
): Promise<{
  readonly imageIds: readonly Answer<ImageIdentifier>[];
  readonly failures: readonly Answer<ImageFailure>[];
}> {
  const { digest } = image;
  const tags = store.view((reader) => tagsOf(reader, image));
  const isTagAlone = imageTag !== undefined && tags.some((tag) => tag !== imageTag);
  if (isTagAlone) {
    await store.update((tx) => tx.delete(imageTags, tagKey(repository.id, imageTag)));
    return { imageIds: [{ imageDigest: digest, imageTag }], failures: [] };
  }
  const holders = store.view((reader) => [...reader.find(images, 'child', imageKey(repository.id, digest))]);
  if (holders.length > 0) {
    const shown = holders.map((holder) => holder.digest).join(', ');
    return {
      imageIds: [],
      failures: [
        {
          imageId: {
            ...(imageDigest === undefined ? {} : { imageDigest }),
            ...(imageTag === undefined ? {} : { imageTag }),
          },
          failureCode: 'ImageReferencedByManifestList',
          failureReason: `Requested image referenced by manifest list: [${shown}]`,
        },
      ],
    };
  }
  await removeWholeImage(store, repository.id, digest);
  const gone = tags.map((tag) => ({ imageDigest: digest, imageTag: tag }));
  return { imageIds: gone.length === 0 ? [{ imageDigest: digest }] : gone, failures: [] };
}

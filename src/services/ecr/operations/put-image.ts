import type { PutImageRequest, PutImageResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { putImage as storeImage } from '../image-writes.ts';
import type { EcrParts } from '../parts.ts';
import { repositoryNamed } from '../references.ts';

export const putImage: Operation<PutImageRequest, PutImageResponse, EcrParts> = async (
  input,
  { call, store, parts },
) => {
  const repository = store.view((reader) => repositoryNamed(reader, call, input));
  const stored = await storeImage(store, parts, repository, {
    bytes: new TextEncoder().encode(input.imageManifest),
    mediaType: input.imageManifestMediaType,
    tag: input.imageTag,
    digest: input.imageDigest,
    refuseRepeat: true,
  });
  return {
    image: {
      registryId: repository.accountId,
      repositoryName: repository.name,
      imageId: {
        imageDigest: stored.digest,
        ...(input.imageTag === undefined ? {} : { imageTag: input.imageTag }),
      },
      imageManifest: input.imageManifest,
      imageManifestMediaType: stored.mediaType,
    },
  };
};

import type { UpdateImageStorageClassRequest, UpdateImageStorageClassResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { invalidParameter } from '../errors.ts';
import { imageNamed, repositoryNamed } from '../references.ts';
import { images } from '../tables.ts';

/** Differs from AWS: an archived image takes up the same space, and is back at once. */
export const updateImageStorageClass: Operation<UpdateImageStorageClassRequest, UpdateImageStorageClassResponse> = (
  input,
  { call, store },
) => {
  const { targetStorageClass, imageId } = input;
  if (targetStorageClass !== 'ARCHIVE' && targetStorageClass !== 'STANDARD') {
    throw invalidParameter(
      "Invalid parameter at 'targetStorageClass' failed to satisfy constraint: 'Member must satisfy enum value set: [ARCHIVE, STANDARD]'",
    );
  }
  return store.update((tx, env) => {
    const repository = repositoryNamed(tx, call, input);
    const { archivedAt, ...image } = imageNamed(tx, repository, imageId);
    if (targetStorageClass === 'ARCHIVE') tx.put(images, { ...image, archivedAt: archivedAt ?? env.now });
    else if (archivedAt !== undefined) tx.put(images, { ...image, activatedAt: env.now });
    return {
      registryId: repository.accountId,
      repositoryName: repository.name,
      imageId: {
        imageDigest: image.digest,
        ...(imageId.imageTag === undefined ? {} : { imageTag: imageId.imageTag }),
      },
      imageStatus: targetStorageClass === 'ARCHIVE' ? ('ARCHIVED' as const) : ('ACTIVE' as const),
    };
  });
};

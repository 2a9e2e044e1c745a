import type { DescribeImageScanFindingsRequest, DescribeImageScanFindingsResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { scanNotFound } from '../errors.ts';
import { imageNamed, repositoryNamed } from '../references.ts';
import { noScanner, scansOnPush } from '../views.ts';

export const describeImageScanFindings: Operation<
  DescribeImageScanFindingsRequest,
  DescribeImageScanFindingsResponse
> = (input, { call, store }) =>
  store.view((reader) => {
    const repository = repositoryNamed(reader, call, input);
    const image = imageNamed(reader, repository, input.imageId);
    const { accountId, name } = repository;
    if (!scansOnPush(reader, repository)) throw scanNotFound(image.digest, name, accountId);
    return {
      registryId: accountId,
      repositoryName: name,
      imageId: {
        imageDigest: image.digest,
        ...(input.imageId.imageTag === undefined ? {} : { imageTag: input.imageId.imageTag }),
      },
      imageScanStatus: noScanner,
    };
  });

import type { DescribeImageSigningStatusRequest, DescribeImageSigningStatusResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { imageNamed, repositoryNamed } from '../references.ts';

/** An image has a status for each rule of the signing configuration, of which there are none. */
export const describeImageSigningStatus: Operation<
  DescribeImageSigningStatusRequest,
  DescribeImageSigningStatusResponse
> = (input, { call, store }) =>
  store.view((reader) => {
    const repository = repositoryNamed(reader, call, input);
    const { digest } = imageNamed(reader, repository, input.imageId);
    const { imageTag } = input.imageId;
    return {
      repositoryName: repository.name,
      registryId: repository.accountId,
      imageId: { imageDigest: digest, ...(imageTag === undefined ? {} : { imageTag }) },
      signingStatuses: [],
    };
  });

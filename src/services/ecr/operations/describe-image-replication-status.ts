import type {
  DescribeImageReplicationStatusRequest,
  DescribeImageReplicationStatusResponse,
} from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { imageNamed, repositoryNamed } from '../references.ts';

/** An image has a status for each destination, of which there are none. */
export const describeImageReplicationStatus: Operation<
  DescribeImageReplicationStatusRequest,
  DescribeImageReplicationStatusResponse
> = (input, { call, store }) =>
  store.view((reader) => {
    const repository = repositoryNamed(reader, call, input);
    const { digest } = imageNamed(reader, repository, input.imageId);
    const { imageTag } = input.imageId;
    return {
      repositoryName: repository.name,
      imageId: { imageDigest: digest, ...(imageTag === undefined ? {} : { imageTag }) },
      replicationStatuses: [],
    };
  });

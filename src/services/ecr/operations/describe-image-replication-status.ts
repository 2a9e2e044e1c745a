import type {
  DescribeImageReplicationStatusRequest,
  DescribeImageReplicationStatusResponse,
} from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { imageNamed, repositoryNamed } from '../references.ts';
import { registryRecord } from '../registry-record.ts';
import { destinationsOf } from '../rules/replication.ts';

/** An image has a status for each destination that its repository's rules name: none of them can be reached. */
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
      replicationStatuses: destinationsOf(registryRecord(reader, call).replicationRules, repository.name).map(
        ({ region, registryId }) => ({ region, registryId, status: 'FAILED', failureCode: 'DestinationNotReachable' }),
      ),
    };
  });

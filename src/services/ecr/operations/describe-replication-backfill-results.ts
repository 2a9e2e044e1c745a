import type {
  DescribeReplicationBackfillResultsRequest,
  DescribeReplicationBackfillResultsResponse,
} from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { backfillNotFound } from '../errors.ts';

export const describeReplicationBackfillResults: Operation<
  DescribeReplicationBackfillResultsRequest,
  DescribeReplicationBackfillResultsResponse
> = ({ replicationBackfillId }) => {
  throw backfillNotFound(replicationBackfillId.slice(0, 100));
};

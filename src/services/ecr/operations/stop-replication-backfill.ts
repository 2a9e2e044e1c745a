import type { StopReplicationBackfillRequest, StopReplicationBackfillResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { backfillNotFound } from '../errors.ts';

export const stopReplicationBackfill: Operation<StopReplicationBackfillRequest, StopReplicationBackfillResponse> = ({
  replicationBackfillId,
}) => {
  throw backfillNotFound(replicationBackfillId.slice(0, 100));
};

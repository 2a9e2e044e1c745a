import type { StartReplicationBackfillRequest, StartReplicationBackfillResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { validationError } from '../errors.ts';

/** A backfill is for a destination of the replication configuration, which has none. */
export const startReplicationBackfill: Operation<StartReplicationBackfillRequest, StartReplicationBackfillResponse> = ({
  destination,
}) => {
  throw validationError(
    `The replication configuration has no destination with registry id '${destination.registryId}' and region '${destination.region}'.`,
  );
};

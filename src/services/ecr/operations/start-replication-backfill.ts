import type { StartReplicationBackfillRequest, StartReplicationBackfillResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { validationError } from '../errors.ts';
import { registryScope } from '../references.ts';
import { registryRecord } from '../registry-record.ts';

/** Differs from AWS: rules are kept, and there is no other Region or registry to which anything could be sent. */
export const startReplicationBackfill: Operation<StartReplicationBackfillRequest, StartReplicationBackfillResponse> = (
  { destination, registryId },
  { call, store },
) => {
  const where = `registry id '${destination.registryId}' and region '${destination.region}'`;
  const { replicationRules } = store.view((reader) => registryRecord(reader, registryScope(call, registryId)));
  const isKnown = replicationRules.some(({ destinations }) =>
    destinations.some((each) => each.registryId === destination.registryId && each.region === destination.region),
  );
  if (!isKnown) throw validationError(`The replication configuration has no destination with ${where}.`);
  throw validationError(`The destination with ${where} cannot be reached: Longshore serves one Region.`);
};

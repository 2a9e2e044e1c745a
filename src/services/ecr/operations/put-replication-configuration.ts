import type { PutReplicationConfigurationRequest, PutReplicationConfigurationResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { invalidParameter, notBuilt } from '../errors.ts';

/** Differs from AWS: there is one region and no other registry, so rules that replicate are refused. None is in order. */
export const putReplicationConfiguration: Operation<
  PutReplicationConfigurationRequest,
  PutReplicationConfigurationResponse
> = (input, { call }) => {
  for (const { destinations } of input.replicationConfiguration.rules) {
    for (const { region, registryId } of destinations) {
      if (region === call.region && registryId === call.accountId) {
        throw invalidParameter(
          "Invalid parameter at 'replicationConfiguration' failed to satisfy constraint: 'Replication destination cannot be the same as the source registry'",
        );
      }
    }
  }
  if (input.replicationConfiguration.rules.length > 0) throw notBuilt('the replication of images to other registries');
  return { replicationConfiguration: { rules: [] } };
};

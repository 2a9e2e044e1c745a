import type { PutReplicationConfigurationRequest, PutReplicationConfigurationResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { registryRecord } from '../registry-record.ts';
import { checkReplicationRules, replicationRulesView } from '../rules/replication.ts';
import { registries } from '../tables.ts';

/**
 * Differs from AWS: this server is one region, so no destination can be reached. The rules are kept, and each image that
 * they mean has the status FAILED for each of its destinations.
 */
export const putReplicationConfiguration: Operation<
  PutReplicationConfigurationRequest,
  PutReplicationConfigurationResponse
> = async (input, { call, store }) => {
  const rules = input.replicationConfiguration.rules.map(({ destinations, repositoryFilters }) => ({
    destinations,
    ...(repositoryFilters && { repositoryFilters }),
  }));
  checkReplicationRules(rules, call);
  await store.update((tx) => tx.put(registries, { ...registryRecord(tx, call), replicationRules: rules }));
  return { replicationConfiguration: { rules: replicationRulesView(rules) } };
};

import type { DescribeRegistryRequest, DescribeRegistryResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { registryRecord } from '../registry-record.ts';
import { replicationRulesView } from '../rules/replication.ts';

export const describeRegistry: Operation<DescribeRegistryRequest, DescribeRegistryResponse> = (
  _input,
  { call, store },
) => ({
  registryId: call.accountId,
  replicationConfiguration: {
    rules: replicationRulesView(store.view((reader) => registryRecord(reader, call)).replicationRules),
  },
});

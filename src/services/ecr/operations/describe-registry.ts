import type { DescribeRegistryRequest, DescribeRegistryResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';

/** Nothing is ever replicated: see PutReplicationConfiguration. */
export const describeRegistry: Operation<DescribeRegistryRequest, DescribeRegistryResponse> = (_input, { call }) => ({
  registryId: call.accountId,
  replicationConfiguration: { rules: [] },
});

import type { ListReplicationBackfillsRequest, ListReplicationBackfillsResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { pageAsked } from '../paging.ts';
import { registryScope } from '../references.ts';

/** None can be started: see StartReplicationBackfill. */
export const listReplicationBackfills: Operation<ListReplicationBackfillsRequest, ListReplicationBackfillsResponse> = (
  input,
  { call },
) => {
  pageAsked(input);
  return { registryId: registryScope(call, input.registryId).accountId, backfills: [] };
};

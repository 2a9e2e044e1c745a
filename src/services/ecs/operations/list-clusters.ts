import type { ListClustersRequest, ListClustersResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { takePage } from '../../../core/page.ts';
import { scopeKey } from '../../../core/scope.ts';
import { pageAsked } from '../paging.ts';
import type { EcsParts } from '../parts.ts';
import { clusters } from '../tables.ts';

/** ARNs of the clusters that are not deleted. */
export const listClusters: Operation<ListClustersRequest, ListClustersResponse, EcsParts> = (
  input,
  { call, store },
) => {
  const { size, afterKey } = pageAsked(input);
  return store.view((reader) => {
    const found = reader.find(clusters, 'active', scopeKey(call), afterKey);
    const { items, nextToken } = takePage(found, size, (cluster) => cluster.arn);
    return { clusterArns: items.map((cluster) => cluster.arn), nextToken };
  });
};

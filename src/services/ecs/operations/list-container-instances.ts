import type { ListContainerInstancesRequest, ListContainerInstancesResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { decodeToken, takePage } from '../../../core/page.ts';
import { invalidParameter } from '../errors.ts';
import type { EcsParts } from '../parts.ts';
import { candidateOf } from '../placement-index.ts';
import { findCluster } from '../references.ts';
import { limits } from '../rules/limits.ts';
import { compileQuery } from '../rules/query-language/query.ts';
import { containerInstances } from '../tables.ts';

const statuses = ['ACTIVE', 'DRAINING', 'REGISTERING', 'DEREGISTERING', 'REGISTRATION_FAILED'];

/** ARNs of a cluster's instances in ARN order, without deregistered ones. */
export const listContainerInstances: Operation<
  ListContainerInstancesRequest,
  ListContainerInstancesResponse,
  EcsParts
> = (input, { call, store }) => {
  const { filter, status, maxResults = limits.page.default, nextToken } = input;
  const query = filter === undefined ? undefined : compileQuery(filter);
  if (query && 'error' in query) throw invalidParameter(`Invalid filter expression. ${query.error}`);
  if (status !== undefined && !statuses.includes(status)) {
    throw invalidParameter(`Container instance status should be one of [${statuses.join(', ')}]`);
  }
  if (maxResults < 1 || maxResults > limits.page.max) {
    throw invalidParameter(`maxResults should be between 1 and ${limits.page.max}`);
  }
  const afterArn = nextToken === undefined ? undefined : decodeToken(nextToken);
  if (nextToken !== undefined && afterArn === undefined) throw invalidParameter('Invalid token.');
  return store.view((reader) => {
    const { arn: clusterArn } = findCluster(reader, call, input.cluster);
    const all = reader.find(containerInstances, 'cluster', clusterArn, afterArn);
    const ofStatus = status === undefined ? all : matching(all, (instance) => instance.status === status);
    const wanted = query ? matching(ofStatus, (instance) => query.matches(candidateOf(reader, instance))) : ofStatus;
    const page = takePage(wanted, maxResults, (instance) => instance.arn);
    return {
      containerInstanceArns: page.items.map((instance) => instance.arn),
      ...(page.nextToken === undefined ? {} : { nextToken: page.nextToken }),
    };
  });
};

function* matching<T>(items: Iterable<T>, matches: (item: T) => boolean): Generator<T> {
  for (const item of items) if (matches(item)) yield item;
}

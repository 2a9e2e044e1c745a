import type { ListServiceDeploymentsRequest, ListServiceDeploymentsResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { takePage } from '../../../core/page.ts';
import type { Reader } from '../../../store/store.ts';
import { throwFirst } from '../errors.ts';
import { matching, pageAsked } from '../paging.ts';
import type { EcsParts } from '../parts.ts';
import { parseTimeKey, timeKey } from '../projections.ts';
import { findCluster, findService } from '../references.ts';
import { limits } from '../rules/limits.ts';
import { notOneOf } from '../rules/refusal.ts';
import { showBrief } from '../rules/service-view.ts';
import { serviceDeploymentsByTime } from '../service-projections.ts';
import { type ServiceDeploymentRecord, serviceDeployments, type ServiceRecord } from '../service-tables.ts';

/** Deployments of a service, newest first; those of a deleted service of the same name are not its. */
export const listServiceDeployments: Operation<
  ListServiceDeploymentsRequest,
  ListServiceDeploymentsResponse,
  EcsParts
> = (input, { call, store }) => {
  for (const status of input.status ?? []) throwFirst(notOneOf('status', status, statuses));
  const { size, afterKey } = pageAsked(input, limits.serviceDeploymentsPage);
  const before = input.createdAt?.before?.getTime() ?? Infinity;
  const after = input.createdAt?.after?.getTime() ?? -Infinity;
  return store.view((reader) => {
    const service = findService(reader, findCluster(reader, call, input.cluster), input.service);
    const isWanted = ({ status, createdAt }: ServiceDeploymentRecord): boolean =>
      createdAt > after && createdAt < before && (!input.status?.length || input.status.includes(status));
    const found = matching(newestFirst(reader, service, afterKey), isWanted);
    const { items, nextToken } = takePage(found, size, ({ arn, createdAt }) => timeKey(createdAt, arn));
    return { serviceDeployments: items.map(showBrief), nextToken };
  });
};

const statuses = [
  'PENDING',
  'SUCCESSFUL',
  'STOPPED',
  'STOP_REQUESTED',
  'IN_PROGRESS',
  'ROLLBACK_REQUESTED',
  'ROLLBACK_IN_PROGRESS',
  'ROLLBACK_SUCCESSFUL',
  'ROLLBACK_FAILED',
];

function* newestFirst(
  reader: Reader,
  service: ServiceRecord,
  beforeKey: string | undefined,
): Generator<ServiceDeploymentRecord> {
  const timed = reader.projected(serviceDeploymentsByTime).get(service.arn)?.before(beforeKey) ?? [];
  for (const key of timed) {
    const deployment = reader.get(serviceDeployments, parseTimeKey(key).key);
    if (deployment && deployment.createdAt >= service.createdAt) yield deployment;
  }
}

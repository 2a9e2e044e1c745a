import type { ListServicesRequest, ListServicesResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { takePage } from '../../../core/page.ts';
import { throwFirst } from '../errors.ts';
import { matching, pageAsked } from '../paging.ts';
import type { EcsParts } from '../parts.ts';
import { findCluster } from '../references.ts';
import { limits } from '../rules/limits.ts';
import { notOneOf } from '../rules/refusal.ts';
import { capacityKindOf } from '../rules/service-capacity.ts';
import { type ServiceRecord, services } from '../service-tables.ts';

/** ARNs of a cluster's ACTIVE services in ARN order. A strategy over Fargate's providers counts as launch type FARGATE. */
export const listServices: Operation<ListServicesRequest, ListServicesResponse, EcsParts> = (
  input,
  { call, store },
) => {
  const { launchType, schedulingStrategy, resourceManagementType } = input;
  throwFirst(notOneOf('launchType', launchType, ['EC2', 'FARGATE', 'EXTERNAL', 'MANAGED_INSTANCES']));
  throwFirst(notOneOf('schedulingStrategy', schedulingStrategy, ['REPLICA', 'DAEMON']));
  throwFirst(notOneOf('resourceManagementType', resourceManagementType, ['CUSTOMER', 'ECS']));
  const { size, afterKey } = pageAsked(input, limits.servicesPage);
  const isWanted = (service: ServiceRecord): boolean =>
    // ECS manages only Express services, which are not built.
    resourceManagementType !== 'ECS' &&
    (launchType === undefined || capacityKindOf(service) === launchType) &&
    (schedulingStrategy === undefined || service.schedulingStrategy === schedulingStrategy);
  return store.view((reader) => {
    const cluster = findCluster(reader, call, input.cluster);
    const found = matching(reader.find(services, 'listed', cluster.arn, afterKey), isWanted);
    const { items, nextToken } = takePage(found, size, (service) => service.arn);
    return { serviceArns: items.map((service) => service.arn), nextToken };
  });
};

import type { DescribeServicesRequest, DescribeServicesResponse, Failure, Service } from '@aws-sdk/client-ecs';
import type { Answer, Operation } from '../../../aws/operation.ts';
import { invalidParameter, throwFirst } from '../errors.ts';
import type { EcsParts } from '../parts.ts';
import { findCluster, serviceArnOf } from '../references.ts';
import { limits } from '../rules/limits.ts';
import { notOneOf } from '../rules/refusal.ts';
import { services } from '../service-tables.ts';
import { showService } from '../service-view.ts';

/** Services of one cluster by name or ARN, deleted ones for a day; one that is not there is a failure. */
export const describeServices: Operation<DescribeServicesRequest, DescribeServicesResponse, EcsParts> = (
  input,
  { call, store },
) => {
  const include = input.include ?? [];
  for (const field of include) throwFirst(notOneOf('include', field, ['TAGS']));
  return store.view((reader) => {
    const { arn: clusterArn } = findCluster(reader, call, input.cluster);
    if (input.services.length === 0) throw invalidParameter('Services cannot be empty.');
    if (input.services.length > limits.describedServices) {
      throw invalidParameter(`Services can have at most ${limits.describedServices} items.`);
    }
    const described: Answer<Service>[] = [];
    const failures: Failure[] = [];
    for (const arn of new Set(input.services.map((reference) => serviceArnOf(call, clusterArn, reference)))) {
      const service = reader.get(services, arn);
      if (service) described.push(showService(reader, service, include));
      else failures.push({ arn, reason: 'MISSING' });
    }
    return { services: described, failures };
  });
};

import type {
  DescribeServiceDeploymentsRequest,
  DescribeServiceDeploymentsResponse,
  Failure,
  ServiceDeployment,
} from '@aws-sdk/client-ecs';
import type { Answer, Operation } from '../../../aws/operation.ts';
import { invalidParameter } from '../errors.ts';
import type { EcsParts } from '../parts.ts';
import { checkOwnArn } from '../references.ts';
import { limits } from '../rules/limits.ts';
import { showServiceDeployment } from '../rules/service-view.ts';
import { serviceDeployments } from '../service-tables.ts';
import { countsOfRevision } from '../service-view.ts';

/** How services were or are being brought from one revision to another, by ARN; one that is not there is a failure. */
export const describeServiceDeployments: Operation<
  DescribeServiceDeploymentsRequest,
  DescribeServiceDeploymentsResponse,
  EcsParts
> = (input, { call, store }) => {
  const arns = input.serviceDeploymentArns;
  if (arns.length === 0) throw invalidParameter('serviceDeploymentArns cannot be empty.');
  if (arns.length > limits.describedServiceDeployments) {
    throw invalidParameter(`serviceDeploymentArns can have at most ${limits.describedServiceDeployments} items.`);
  }
  for (const arn of arns) checkOwnArn(call, arn, 'service-deployment');
  return store.view((reader) => {
    const described: Answer<ServiceDeployment>[] = [];
    const failures: Failure[] = [];
    for (const arn of new Set(arns)) {
      const found = reader.get(serviceDeployments, arn);
      if (!found) failures.push({ arn, reason: 'MISSING' });
      else
        described.push(
          showServiceDeployment(found, (revision) => countsOfRevision(reader, found.serviceArn, revision)),
        );
    }
    return { serviceDeployments: described, failures };
  });
};

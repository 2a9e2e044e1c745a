import type {
  DescribeServiceRevisionsRequest,
  DescribeServiceRevisionsResponse,
  Failure,
  ServiceRevision,
} from '@aws-sdk/client-ecs';
import type { Answer, Operation } from '../../../aws/operation.ts';
import { invalidParameter } from '../errors.ts';
import type { EcsParts } from '../parts.ts';
import { checkOwnArn } from '../references.ts';
import { limits } from '../rules/limits.ts';
import { showRevision } from '../rules/service-view.ts';
import { serviceRevisions } from '../service-tables.ts';

/** What revisions of services were made from, by ARN; one that is not there is a failure. */
export const describeServiceRevisions: Operation<
  DescribeServiceRevisionsRequest,
  DescribeServiceRevisionsResponse,
  EcsParts
> = (input, { call, store }) => {
  const arns = input.serviceRevisionArns;
  if (arns.length === 0) throw invalidParameter('serviceRevisionArns cannot be empty.');
  if (arns.length > limits.describedServiceRevisions) {
    throw invalidParameter(`serviceRevisionArns can have at most ${limits.describedServiceRevisions} items.`);
  }
  for (const arn of arns) checkOwnArn(call, arn, 'service-revision');
  return store.view((reader) => {
    const described: Answer<ServiceRevision>[] = [];
    const failures: Failure[] = [];
    for (const arn of new Set(arns)) {
      const revision = reader.get(serviceRevisions, arn);
      if (revision) described.push(showRevision(revision));
      else failures.push({ arn, reason: 'MISSING' });
    }
    return { serviceRevisions: described, failures };
  });
};

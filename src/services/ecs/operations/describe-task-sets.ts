import type { DescribeTaskSetsRequest, DescribeTaskSetsResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { throwFirst } from '../errors.ts';
import type { EcsParts } from '../parts.ts';
import { notOneOf } from '../rules/refusal.ts';
import { taskSets } from '../service-tables.ts';
import { showTaskSet } from '../service-view.ts';
import { findTaskSetOwner, taskSetArnOf } from '../task-set-reference.ts';

/** All task sets of a service, or those named; one that is not there is a failure with the reason MISSING. */
export const describeTaskSets: Operation<DescribeTaskSetsRequest, DescribeTaskSetsResponse, EcsParts> = (
  input,
  { call, store },
) => {
  const include = input.include ?? [];
  for (const field of include) throwFirst(notOneOf('include', field, ['TAGS']));
  return store.view((reader) => {
    const { service } = findTaskSetOwner(reader, call, input, ['ACTIVE', 'DRAINING']);
    const own = [...reader.find(taskSets, 'service', service.arn)];
    const wanted = input.taskSets?.length
      ? input.taskSets.map((reference) => taskSetArnOf(service, reference))
      : own.map(({ arn }) => arn);
    const byArn = new Map(own.map((taskSet) => [taskSet.arn, taskSet]));
    const show = { tags: include.includes('TAGS') };
    return {
      taskSets: wanted.flatMap((arn) => {
        const taskSet = byArn.get(arn);
        return taskSet ? [showTaskSet(reader, service, taskSet, show)] : [];
      }),
      failures: wanted.filter((arn) => !byArn.has(arn)).map((arn) => ({ arn, reason: 'MISSING' })),
    };
  });
};

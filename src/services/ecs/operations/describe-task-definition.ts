import type { DescribeTaskDefinitionRequest, DescribeTaskDefinitionResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { clientError, throwFirst } from '../errors.ts';
import type { EcsParts } from '../parts.ts';
import { findTaskDefinition } from '../references.ts';
import { notOneOf } from '../rules/refusal.ts';
import { showTaskDefinition } from '../task-definition-view.ts';

/** Describes a revision in whatever state, or the latest ACTIVE one of a family. */
export const describeTaskDefinition: Operation<
  DescribeTaskDefinitionRequest,
  DescribeTaskDefinitionResponse,
  EcsParts
> = (input, { call, store }) => {
  for (const field of input.include ?? []) throwFirst(notOneOf('include', field, ['TAGS']));
  const record = store.view((reader) => findTaskDefinition(reader, call, input.taskDefinition));
  if (!record) throw clientError('Unable to describe task definition.');
  return {
    taskDefinition: showTaskDefinition(record),
    ...(input.include?.includes('TAGS') ? { tags: record.tags } : {}),
  };
};

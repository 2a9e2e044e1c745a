import type { ListPullTimeUpdateExclusionsRequest, ListPullTimeUpdateExclusionsResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { takePage } from '../../../core/page.ts';
import { pageAsked } from '../paging.ts';
import { registryRecord } from '../registry-record.ts';

export const listPullTimeUpdateExclusions: Operation<
  ListPullTimeUpdateExclusionsRequest,
  ListPullTimeUpdateExclusionsResponse
> = (input, { call, store }) => {
  const { size, afterKey = '' } = pageAsked(input);
  const { pullTimeExclusions } = store.view((reader) => registryRecord(reader, call));
  const arns = Object.keys(pullTimeExclusions)
    .toSorted()
    .filter((arn) => arn > afterKey);
  const page = takePage(arns, size, (arn) => arn);
  return {
    pullTimeUpdateExclusions: page.items,
    ...(page.nextToken === undefined ? {} : { nextToken: page.nextToken }),
  };
};

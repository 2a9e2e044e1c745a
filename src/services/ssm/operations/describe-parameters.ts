import type { DescribeParametersRequest, DescribeParametersResult } from '@aws-sdk/client-ssm';
import type { Operation } from '../../../aws/operation.ts';
import type { SsmParts } from '../parts.ts';

import { validation } from '../errors.ts';
import { type Filter, matchingParameters } from '../listing.ts';
import { showMetadata } from '../metadata-view.ts';
import { limits } from '../rules/limits.ts';

export const describeParameters: Operation<DescribeParametersRequest, DescribeParametersResult, SsmParts> = (
  input,
  { call, store },
) => {
  const size = input.MaxResults ?? limits.page;
  if (size < 1 || size > limits.page) throw validation(`MaxResults must be between 1 and ${limits.page}.`);
  if (input.Filters?.length && input.ParameterFilters?.length) {
    throw validation('You can use either Filters or ParameterFilters in a single request.');
  }
  const filters: readonly Filter[] =
    input.ParameterFilters ?? (input.Filters ?? []).map(({ Key, Values }) => ({ Key, Values, Option: 'BeginsWith' }));
  return store.view((reader) => {
    const page = matchingParameters(reader, call, { size, token: input.NextToken, filters });
    return {
      Parameters: page.items.map(({ latest }) => showMetadata(latest)),
      ...(page.nextToken === undefined ? {} : { NextToken: page.nextToken }),
    };
  });
};

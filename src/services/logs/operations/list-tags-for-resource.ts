import type { ListTagsForResourceRequest, ListTagsForResourceResponse } from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../../aws/operation.ts';
import type { LogsParts } from '../parts.ts';
import { groupIdentified } from '../references.ts';

export const listTagsForResource: Operation<ListTagsForResourceRequest, ListTagsForResourceResponse, LogsParts> = (
  input,
  { call, store },
) => ({ tags: { ...store.view((reader) => groupIdentified(reader, call, input.resourceArn)).tags } });

import type { ListTagsLogGroupRequest, ListTagsLogGroupResponse } from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../../aws/operation.ts';
import type { LogsParts } from '../parts.ts';
import { groupNamed } from '../references.ts';

export const listTagsLogGroup: Operation<ListTagsLogGroupRequest, ListTagsLogGroupResponse, LogsParts> = (
  input,
  { call, store },
) => ({ tags: { ...store.view((reader) => groupNamed(reader, call, input.logGroupName)).tags } });

import type { ListTagsForResourceInput, ListTagsForResourceOutput } from '@aws-sdk/client-cloudwatch';
import type { Operation } from '../../../aws/operation.ts';
import { alarmWithArn } from '../references.ts';

export const listTagsForResource: Operation<ListTagsForResourceInput, ListTagsForResourceOutput> = (
  input,
  { call, store },
) => {
  const { tags } = store.view((reader) => alarmWithArn(reader, call, input.ResourceARN));
  return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
};

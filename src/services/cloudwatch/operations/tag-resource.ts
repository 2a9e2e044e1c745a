import type { TagResourceInput } from '@aws-sdk/client-cloudwatch';
import type { Operation } from '../../../aws/operation.ts';
import { alarmWithArn } from '../references.ts';
import { addTags } from '../rules/tags.ts';
import { alarms } from '../tables.ts';

export const tagResource: Operation<TagResourceInput, object> = async (input, { call, store }) => {
  await store.update((tx) => {
    const alarm = alarmWithArn(tx, call, input.ResourceARN);
    tx.put(alarms, { ...alarm, tags: addTags(alarm.tags, input.Tags) });
  });
  return {};
};

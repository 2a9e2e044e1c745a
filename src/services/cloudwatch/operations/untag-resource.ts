import type { UntagResourceInput } from '@aws-sdk/client-cloudwatch';
import type { Operation } from '../../../aws/operation.ts';
import { alarmWithArn } from '../references.ts';
import { removeTags } from '../rules/tags.ts';
import { alarms } from '../tables.ts';

export const untagResource: Operation<UntagResourceInput, object> = async (input, { call, store }) => {
  await store.update((tx) => {
    const alarm = alarmWithArn(tx, call, input.ResourceARN);
    tx.put(alarms, { ...alarm, tags: removeTags(alarm.tags, input.TagKeys) });
  });
  return {};
};

import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import type { Operation } from '../../../aws/operation.ts';
import { alarmConfiguration } from '../rules/alarm-configuration.ts';
import { checkAlarmName } from '../rules/alarm-names.ts';
import { addTags } from '../rules/tags.ts';
import { alarmKey, type AlarmRecordState, alarms } from '../tables.ts';

/** Differs from AWS: metrics are not evaluated, so only SetAlarmState changes the state of an alarm. */
export const putMetricAlarm: Operation<PutMetricAlarmInput, void> = async (input, { call, store }) => {
  checkAlarmName(input.AlarmName);
  const configuration = alarmConfiguration(input);
  const { accountId, region } = call;
  await store.update((tx, env) => {
    const present = tx.get(alarms, alarmKey(call, input.AlarmName));
    const fresh: AlarmRecordState = {
      value: 'INSUFFICIENT_DATA',
      reason: 'Unchecked: Initial alarm creation',
      updatedAt: env.now,
      transitionedAt: env.now,
    };
    tx.put(alarms, {
      accountId,
      region,
      name: input.AlarmName,
      configuration,
      configurationUpdatedAt: env.now,
      actionsEnabled: input.ActionsEnabled ?? true,
      // AWS keeps the state when an alarm is updated, and ignores the tags, for which there is TagResource.
      state: present?.state ?? fresh,
      tags: present?.tags ?? addTags({}, input.Tags ?? []),
    });
  });
};

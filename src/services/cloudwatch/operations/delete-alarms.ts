import type { DeleteAlarmsInput } from '@aws-sdk/client-cloudwatch';
import type { Operation } from '../../../aws/operation.ts';
import { alarmNotFound } from '../errors.ts';
import { checkAlarmNames } from '../rules/alarm-names.ts';
import { alarmKey, alarms } from '../tables.ts';

/** All of them or, where one is not there, none. */
export const deleteAlarms: Operation<DeleteAlarmsInput, void> = async (input, { call, store }) => {
  checkAlarmNames(input.AlarmNames);
  await store.update((tx) => {
    const absent = input.AlarmNames.filter((name) => !tx.get(alarms, alarmKey(call, name)));
    if (absent.length > 0) throw alarmNotFound(absent);
    for (const name of input.AlarmNames) tx.delete(alarms, alarmKey(call, name));
  });
};

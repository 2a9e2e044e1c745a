import type { SetAlarmStateInput } from '@aws-sdk/client-cloudwatch';
import type { Operation } from '../../../aws/operation.ts';
import { alarmNotFound, constraintBroken, invalidFormat } from '../errors.ts';
import { checkAlarmName } from '../rules/alarm-names.ts';
import { limits } from '../rules/limits.ts';
import { alarmKey, type AlarmState, alarms } from '../tables.ts';

export const setAlarmState: Operation<SetAlarmStateInput, void> = async (input, { call, store }) => {
  checkAlarmName(input.AlarmName);
  const value: string = input.StateValue;
  if (!isAlarmState(value)) {
    throw constraintBroken(value, 'stateValue', `Member must satisfy enum value set: [${states.join(', ')}]`);
  }
  checkLength(input.StateReason, 'stateReason', limits.stateReasonLength);
  if (input.StateReasonData !== undefined) {
    checkLength(input.StateReasonData, 'stateReasonData', limits.stateReasonDataLength);
    if (!isJson(input.StateReasonData)) throw invalidFormat('StateReasonData is not valid JSON.');
  }
  await store.update((tx, env) => {
    const alarm = tx.get(alarms, alarmKey(call, input.AlarmName));
    if (!alarm) throw alarmNotFound([input.AlarmName]);
    tx.put(alarms, {
      ...alarm,
      state: {
        value,
        reason: input.StateReason,
        ...(input.StateReasonData === undefined ? {} : { reasonData: input.StateReasonData }),
        updatedAt: env.now,
        transitionedAt: alarm.state.value === value ? alarm.state.transitionedAt : env.now,
      },
    });
  });
};

const states: readonly AlarmState[] = ['INSUFFICIENT_DATA', 'ALARM', 'OK'];

function isAlarmState(value: string): value is AlarmState {
  return states.some((state) => state === value);
}

function checkLength(value: string, member: string, limit: number): void {
  if (value.length > limit) {
    throw constraintBroken(value, member, `Member must have length less than or equal to ${limit}`);
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // the client is told
  }
}

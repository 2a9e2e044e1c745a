import type { DisableAlarmActionsInput } from '@aws-sdk/client-cloudwatch';
import { setActionsEnabled } from '../alarm-actions.ts';
import type { Operation } from '../../../aws/operation.ts';

export const disableAlarmActions: Operation<DisableAlarmActionsInput, void> = (input, { call, store }) =>
  setActionsEnabled(store, call, input.AlarmNames, false);

import type { EnableAlarmActionsInput } from '@aws-sdk/client-cloudwatch';
import { setActionsEnabled } from '../alarm-actions.ts';
import type { Operation } from '../../../aws/operation.ts';

export const enableAlarmActions: Operation<EnableAlarmActionsInput, void> = (input, { call, store }) =>
  setActionsEnabled(store, call, input.AlarmNames, true);

import type { DescribeAlarmsInput, DescribeAlarmsOutput } from '@aws-sdk/client-cloudwatch';
import type { Operation, Parsed } from '../../../aws/operation.ts';
import { decodeToken, takePage } from '../../../core/page.ts';
import { type Scope, scopeKey } from '../../../core/scope.ts';
import type { Reader } from '../../../store/store.ts';
import { constraintBroken, invalidCombination, invalidNextToken } from '../errors.ts';
import { checkAlarmName, checkAlarmNames } from '../rules/alarm-names.ts';
import { alarmView } from '../rules/alarm-view.ts';
import { limits } from '../rules/limits.ts';
import { alarmKey, type AlarmRecord, alarms } from '../tables.ts';

/** There are no composite and no log alarms, so there are no children and no parents of one either. */
export const describeAlarms: Operation<DescribeAlarmsInput, Described> = (input, { call, store }) => {
  check(input);
  const afterName = input.NextToken === undefined ? undefined : decodeToken(input.NextToken);
  if (input.NextToken !== undefined && afterName === undefined) throw invalidNextToken();
  const asksForMetricAlarms = input.AlarmTypes === undefined || input.AlarmTypes.includes('MetricAlarm');
  const asksForRelatives = input.ChildrenOfAlarmName !== undefined || input.ParentsOfAlarmName !== undefined;
  if (!asksForMetricAlarms || asksForRelatives) return { MetricAlarms: [], CompositeAlarms: [] };
  return store.view((reader) => {
    const found = takePage(
      matching(candidates(reader, call, input, afterName), input),
      input.MaxRecords ?? limits.defaultRecordsPerPage,
      (alarm) => alarm.name,
    );
    return {
      MetricAlarms: found.items.map(alarmView),
      CompositeAlarms: [],
      ...(found.nextToken === undefined ? {} : { NextToken: found.nextToken }),
    };
  });
};

type Described = Omit<DescribeAlarmsOutput, 'MetricAlarms'> & { MetricAlarms: ReturnType<typeof alarmView>[] };

function check(input: Parsed<DescribeAlarmsInput>): void {
  if (input.AlarmNames) checkAlarmNames(input.AlarmNames);
  if (input.AlarmNamePrefix !== undefined) checkAlarmName(input.AlarmNamePrefix, 'alarmNamePrefix');
  if (input.AlarmNames && input.AlarmNamePrefix !== undefined) {
    throw invalidCombination('AlarmNames and AlarmNamePrefix are mutually exclusive.');
  }
  const { MaxRecords: size } = input;
  if (size !== undefined && (size < 1 || size > limits.recordsPerPage)) {
    const bound = size < 1 ? 'greater than or equal to 1' : `less than or equal to ${limits.recordsPerPage}`;
    throw constraintBroken(String(size), 'maxRecords', `Member must have value ${bound}`);
  }
}

/** In the order of their names. */
function* candidates(
  reader: Reader,
  scope: Scope,
  input: Parsed<DescribeAlarmsInput>,
  afterName: string | undefined,
): Generator<AlarmRecord> {
  if (input.AlarmNames && input.AlarmNames.length > 0) {
    for (const name of [...new Set(input.AlarmNames)].sort()) {
      const alarm = afterName === undefined || name > afterName ? reader.get(alarms, alarmKey(scope, name)) : undefined;
      if (alarm) yield alarm;
    }
    return;
  }
  const prefix = input.AlarmNamePrefix ?? '';
  const isPast = afterName !== undefined && afterName >= prefix;
  const first = isPast ? undefined : reader.get(alarms, alarmKey(scope, prefix)); // a listing goes on after a key
  if (first) yield first;
  const after = alarmKey(scope, isPast ? afterName : prefix);
  for (const alarm of reader.find(alarms, 'scope', scopeKey(scope), after)) {
    if (!alarm.name.startsWith(prefix)) return;
    yield alarm;
  }
}

function* matching(found: Iterable<AlarmRecord>, input: Parsed<DescribeAlarmsInput>): Generator<AlarmRecord> {
  const { StateValue: state, ActionPrefix: prefix } = input;
  for (const alarm of found) {
    const { okActions, alarmActions, insufficientDataActions } = alarm.configuration;
    const actions = [...okActions, ...alarmActions, ...insufficientDataActions];
    const hasAction = prefix === undefined || actions.some((action) => action.startsWith(prefix));
    if (hasAction && (state === undefined || alarm.state.value === state)) yield alarm;
  }
}

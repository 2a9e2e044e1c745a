import type { DescribeAlarmsForMetricInput } from '@aws-sdk/client-cloudwatch';
import type { Operation, Parsed } from '../../../aws/operation.ts';
import { scopeKey } from '../../../core/scope.ts';
import { alarmView } from '../rules/alarm-view.ts';
import { type AlarmRecord, alarms } from '../tables.ts';

export const describeAlarmsForMetric: Operation<DescribeAlarmsForMetricInput, Described> = (input, { call, store }) =>
  store.view((reader) => ({
    MetricAlarms: Array.from(reader.find(alarms, 'scope', scopeKey(call)))
      .filter((alarm) => isAbout(alarm, input))
      .map(alarmView),
  }));

interface Described {
  readonly MetricAlarms: readonly ReturnType<typeof alarmView>[];
}

/** The dimensions must be those of the alarm, all of them; the rest narrows only where it is given. */
function isAbout({ configuration }: AlarmRecord, input: Parsed<DescribeAlarmsForMetricInput>): boolean {
  const wanted = new Map(input.Dimensions?.map(({ Name, Value }) => [Name, Value]));
  return (
    configuration.metricName === input.MetricName &&
    configuration.namespace === input.Namespace &&
    configuration.dimensions.length === wanted.size &&
    configuration.dimensions.every(({ Name, Value }) => wanted.get(Name) === Value) &&
    isOrAny(configuration.statistic, input.Statistic) &&
    isOrAny(configuration.extendedStatistic, input.ExtendedStatistic) &&
    isOrAny(configuration.periodSeconds, input.Period) &&
    isOrAny(configuration.unit, input.Unit)
  );
}

function isOrAny<T>(value: T | undefined, wanted: T | undefined): boolean {
  return wanted === undefined || value === wanted;
}

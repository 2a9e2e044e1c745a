import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { Answer } from '../../../aws/operation.ts';
import { formatArn } from '../../../core/arn.ts';
import { toDate } from '../../../core/instant.ts';
import type { Scope } from '../../../core/scope.ts';
import type { AlarmRecord } from '../tables.ts';

/** An alarm as DescribeAlarms shows it. */
export function alarmView(alarm: AlarmRecord): Answer<Wire<MetricAlarm>> {
  const { configuration, state } = alarm;
  return {
    AlarmName: alarm.name,
    AlarmArn: alarmArn(alarm, alarm.name),
    AlarmDescription: configuration.description,
    AlarmConfigurationUpdatedTimestamp: toDate(alarm.configurationUpdatedAt),
    ActionsEnabled: alarm.actionsEnabled,
    OKActions: configuration.okActions,
    AlarmActions: configuration.alarmActions,
    InsufficientDataActions: configuration.insufficientDataActions,
    StateValue: state.value,
    StateReason: state.reason,
    StateReasonData: state.reasonData,
    StateUpdatedTimestamp: toDate(state.updatedAt),
    StateTransitionedTimestamp: toDate(state.transitionedAt),
    MetricName: configuration.metricName,
    Namespace: configuration.namespace,
    Statistic: configuration.statistic,
    ExtendedStatistic: configuration.extendedStatistic,
    Dimensions: configuration.dimensions,
    Period: configuration.periodSeconds,
    Unit: configuration.unit,
    EvaluationPeriods: configuration.evaluationPeriods,
    DatapointsToAlarm: configuration.datapointsToAlarm,
    Threshold: configuration.threshold,
    ComparisonOperator: configuration.comparisonOperator,
    TreatMissingData: configuration.treatMissingData,
    EvaluateLowSampleCountPercentile: configuration.evaluateLowSampleCountPercentile,
    ...(configuration.metrics.length > 0 ? { Metrics: configuration.metrics } : {}),
    ThresholdMetricId: configuration.thresholdMetricId,
  };
}

export function alarmArn({ accountId, region }: Scope, name: string): string {
  return formatArn({ service: 'cloudwatch', region, accountId, resource: `alarm:${name}` });
}

/** The SDK's type with its enums widened to what a record holds: PutMetricAlarm has checked them. */
type Wire<T> = { readonly [Name in keyof T]: NonNullable<T[Name]> extends string ? string | undefined : T[Name] };

/** The records of CloudWatch; private to this folder. */
import type { Dimension, MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { Parsed } from '../../aws/operation.ts';
import type { Instant } from '../../core/instant.ts';
import { type Scope, scopeKey } from '../../core/scope.ts';
import { table } from '../../store/table.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export interface AlarmRecord extends Scope {
  readonly name: string;
  readonly configuration: AlarmConfiguration;
  readonly configurationUpdatedAt: Instant;
  readonly actionsEnabled: boolean;
  readonly state: AlarmRecordState;
  readonly tags: Readonly<Record<string, string>>;
}

/** What PutMetricAlarm sets: replaced as a whole by the next one. */
export interface AlarmConfiguration {
  readonly description?: string | undefined;
  readonly okActions: readonly string[];
  readonly alarmActions: readonly string[];
  readonly insufficientDataActions: readonly string[];
  readonly metricName?: string | undefined;
  readonly namespace?: string | undefined;
  readonly statistic?: string | undefined;
  readonly extendedStatistic?: string | undefined;
  readonly dimensions: readonly Parsed<Dimension>[];
  readonly periodSeconds?: number | undefined;
  readonly unit?: string | undefined;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm?: number | undefined;
  readonly threshold?: number | undefined;
  readonly comparisonOperator: string;
  readonly treatMissingData?: string | undefined;
  readonly evaluateLowSampleCountPercentile?: string | undefined;
  readonly metrics: readonly Parsed<MetricDataQuery>[];
  readonly thresholdMetricId?: string | undefined;
}

export interface AlarmRecordState {
  readonly value: AlarmState;
  readonly reason: string;
  readonly reasonData?: string;
  readonly updatedAt: Instant;
  /** When the value last became another; `updatedAt` moves as well when only the reason does. */
  readonly transitionedAt: Instant;
}

export const alarms = table<AlarmRecord>()({
  name: 'cloudwatch.alarms',
  key: (alarm) => alarmKey(alarm, alarm.name),
  indexes: { scope: scopeKey },
});

export function alarmKey(scope: Scope, name: string): string {
  return `${scopeKey(scope)}/${name}`;
}

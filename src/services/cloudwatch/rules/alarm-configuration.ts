import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import type { Parsed } from '../../../aws/operation.ts';
import {
  constraintBroken,
  invalidCombination,
  invalidParameterValue,
  missingParameter,
  notBuilt,
  validationError,
} from '../errors.ts';
import type { AlarmConfiguration } from '../tables.ts';
import { limits } from './limits.ts';

/** What PutMetricAlarm is to set, checked. Throws AwsError as AWS does where the parts do not make an alarm. */
export function alarmConfiguration(input: Parsed<PutMetricAlarmInput>): AlarmConfiguration {
  for (const member of notBuiltMembers) if (input[member] !== undefined) throw notBuilt(`the parameter ${member}`);
  checkLength(input.AlarmDescription, 'alarmDescription', limits.descriptionLength);
  checkActions(input);
  checkEnum(input.ComparisonOperator, 'comparisonOperator', comparisonOperators);
  checkEnum(input.Statistic, 'statistic', statistics);
  checkEnum(input.TreatMissingData, 'treatMissingData', missingDataTreatments);
  checkAtLeastOne(input.Period, 'period');
  checkAtLeastOne(input.EvaluationPeriods, 'evaluationPeriods');
  checkAtLeastOne(input.DatapointsToAlarm, 'datapointsToAlarm');
  const { ComparisonOperator: comparisonOperator, EvaluationPeriods: evaluationPeriods } = input;
  if (comparisonOperator === undefined) throw missingParameter('The parameter ComparisonOperator is required.');
  if (evaluationPeriods === undefined) throw missingParameter('The parameter EvaluationPeriods is required.');
  if (input.DatapointsToAlarm !== undefined && input.DatapointsToAlarm > evaluationPeriods) {
    throw validationError('The parameter DatapointsToAlarm must be less than or equal to EvaluationPeriods.');
  }
  if (input.Metrics && input.Metrics.length > 0) checkMetrics(input);
  else checkSingleMetric(input);
  checkThreshold(input);
  return {
    description: input.AlarmDescription,
    okActions: input.OKActions ?? [],
    alarmActions: input.AlarmActions ?? [],
    insufficientDataActions: input.InsufficientDataActions ?? [],
    metricName: input.MetricName,
    namespace: input.Namespace,
    statistic: input.Statistic,
    extendedStatistic: input.ExtendedStatistic,
    dimensions: input.Dimensions ?? [],
    periodSeconds: input.Period,
    unit: input.Unit,
    evaluationPeriods,
    datapointsToAlarm: input.DatapointsToAlarm,
    threshold: input.Threshold,
    comparisonOperator,
    treatMissingData: input.TreatMissingData,
    evaluateLowSampleCountPercentile: input.EvaluateLowSampleCountPercentile,
    metrics: input.Metrics ?? [],
    thresholdMetricId: input.ThresholdMetricId,
  };
}

const notBuiltMembers = [
  'EvaluationWindow',
  'WarmUpConfiguration',
  'EvaluationCriteria',
  'EvaluationInterval',
  'ActionConfiguration',
] as const;

const bandOperators = [
  'LessThanLowerOrGreaterThanUpperThreshold',
  'LessThanLowerThreshold',
  'GreaterThanUpperThreshold',
];
const comparisonOperators = [
  'GreaterThanOrEqualToThreshold',
  'GreaterThanThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
  ...bandOperators,
];
const statistics = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'];
const missingDataTreatments = ['breaching', 'notBreaching', 'ignore', 'missing'];

/** Members of an alarm on one metric: an alarm on an expression has them inside Metrics. */
const singleMetricMembers = [
  'MetricName',
  'Namespace',
  'Dimensions',
  'Period',
  'Unit',
  'Statistic',
  'ExtendedStatistic',
] as const;

function checkMetrics(input: Parsed<PutMetricAlarmInput>): void {
  const queries = input.Metrics ?? [];
  const mixed = singleMetricMembers.find((member) => input[member] !== undefined);
  if (mixed) throw invalidCombination(`The parameters Metrics and ${mixed} cannot be used together.`);
  if (queries.length > limits.metrics) throw validationError(`Metrics holds at most ${limits.metrics} queries.`);
  const ids = queries.map((query) => query.Id);
  if (new Set(ids).size !== ids.length) throw invalidParameterValue('The ids of Metrics must be unique.');
  for (const query of queries) {
    if (!/^[a-z][A-Za-z0-9_]{0,254}$/.test(query.Id)) {
      throw constraintBroken(
        query.Id,
        'metrics.id',
        'Member must begin with a lower-case letter and hold letters, numbers and underscores',
      );
    }
    if ((query.MetricStat === undefined) === (query.Expression === undefined)) {
      throw validationError(`The query ${query.Id} must have either MetricStat or Expression.`);
    }
  }
  const returned = queries.filter((query) => query.ReturnData !== false);
  const band = input.ThresholdMetricId;
  const expected = band === undefined ? 1 : 2;
  if (returned.length !== expected) {
    throw validationError(`Exactly ${expected} element${expected === 1 ? '' : 's'} of Metrics must return data.`);
  }
  if (band !== undefined && !ids.includes(band)) {
    throw validationError(`ThresholdMetricId ${band.slice(0, 255)} is not the id of a query of Metrics.`);
  }
}

function checkSingleMetric(input: Parsed<PutMetricAlarmInput>): void {
  for (const member of ['MetricName', 'Namespace', 'Period'] as const) {
    if (input[member] === undefined) throw missingParameter(`The parameter ${member} is required.`);
  }
  if (input.Statistic === undefined && input.ExtendedStatistic === undefined) {
    throw missingParameter('The parameters Statistic or ExtendedStatistic must be specified.');
  }
  if (input.Statistic !== undefined && input.ExtendedStatistic !== undefined) {
    throw invalidCombination('The parameters Statistic and ExtendedStatistic cannot be used together.');
  }
  if ((input.Dimensions?.length ?? 0) > limits.dimensions) {
    throw validationError(`An alarm has at most ${limits.dimensions} dimensions.`);
  }
  const period = input.Period ?? 0;
  if (![10, 20, 30].includes(period) && period % 60 !== 0) {
    throw validationError(`Metric period must be 10, 20, 30 or any multiple of 60 seconds, not ${period}.`);
  }
  if (period * (input.EvaluationPeriods ?? 0) > longestSpanSeconds) {
    throw validationError(
      'Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).',
    );
  }
}

const longestSpanSeconds = 86_400;

function checkThreshold(input: Parsed<PutMetricAlarmInput>): void {
  const ofBand = bandOperators.includes(input.ComparisonOperator ?? '');
  if (ofBand !== (input.ThresholdMetricId !== undefined)) {
    throw invalidCombination('ThresholdMetricId goes with the comparison operators of an anomaly detection band only.');
  }
  if (!ofBand && input.Threshold === undefined) throw missingParameter('The parameter Threshold is required.');
  if (ofBand && input.Threshold !== undefined) {
    throw invalidCombination('The parameters Threshold and ThresholdMetricId cannot be used together.');
  }
}

function checkActions(input: Parsed<PutMetricAlarmInput>): void {
  for (const member of ['OKActions', 'AlarmActions', 'InsufficientDataActions'] as const) {
    const actions = input[member] ?? [];
    if (actions.length > limits.actions) {
      const constraint = `Member must have length less than or equal to ${limits.actions}`;
      throw constraintBroken(`[${actions.join(', ')}]`, wireName(member), constraint);
    }
    for (const action of actions) {
      checkLength(action, wireName(member), limits.actionLength);
      if (!action.startsWith('arn:')) throw validationError(`Invalid arn syntax: ${action.slice(0, 300)}`);
    }
  }
}

function checkLength(value: string | undefined, member: string, limit: number): void {
  if (value !== undefined && value.length > limit) {
    throw constraintBroken(value, member, `Member must have length less than or equal to ${limit}`);
  }
}

function checkEnum(value: string | undefined, member: string, allowed: readonly string[]): void {
  if (value !== undefined && !allowed.includes(value)) {
    throw constraintBroken(value, member, `Member must satisfy enum value set: [${allowed.join(', ')}]`);
  }
}

function checkAtLeastOne(value: number | undefined, member: string): void {
  if (value !== undefined && value < 1) {
    throw constraintBroken(String(value), member, 'Member must have value greater than or equal to 1');
  }
}

function wireName(member: string): string {
  return member.charAt(0).toLowerCase() + member.slice(1);
}

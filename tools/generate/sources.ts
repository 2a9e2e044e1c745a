import type { Protocol } from '../../src/aws/model.ts';

/** One AWS service whose wire tables are generated. */
export interface Source {
  /** The name of the file under src/aws/models and of the folder under src/services; the signing name where that is no other. */
  readonly name: string;
  readonly signingName?: string;
  /** The npm package that exports the service's schemas. */
  readonly client: string;
  readonly serviceId: string;
  /** In the order preferred. */
  readonly protocols: readonly Protocol[];
  /**
   * Members whose number may have a fraction: the SDK's schema knows one kind of number only. Every other number of
   * the service is whole. 'all' where nobody has looked. (From the shapes of AWS's published service description.)
   */
  readonly fractions: readonly string[] | 'all';
}

export const sources: readonly Source[] = [
  {
    name: 'ecs',
    client: '@aws-sdk/client-ecs',
    serviceId: 'ECS',
    protocols: ['json-1.1'],
    fractions: [
      'CanaryConfiguration.canaryPercent',
      'DaemonDeploymentConfiguration.drainPercent',
      'LinearConfiguration.stepPercent',
      'ManagedApplicationAutoScalingPolicy.targetValue',
      'MemoryGiBPerVCpuRequest.min',
      'MemoryGiBPerVCpuRequest.max',
      'NetworkBandwidthGbpsRequest.min',
      'NetworkBandwidthGbpsRequest.max',
      'Resource.doubleValue',
      'Scale.value',
      'ServiceRevisionSummary.requestedTestTrafficWeight',
      'ServiceRevisionSummary.requestedProductionTrafficWeight',
      'TotalLocalStorageGBRequest.min',
      'TotalLocalStorageGBRequest.max',
    ],
  },
  {
    name: 'logs',
    client: '@aws-sdk/client-cloudwatch-logs',
    serviceId: 'CloudWatch Logs',
    // AWS says JSON; our agent speaks CBOR to it, which takes long texts as they are.
    protocols: ['json-1.1', 'rpc-v2-cbor'],
    fractions: [
      'DeliverySourceConfigurationSchema.minValue',
      'DeliverySourceConfigurationSchema.maxValue',
      'MetricTransformation.defaultValue',
      'QueryInfo.bytesScanned',
      'QueryStatistics.recordsMatched',
      'QueryStatistics.recordsScanned',
      'QueryStatistics.estimatedRecordsSkipped',
      'QueryStatistics.bytesScanned',
      'QueryStatistics.estimatedBytesSkipped',
      'QueryStatistics.logGroupsScanned',
    ],
  },
  {
    name: 'cloudwatch',
    signingName: 'monitoring',
    client: '@aws-sdk/client-cloudwatch',
    serviceId: 'CloudWatch',
    // The SDK's own package speaks JSON only; SDKs older and newer than it speak the other two.
    protocols: ['rpc-v2-cbor', 'json-1.0', 'query'],
    fractions: [
      'Datapoint.Average',
      'Datapoint.ExtendedStatistics[]',
      'Datapoint.Maximum',
      'Datapoint.Minimum',
      'Datapoint.SampleCount',
      'Datapoint.Sum',
      'GetInsightRuleReportOutput.AggregateValue',
      'InsightRuleContributor.ApproximateAggregateValue',
      'InsightRuleContributorDatapoint.ApproximateValue',
      'InsightRuleMetricDatapoint.Average',
      'InsightRuleMetricDatapoint.MaxContributorValue',
      'InsightRuleMetricDatapoint.Maximum',
      'InsightRuleMetricDatapoint.Minimum',
      'InsightRuleMetricDatapoint.SampleCount',
      'InsightRuleMetricDatapoint.Sum',
      'InsightRuleMetricDatapoint.UniqueContributors',
      'MetricAlarm.Threshold',
      'MetricDataResult.Values[]',
      'MetricDatum.Counts[]',
      'MetricDatum.Value',
      'MetricDatum.Values[]',
      'PutMetricAlarmInput.Threshold',
      'StatisticSet.Maximum',
      'StatisticSet.Minimum',
      'StatisticSet.SampleCount',
      'StatisticSet.Sum',
      'LogAlarm.Threshold',
      'PutLogAlarmInput.Threshold',
    ],
  },
  { name: 'ec2', client: '@aws-sdk/client-ec2', serviceId: 'EC2', protocols: ['ec2'], fractions: 'all' },
  { name: 'sts', client: '@aws-sdk/client-sts', serviceId: 'STS', protocols: ['query'], fractions: 'all' },
  { name: 'iam', client: '@aws-sdk/client-iam', serviceId: 'IAM', protocols: ['query'], fractions: 'all' },
  { name: 'kms', client: '@aws-sdk/client-kms', serviceId: 'KMS', protocols: ['json-1.1'], fractions: [] },
  {
    name: 'secretsmanager',
    client: '@aws-sdk/client-secrets-manager',
    serviceId: 'Secrets Manager',
    protocols: ['json-1.1'],
    fractions: [],
  },
  { name: 'ssm', client: '@aws-sdk/client-ssm', serviceId: 'SSM', protocols: ['json-1.1'], fractions: 'all' },
  { name: 'ecr', client: '@aws-sdk/client-ecr', serviceId: 'ECR', protocols: ['json-1.1'], fractions: 'all' },
  {
    name: 'ecr-public',
    client: '@aws-sdk/client-ecr-public',
    serviceId: 'ECR PUBLIC',
    protocols: ['json-1.1'],
    fractions: [],
  },
  { name: 's3', client: '@aws-sdk/client-s3', serviceId: 'S3', protocols: ['rest-xml'], fractions: [] },
  {
    name: 'efs',
    signingName: 'elasticfilesystem',
    client: '@aws-sdk/client-efs',
    serviceId: 'EFS',
    protocols: ['rest-json'],
    fractions: [
      'CreateFileSystemRequest.ProvisionedThroughputInMibps',
      'FileSystemDescription.ProvisionedThroughputInMibps',
      'UpdateFileSystemRequest.ProvisionedThroughputInMibps',
    ],
  },
];

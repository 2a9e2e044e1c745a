import type { Protocol } from '../../src/aws/model.ts';

/** One AWS service whose wire tables are generated. */
export interface Source {
  /** Signing name; also the name of the file under src/aws/models. */
  readonly name: string;
  /** The npm package that exports the service's schemas. */
  readonly client: string;
  readonly serviceId: string;
  readonly protocol: Protocol;
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
    protocol: 'json-1.1',
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
    protocol: 'json-1.1',
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
  { name: 'ec2', client: '@aws-sdk/client-ec2', serviceId: 'EC2', protocol: 'ec2', fractions: 'all' },
  { name: 'sts', client: '@aws-sdk/client-sts', serviceId: 'STS', protocol: 'query', fractions: 'all' },
];

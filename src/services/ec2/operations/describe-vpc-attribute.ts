import type { DescribeVpcAttributeRequest, DescribeVpcAttributeResult } from '@aws-sdk/client-ec2';
import type { Operation } from '../../../aws/operation.ts';
import { invalidParameterValue, refuseDryRun } from '../errors.ts';
import { findVpc } from '../references.ts';
import type { VpcAttributes, VpcRecord } from '../tables.ts';

export const describeVpcAttribute: Operation<DescribeVpcAttributeRequest, DescribeVpcAttributeResult> = (
  input,
  { call, store },
) =>
  store.view((reader) => {
    const vpc = findVpc(reader, call, input.VpcId);
    refuseDryRun(input.DryRun);
    const attributes = attributesOf(vpc);
    const VpcId = vpc.vpcId;
    switch (input.Attribute) {
      case 'enableDnsSupport':
        return { VpcId, EnableDnsSupport: { Value: attributes.enableDnsSupport } };
      case 'enableDnsHostnames':
        return { VpcId, EnableDnsHostnames: { Value: attributes.enableDnsHostnames } };
      case 'enableNetworkAddressUsageMetrics':
        return {
          VpcId,
          EnableNetworkAddressUsageMetrics: { Value: attributes.enableNetworkAddressUsageMetrics },
        };
      default:
        throw invalidParameterValue(`Value (${String(input.Attribute)}) for parameter attribute is invalid.`);
    }
  });

/** Only a default VPC is made with DNS host names. */
export function attributesOf(vpc: VpcRecord): VpcAttributes {
  return {
    enableDnsSupport: true,
    enableDnsHostnames: vpc.isDefault,
    enableNetworkAddressUsageMetrics: false,
    ...vpc.attributes,
  };
}

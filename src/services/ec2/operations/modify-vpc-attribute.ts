import type { ModifyVpcAttributeRequest } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../aws/error.ts';
import type { Operation } from '../../../aws/operation.ts';
import { invalidParameterValue } from '../errors.ts';
import { findVpc } from '../references.ts';
import { type VpcAttributes, vpcs } from '../tables.ts';

/** One attribute a call, as AWS has it. */
export const modifyVpcAttribute: Operation<ModifyVpcAttributeRequest, object> = (input, { call, store }) => {
  const given: Partial<VpcAttributes> = {
    ...valueOf('enableDnsSupport', input.EnableDnsSupport),
    ...valueOf('enableDnsHostnames', input.EnableDnsHostnames),
    ...valueOf('enableNetworkAddressUsageMetrics', input.EnableNetworkAddressUsageMetrics),
  };
  const count = Object.keys(given).length;
  if (count === 0) throw new AwsError('MissingParameter', 'The request must contain an attribute to modify');
  if (count > 1) {
    throw new AwsError(
      'InvalidParameterCombination',
      'Fields for multiple attribute types specified: only one attribute may be modified in a call.',
    );
  }
  return store.update((tx) => {
    const vpc = findVpc(tx, call, input.VpcId);
    tx.put(vpcs, { ...vpc, attributes: { ...vpc.attributes, ...given } });
    return {};
  });
};

function valueOf(
  name: keyof VpcAttributes,
  attribute: { readonly Value?: boolean | undefined } | undefined,
): Partial<VpcAttributes> {
  if (!attribute) return {};
  if (attribute.Value === undefined) throw invalidParameterValue(`Value () for parameter ${name} is invalid.`);
  return { [name]: attribute.Value };
}

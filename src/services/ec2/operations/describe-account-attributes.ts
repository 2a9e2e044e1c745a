import type {
  AccountAttribute,
  DescribeAccountAttributesRequest,
  DescribeAccountAttributesResult,
} from '@aws-sdk/client-ec2';
import type { Answer, Operation } from '../../../aws/operation.ts';
import { defaultVpcOf } from '../default-vpc.ts';
import { invalidParameterValue, refuseDryRun } from '../errors.ts';

export const describeAccountAttributes: Operation<DescribeAccountAttributesRequest, DescribeAccountAttributesResult> = (
  input,
  { call, store },
) =>
  store.view((reader) => {
    refuseDryRun(input.DryRun);
    const values: Readonly<Record<string, string>> = {
      'supported-platforms': 'VPC',
      'default-vpc': defaultVpcOf(reader, call)?.vpcId ?? 'none',
      'vpc-max-security-groups-per-interface': '5',
      // There are neither instances nor elastic addresses.
      'max-instances': '0',
      'max-elastic-ips': '0',
      'vpc-max-elastic-ips': '0',
    };
    const names = input.AttributeNames?.length ? input.AttributeNames : Object.keys(values);
    return { AccountAttributes: names.map((name) => shown(name, values[name])) };
  });

function shown(name: string, value: string | undefined): Answer<AccountAttribute> {
  if (value === undefined) throw invalidParameterValue(`Value (${name}) for parameter attributeName is invalid.`);
  return { AttributeName: name, AttributeValues: [{ AttributeValue: value }] };
}

import type {
  DescribeEgressOnlyInternetGatewaysRequest,
  DescribeEgressOnlyInternetGatewaysResult,
} from '@aws-sdk/client-ec2';
import type { Operation } from '../../../aws/operation.ts';
import { describeNone } from '../rules/describe.ts';

/** There are none, as none can be made. Clients ask before they look up a VPC, and before they delete one. */
export const describeEgressOnlyInternetGateways: Operation<
  DescribeEgressOnlyInternetGatewaysRequest,
  DescribeEgressOnlyInternetGatewaysResult
> = (input) => ({
  EgressOnlyInternetGateways: describeNone(input.EgressOnlyInternetGatewayIds, {
    kind: 'egressOnlyInternetGateway',
    notFoundCode: 'InvalidGatewayID.NotFound',
  }),
});

import type { DescribeInternetGatewaysRequest, DescribeInternetGatewaysResult } from '@aws-sdk/client-ec2';
import type { Operation } from '../../../aws/operation.ts';
import { scopeKey } from '../../../core/scope.ts';
import { type Describable, describe } from '../rules/describe.ts';
import { type InternetGatewayRecord, internetGateways } from '../tables.ts';
import { tagsOf } from '../tags.ts';

export const describeInternetGateways: Operation<DescribeInternetGatewaysRequest, DescribeInternetGatewaysResult> = (
  input,
  { call, store },
) =>
  store.view((reader) => {
    const page = describe(
      reader.find(internetGateways, 'scope', scopeKey(call)),
      {
        ids: input.InternetGatewayIds,
        filters: input.Filters,
        maxResults: input.MaxResults,
        nextToken: input.NextToken,
      },
      { ...describableGateway, tags: ({ internetGatewayId }) => tagsOf(reader, internetGatewayId) },
    );
    return {
      InternetGateways: page.items.map((gateway) => ({
        InternetGatewayId: gateway.internetGatewayId,
        OwnerId: gateway.accountId,
        // AWS's word for an attachment that is there, which its enumeration of states leaves out.
        Attachments: gateway.vpcId === undefined ? [] : [{ VpcId: gateway.vpcId, State: 'attached' }],
        Tags: tagsOf(reader, gateway.internetGatewayId),
      })),
      ...(page.nextToken === undefined ? {} : { NextToken: page.nextToken }),
    };
  });

const describableGateway: Describable<InternetGatewayRecord> = {
  kind: 'internetGateway',
  notFoundCode: 'InvalidInternetGatewayID.NotFound',
  id: (gateway) => gateway.internetGatewayId,
  filters: {
    'internet-gateway-id': (gateway) => gateway.internetGatewayId,
    'attachment.vpc-id': (gateway) => gateway.vpcId ?? [],
    'owner-id': (gateway) => gateway.accountId,
  },
};

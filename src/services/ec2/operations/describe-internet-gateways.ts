import type { DescribeInternetGatewaysRequest, InternetGateway } from '@aws-sdk/client-ec2';
import type { Answer, Operation } from '../../../aws/operation.ts';
import { scopeKey } from '../../../core/scope.ts';
import type { Reader } from '../../../store/store.ts';
import { type Describable, describe } from '../rules/describe.ts';
import { type InternetGatewayRecord, internetGateways } from '../tables.ts';
import { tagsOf } from '../tags.ts';

/** EC2 says `available` of a gateway that is attached; its own enumeration of states has no such word. */
export type ShownInternetGateway = Omit<InternetGateway, 'Attachments'> & {
  readonly Attachments: readonly { readonly VpcId: string; readonly State: 'available' }[];
};

export const describeInternetGateways: Operation<
  DescribeInternetGatewaysRequest,
  { readonly InternetGateways: readonly ShownInternetGateway[]; readonly NextToken?: string }
> = (input, { call, store }) =>
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
      InternetGateways: page.items.map((gateway) => shownInternetGateway(reader, gateway)),
      ...(page.nextToken === undefined ? {} : { NextToken: page.nextToken }),
    };
  });

export function shownInternetGateway(reader: Reader, gateway: InternetGatewayRecord): Answer<ShownInternetGateway> {
  return {
    InternetGatewayId: gateway.internetGatewayId,
    OwnerId: gateway.accountId,
    Attachments: gateway.vpcId === undefined ? [] : [{ VpcId: gateway.vpcId, State: 'available' }],
    Tags: tagsOf(reader, gateway.internetGatewayId),
  };
}

const describableGateway: Describable<InternetGatewayRecord> = {
  kind: 'internetGateway',
  notFoundCode: 'InvalidInternetGatewayID.NotFound',
  id: (gateway) => gateway.internetGatewayId,
  filters: {
    'internet-gateway-id': (gateway) => gateway.internetGatewayId,
    'attachment.vpc-id': (gateway) => gateway.vpcId ?? [],
    'attachment.state': (gateway) => (gateway.vpcId === undefined ? [] : 'available'),
    'owner-id': (gateway) => gateway.accountId,
  },
};

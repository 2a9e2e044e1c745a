import type { DescribeRouteTablesRequest, DescribeRouteTablesResult } from '@aws-sdk/client-ec2';
import type { Operation } from '../../../aws/operation.ts';
import { scopeKey } from '../../../core/scope.ts';
import { type Describable, describe } from '../rules/describe.ts';
import { type RouteTableRecord, routeTables, vpcs } from '../tables.ts';
import { tagsOf } from '../tags.ts';

export const describeRouteTables: Operation<DescribeRouteTablesRequest, DescribeRouteTablesResult> = (
  input,
  { call, store },
) =>
  store.view((reader) => {
    const page = describe(
      reader.find(routeTables, 'scope', scopeKey(call)),
      { ids: input.RouteTableIds, filters: input.Filters, maxResults: input.MaxResults, nextToken: input.NextToken },
      { ...describableTable, tags: ({ routeTableId }) => tagsOf(reader, routeTableId) },
    );
    return {
      RouteTables: page.items.map((it) => ({
        RouteTableId: it.routeTableId,
        VpcId: it.vpcId,
        OwnerId: it.accountId,
        PropagatingVgws: [],
        Associations: [
          {
            Main: true,
            RouteTableAssociationId: it.associationId,
            RouteTableId: it.routeTableId,
            AssociationState: { State: 'associated' },
          },
        ],
        Routes: [
          {
            DestinationCidrBlock: reader.get(vpcs, it.vpcId)?.cidrBlock,
            GatewayId: 'local',
            Origin: 'CreateRouteTable',
            State: 'active',
          },
          ...it.routes.map(({ cidrBlock, internetGatewayId }) => ({
            DestinationCidrBlock: cidrBlock,
            GatewayId: internetGatewayId,
            Origin: 'CreateRoute' as const,
            State: 'active' as const,
          })),
        ],
        Tags: tagsOf(reader, it.routeTableId),
      })),
      ...(page.nextToken === undefined ? {} : { NextToken: page.nextToken }),
    };
  });

const describableTable: Describable<RouteTableRecord> = {
  kind: 'routeTable',
  notFoundCode: 'InvalidRouteTableID.NotFound',
  id: (it) => it.routeTableId,
  filters: {
    'route-table-id': (it) => it.routeTableId,
    'vpc-id': (it) => it.vpcId,
    'association.main': () => 'true',
    'association.route-table-association-id': (it) => it.associationId,
    'route.gateway-id': (it) => ['local', ...it.routes.map(({ internetGatewayId }) => internetGatewayId)],
    'owner-id': (it) => it.accountId,
  },
};

import type {
  DescribeRouteTablesRequest,
  DescribeRouteTablesResult,
  Route,
  RouteTable,
  RouteTableAssociation,
} from '@aws-sdk/client-ec2';
import type { Answer, Operation } from '../../../aws/operation.ts';
import { scopeKey } from '../../../core/scope.ts';
import type { Reader } from '../../../store/store.ts';
import { subnetsOf } from '../references.ts';
import { type Describable, describe, nothingHas } from '../rules/describe.ts';
import { internetGateways, type RouteTableRecord, routeTables, vpcs } from '../tables.ts';
import { tagsOf } from '../tags.ts';

export const describeRouteTables: Operation<DescribeRouteTablesRequest, DescribeRouteTablesResult> = (
  input,
  { call, store },
) =>
  store.view((reader) => {
    const tables = [...reader.find(routeTables, 'scope', scopeKey(call))].map((it) => shownRouteTable(reader, it));
    const page = describe(
      tables,
      { ids: input.RouteTableIds, filters: input.Filters, maxResults: input.MaxResults, nextToken: input.NextToken },
      describableTable,
    );
    return {
      RouteTables: page.items,
      ...(page.nextToken === undefined ? {} : { NextToken: page.nextToken }),
    };
  });

export function shownRouteTable(reader: Reader, routeTable: RouteTableRecord): Answer<RouteTable> {
  const { routeTableId, vpcId, accountId } = routeTable;
  return {
    RouteTableId: routeTableId,
    VpcId: vpcId,
    OwnerId: accountId,
    PropagatingVgws: [],
    Associations: associationsOf(reader, routeTable),
    Routes: routesOf(reader, routeTable),
    Tags: tagsOf(reader, routeTableId),
  };
}

function associationsOf(reader: Reader, routeTable: RouteTableRecord): readonly Answer<RouteTableAssociation>[] {
  const { routeTableId, associationId } = routeTable;
  const shown = { RouteTableId: routeTableId, AssociationState: { State: 'associated' as const } };
  return [
    ...(associationId === undefined ? [] : [{ ...shown, Main: true, RouteTableAssociationId: associationId }]),
    ...subnetsOf(reader, routeTable).map(({ subnetId, routeTableAssociation }) => ({
      ...shown,
      Main: false,
      SubnetId: subnetId,
      RouteTableAssociationId: routeTableAssociation?.associationId,
    })),
  ];
}

/** A route whose gateway was detached or deleted stays, and leads nowhere. */
function routesOf(reader: Reader, { vpcId, routes }: RouteTableRecord): readonly Answer<Route>[] {
  const isAttached = (gatewayId: string): boolean => reader.get(internetGateways, gatewayId)?.vpcId === vpcId;
  return [
    {
      DestinationCidrBlock: reader.get(vpcs, vpcId)?.cidrBlock,
      GatewayId: 'local',
      Origin: 'CreateRouteTable',
      State: 'active',
    },
    ...routes.map(({ cidrBlock, internetGatewayId }) => ({
      DestinationCidrBlock: cidrBlock,
      GatewayId: internetGatewayId,
      Origin: 'CreateRoute' as const,
      State: isAttached(internetGatewayId) ? ('active' as const) : ('blackhole' as const),
    })),
  ];
}

const each = <Item>(items: readonly Item[] | undefined, read: (item: Item) => string | undefined): readonly string[] =>
  (items ?? []).flatMap((item) => read(item) ?? []);

const describableTable: Describable<Answer<RouteTable>> = {
  kind: 'routeTable',
  notFoundCode: 'InvalidRouteTableID.NotFound',
  id: (it) => it.RouteTableId ?? '',
  tags: (it) => it.Tags ?? [],
  filters: {
    'route-table-id': (it) => it.RouteTableId ?? '',
    'vpc-id': (it) => it.VpcId ?? '',
    'owner-id': (it) => it.OwnerId ?? '',
    'association.main': (it) => each(it.Associations, ({ Main }) => String(Main)),
    'association.route-table-association-id': (it) =>
      each(it.Associations, ({ RouteTableAssociationId }) => RouteTableAssociationId),
    'association.route-table-id': (it) => each(it.Associations, ({ RouteTableId }) => RouteTableId),
    'association.subnet-id': (it) => each(it.Associations, ({ SubnetId }) => SubnetId),
    'route.destination-cidr-block': (it) => each(it.Routes, ({ DestinationCidrBlock }) => DestinationCidrBlock),
    'route.gateway-id': (it) => each(it.Routes, ({ GatewayId }) => GatewayId),
    'route.origin': (it) => each(it.Routes, ({ Origin }) => Origin),
    'route.state': (it) => each(it.Routes, ({ State }) => State),
    ...nothingHas(
      'association.gateway-id',
      'route.destination-ipv6-cidr-block',
      'route.destination-prefix-list-id',
      'route.egress-only-internet-gateway-id',
      'route.instance-id',
      'route.nat-gateway-id',
      'route.transit-gateway-id',
      'route.vpc-peering-connection-id',
    ),
  },
};

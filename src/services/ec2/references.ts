import { AwsError } from '../../aws/error.ts';
import { type Scope, scopeKey } from '../../core/scope.ts';
import type { Reader } from '../../store/store.ts';
import { notFound } from './errors.ts';
import {
  type InternetGatewayRecord,
  internetGateways,
  type RouteTableRecord,
  routeTables,
  type SubnetRecord,
  subnets,
  type VpcRecord,
  vpcs,
} from './tables.ts';

/** What a request names by its id; throws where the caller has none of that id. */
export function findVpc(reader: Reader, scope: Scope, vpcId: string): VpcRecord {
  const vpc = reader.get(vpcs, vpcId);
  if (!vpc || scopeKey(vpc) !== scopeKey(scope)) throw notFound('InvalidVpcID.NotFound', 'vpc', [vpcId]);
  return vpc;
}

export function findSubnetRecord(reader: Reader, scope: Scope, subnetId: string): SubnetRecord {
  const subnet = reader.get(subnets, subnetId);
  if (!subnet || scopeKey(subnet) !== scopeKey(scope)) {
    throw notFound('InvalidSubnetID.NotFound', 'subnet', [subnetId]);
  }
  return subnet;
}

export function findInternetGateway(reader: Reader, scope: Scope, internetGatewayId: string): InternetGatewayRecord {
  const gateway = reader.get(internetGateways, internetGatewayId);
  if (!gateway || scopeKey(gateway) !== scopeKey(scope)) {
    throw notFound('InvalidInternetGatewayID.NotFound', 'internetGateway', [internetGatewayId]);
  }
  return gateway;
}

export function findRouteTable(reader: Reader, scope: Scope, routeTableId: string): RouteTableRecord {
  const routeTable = reader.get(routeTables, routeTableId);
  if (!routeTable || scopeKey(routeTable) !== scopeKey(scope)) {
    throw notFound('InvalidRouteTableID.NotFound', 'routeTable', [routeTableId]);
  }
  return routeTable;
}

/** What an association of a route table is with: a subnet, or the VPC whose main route table it is. */
export type AssociationReference = { readonly subnet: SubnetRecord } | { readonly main: RouteTableRecord };

export function findAssociation(reader: Reader, scope: Scope, associationId: string): AssociationReference {
  for (const subnet of reader.find(subnets, 'scope', scopeKey(scope))) {
    if (subnet.routeTableAssociation?.associationId === associationId) return { subnet };
  }
  for (const main of reader.find(routeTables, 'scope', scopeKey(scope))) {
    if (main.associationId === associationId) return { main };
  }
  throw new AwsError('InvalidAssociationID.NotFound', `The association ID '${associationId}' does not exist`);
}

/** The subnets that use a route table because they were told to. */
export function subnetsOf(reader: Reader, routeTable: RouteTableRecord): readonly SubnetRecord[] {
  return [...reader.find(subnets, 'vpc', routeTable.vpcId)].filter(
    (subnet) => subnet.routeTableAssociation?.routeTableId === routeTable.routeTableId,
  );
}

import { AwsError } from '../../aws/error.ts';
import type { Scope } from '../../core/scope.ts';
import type { Reader } from '../../store/store.ts';
import { invalidParameterValue, missingParameter, notBuilt } from './errors.ts';
import { findVpc } from './references.ts';
import { canonicalCidr } from './rules/ip-permissions.ts';
import { knownCidr } from './rules/cidr.ts';
import { internetGateways, type RouteRecord, type RouteTableRecord, vpcs } from './tables.ts';

/** How requests name a route and what it leads to. Of the targets there are internet gateways. */
export interface RouteInput {
  readonly DestinationCidrBlock?: string | undefined;
  readonly DestinationIpv6CidrBlock?: string | undefined;
  readonly DestinationPrefixListId?: string | undefined;
  readonly GatewayId?: string | undefined;
}

const otherTargets = [
  'CarrierGatewayId',
  'CoreNetworkArn',
  'EgressOnlyInternetGatewayId',
  'InstanceId',
  'LocalGatewayId',
  'LocalTarget',
  'NatGatewayId',
  'NetworkInterfaceId',
  'OdbNetworkArn',
  'TransitGatewayId',
  'VpcEndpointId',
  'VpcPeeringConnectionId',
] as const;

/** The route that a request describes, checked against the network it is to be in. */
export function routeOf(reader: Reader, scope: Scope, routeTable: RouteTableRecord, input: RouteInput): RouteRecord {
  for (const [member, value] of Object.entries(input)) {
    if (value !== undefined && otherTargets.some((other) => other === member)) throw notBuilt(member);
  }
  const cidrBlock = destinationOf(input);
  const { GatewayId: gatewayId } = input;
  if (gatewayId === undefined) throw missingParameter('gatewayId');
  if (gatewayId.startsWith('vgw-') || gatewayId.startsWith('vpce-'))
    throw notBuilt('GatewayId of a VPN or an endpoint');
  const whole = knownCidr(findVpc(reader, scope, routeTable.vpcId).cidrBlock);
  const block = knownCidr(cidrBlock);
  if (block.first >= whole.first && block.last <= whole.last) {
    throw invalidParameterValue(
      `The destination CIDR block ${cidrBlock} is equal to or more specific than one of this VPC's CIDR blocks. This route can target only an interface or an instance.`,
    );
  }
  const gateway = reader.get(internetGateways, gatewayId);
  if (!gateway || gateway.accountId !== scope.accountId || gateway.region !== scope.region) {
    throw new AwsError('InvalidGatewayID.NotFound', `The gateway ID '${gatewayId}' does not exist`);
  }
  if (gateway.vpcId !== routeTable.vpcId) {
    throw invalidParameterValue(
      `route table ${routeTable.routeTableId} and network gateway ${gatewayId} belong to different networks`,
    );
  }
  return { cidrBlock, internetGatewayId: gatewayId };
}

export function destinationOf(input: RouteInput): string {
  if (input.DestinationIpv6CidrBlock !== undefined) throw notBuilt('DestinationIpv6CidrBlock');
  if (input.DestinationPrefixListId !== undefined) throw notBuilt('DestinationPrefixListId');
  if (input.DestinationCidrBlock === undefined) throw missingParameter('destinationCidrBlock');
  return canonicalCidr(input.DestinationCidrBlock);
}

/** Where a table has no such route. The local one cannot be named: it stays as it is. */
export function routeNotFound(reader: Reader, routeTable: RouteTableRecord, cidrBlock: string): AwsError {
  const { routeTableId, vpcId } = routeTable;
  if (reader.get(vpcs, vpcId)?.cidrBlock === cidrBlock) {
    return invalidParameterValue(`cannot remove local route ${cidrBlock} in route table ${routeTableId}`);
  }
  return new AwsError(
    'InvalidRoute.NotFound',
    `no route with destination-cidr-block ${cidrBlock} in route table ${routeTableId}`,
  );
}

import type { Scope } from '../../core/scope.ts';
import { scopeKey } from '../../core/scope.ts';
import type { Env, Reader, Transaction } from '../../store/store.ts';
import {
  internetGateways,
  type RouteTableRecord,
  routeTables,
  type SecurityGroupRuleRecord,
  securityGroups,
  subnets,
  type VpcRecord,
  vpcs,
} from './tables.ts';

/**
 * Gives an account its default VPC in a region, as AWS does when an account is made: 172.31.0.0/16, a /20 subnet in
 * each zone, a default security group. Does nothing where there is a VPC already.
 */
export function ensureDefaultVpc(tx: Transaction, env: Env, scope: Scope): void {
  const present = defaultVpcOf(tx, scope);
  if (present) ensureWayOut(tx, env, present);
  if (tx.count(vpcs, 'scope', scopeKey(scope)) > 0) return;
  const { accountId, region } = scope;
  const vpcId = newResourceId(env, 'vpc');
  const vpc: VpcRecord = {
    accountId,
    region,
    vpcId,
    cidrBlock: '172.31.0.0/16',
    isDefault: true,
    dhcpOptionsId: newResourceId(env, 'dopt'),
  };
  tx.put(vpcs, vpc);
  ensureWayOut(tx, env, vpc);
  putDefaultSecurityGroup(tx, env, scope, vpcId);
  for (const zone of availabilityZones(region).slice(0, 2)) {
    tx.put(subnets, {
      accountId,
      region,
      vpcId,
      subnetId: newResourceId(env, 'subnet'),
      cidrBlock: zone.defaultCidrBlock,
      availabilityZone: zone.zoneName,
      availabilityZoneId: zone.zoneId,
      defaultForAz: true,
      mapPublicIpOnLaunch: true,
    });
  }
}

/** The default VPC's internet gateway, and the route to it. */
function ensureWayOut(tx: Transaction, env: Env, vpc: VpcRecord): void {
  const { accountId, region, vpcId } = vpc;
  if (tx.count(routeTables, 'vpc', vpcId) > 0) return;
  const internetGatewayId = newResourceId(env, 'igw');
  tx.put(internetGateways, { accountId, region, internetGatewayId, vpcId });
  putMainRouteTable(tx, env, vpc, [{ cidrBlock: '0.0.0.0/0', internetGatewayId }]);
}

export function putMainRouteTable(
  tx: Transaction,
  env: Env,
  { accountId, region, vpcId }: VpcRecord,
  routes: RouteTableRecord['routes'],
): void {
  const routeTableId = newResourceId(env, 'rtb');
  tx.put(routeTables, {
    accountId,
    region,
    vpcId,
    routeTableId,
    associationId: newResourceId(env, 'rtbassoc'),
    routes,
  });
}

export function defaultVpcOf(reader: Reader, scope: Scope): VpcRecord | undefined {
  for (const vpc of reader.find(vpcs, 'scope', scopeKey(scope))) if (vpc.isDefault) return vpc;
  return undefined;
}

/** Every VPC has one: all may come from its own members, and all may go everywhere. */
export function putDefaultSecurityGroup(tx: Transaction, env: Env, { accountId, region }: Scope, vpcId: string): void {
  const groupId = newResourceId(env, 'sg');
  tx.put(securityGroups, {
    accountId,
    region,
    vpcId,
    groupId,
    groupName: 'default',
    description: 'default VPC security group',
    rules: [
      { ruleId: newResourceId(env, 'sgr'), isEgress: false, protocol: '-1', peer: { groupId } },
      allowAllEgress(newResourceId(env, 'sgr')),
    ],
  });
}

/** What AWS gives every new group. */
export function allowAllEgress(ruleId: string): SecurityGroupRuleRecord {
  return { ruleId, isEgress: true, protocol: '-1', peer: { cidrIpv4: '0.0.0.0/0' } };
}

export interface AvailabilityZoneInfo {
  readonly zoneName: string;
  readonly zoneId: string;
  /** The block of the default subnet in this zone. */
  readonly defaultCidrBlock: string;
}

/** The zones of a region. AWS has two to six; Longshore has two, and hosts say in which they are. */
export function availabilityZones(region: string): readonly AvailabilityZoneInfo[] {
  const short = zoneIdPrefix(region);
  return [
    { zoneName: `${region}a`, zoneId: `${short}-az1`, defaultCidrBlock: '172.31.0.0/20' },
    { zoneName: `${region}b`, zoneId: `${short}-az2`, defaultCidrBlock: '172.31.16.0/20' },
  ];
}

/** AWS's zone ids shorten the region: us-east-1 is use1, ap-southeast-2 is apse2. */
function zoneIdPrefix(region: string): string {
  const [area = '', direction = '', number = ''] = region.split('-');
  const letters = direction.replace(/(north|south|east|west|central)/g, (word) => word.charAt(0));
  return `${area}${letters}${number}`;
}

/** An id of AWS's long form: prefix and 17 hex digits, the first of them 0. */
export function newResourceId(env: Env, prefix: string): string {
  return `${prefix}-0${env.newId().slice(0, 16)}`;
}

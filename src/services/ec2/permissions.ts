/** What the operations of EC2 ask of IAM: the things whose ids a request names, and what it makes. Describe* ask for `*`. */
import {
  type ConditionValues,
  type Permissions,
  plainTags,
  requestTagConditions,
  resourceTagConditions,
} from '../../aws/permission.ts';
import type { Call } from '../../aws/operation.ts';
import { formatArn } from '../../core/arn.ts';
import type { Reader } from '../../store/store.ts';
import { networkInterfaces, routeTables, securityGroups, subnets } from './tables.ts';
import { tagsOf } from './tags.ts';

/** The members by which requests name things and tags. */
interface Named {
  readonly GroupId?: string;
  readonly GroupName?: string;
  readonly VpcId?: string;
  readonly SubnetId?: string;
  readonly RouteTableId?: string;
  readonly InternetGatewayId?: string;
  readonly NetworkInterfaceId?: string;
  readonly Resources?: readonly string[];
  readonly Tags?: readonly { readonly Key?: string; readonly Value?: string }[];
  readonly TagSpecifications?: readonly {
    readonly Tags?: readonly { readonly Key?: string; readonly Value?: string }[];
  }[];
}

const kinds = {
  GroupId: 'security-group',
  VpcId: 'vpc',
  SubnetId: 'subnet',
  RouteTableId: 'route-table',
  InternetGatewayId: 'internet-gateway',
  NetworkInterfaceId: 'network-interface',
} as const;

/** What an id begins with says what it is of. */
const kindsByPrefix: Readonly<Record<string, string>> = {
  sg: 'security-group',
  sgr: 'security-group-rule',
  vpc: 'vpc',
  subnet: 'subnet',
  rtb: 'route-table',
  igw: 'internet-gateway',
  eni: 'network-interface',
  vol: 'volume',
  i: 'instance',
};

/** By operation, the kind of what it makes; undefined where it changes what is there. */
const operations: Readonly<Record<string, string | undefined>> = {
  AssociateRouteTable: undefined,
  AttachInternetGateway: undefined,
  AuthorizeSecurityGroupEgress: undefined,
  AuthorizeSecurityGroupIngress: undefined,
  CreateInternetGateway: 'internet-gateway',
  CreateRoute: undefined,
  CreateRouteTable: 'route-table',
  CreateSecurityGroup: 'security-group',
  CreateSubnet: 'subnet',
  CreateTags: undefined,
  CreateVpc: 'vpc',
  DeleteInternetGateway: undefined,
  DeleteRoute: undefined,
  DeleteRouteTable: undefined,
  DeleteSecurityGroup: undefined,
  DeleteSubnet: undefined,
  DeleteTags: undefined,
  DeleteVpc: undefined,
  DetachInternetGateway: undefined,
  DisassociateRouteTable: undefined,
  ModifySecurityGroupRules: undefined,
  ModifySubnetAttribute: undefined,
  ModifyVpcAttribute: undefined,
  ReplaceRoute: undefined,
  ReplaceRouteTableAssociation: undefined,
  RevokeSecurityGroupEgress: undefined,
  RevokeSecurityGroupIngress: undefined,
  UpdateSecurityGroupRuleDescriptionsEgress: undefined,
  UpdateSecurityGroupRuleDescriptionsIngress: undefined,
};

/** What is asked for on `*`. */
const reads = [
  'DescribeAccountAttributes',
  'DescribeAddresses',
  'DescribeAvailabilityZones',
  'DescribeEgressOnlyInternetGateways',
  'DescribeInstances',
  'DescribeInternetGateways',
  'DescribeNatGateways',
  'DescribeNetworkAcls',
  'DescribeNetworkInterfaces',
  'DescribeRegions',
  'DescribeRouteTables',
  'DescribeSecurityGroupRules',
  'DescribeSecurityGroups',
  'DescribeSubnets',
  'DescribeTags',
  'DescribeVpcAttribute',
  'DescribeVpcEndpoints',
  'DescribeVpcPeeringConnections',
  'DescribeVpcs',
  'DescribeVpnGateways',
] as const;

export const ec2Permissions: Readonly<Record<string, Permissions<never>>> = {
  ...Object.fromEntries(
    reads.map((operation): [string, Permissions<never>] => [
      operation,
      (_input, { call }) => [{ action: `ec2:${operation}`, resources: ['*'], conditions: regionOf(call) }],
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(operations).map(([operation, made]) => [operation, permissionsOf(operation, made)] as const),
  ),
};

function regionOf({ region }: Call): ConditionValues {
  return { 'ec2:Region': region };
}

function permissionsOf(operation: string, made: string | undefined): Permissions<Named> {
  return (input, { call, reader }) => {
    const action = `ec2:${operation}`;
    const tags = broughtTags(input);
    const present = named(input).map(({ kind, id }) => ({
      action,
      resources: [ec2Arn(call, kind, id)],
      conditions: { ...regionOf(call), ...vpcCondition(call, vpcOf(reader, id)), ...tags, ...ownTags(reader, id) },
    }));
    const ofMade = { ...regionOf(call), ...vpcCondition(call, input.VpcId), ...tags };
    const own =
      made !== undefined || present.length === 0
        ? [{ action, resources: [made === undefined ? '*' : ec2Arn(call, made, '*')], conditions: ofMade }, ...present]
        : present;
    if (made === undefined || Object.keys(tags).length === 0) return own;
    // Whoever makes something with tags must also be allowed to tag it.
    const conditions = { ...ofMade, 'ec2:CreateAction': operation };
    return [...own, { action: 'ec2:CreateTags', resources: [ec2Arn(call, made, '*')], conditions }];
  };
}

/** What there is that a request names. Each is asked for by itself, as it has tags of its own. */
function named(input: Named): readonly { readonly kind: string; readonly id: string }[] {
  const members = Object.entries(kinds).flatMap(([member, kind]) => {
    const id = input[member as keyof typeof kinds]; // the names of the table above
    return id === undefined ? [] : [{ kind, id }];
  });
  const tagged = (input.Resources ?? []).map((id) => ({ kind: kindsByPrefix[id.split('-')[0] ?? ''] ?? '*', id }));
  return [...members, ...tagged];
}

/** The VPC that a group, a subnet, a route table or an interface is in. */
function vpcOf(reader: Reader, id: string): string | undefined {
  const record =
    reader.get(securityGroups, id) ??
    reader.get(subnets, id) ??
    reader.get(routeTables, id) ??
    reader.get(networkInterfaces, id);
  return record?.vpcId;
}

function vpcCondition(call: Call, vpcId: string | undefined): ConditionValues {
  return vpcId === undefined ? {} : { 'ec2:Vpc': ec2Arn(call, 'vpc', vpcId) };
}

function ownTags(reader: Reader, id: string): ConditionValues {
  return resourceTagConditions(plainTags(tagsOf(reader, id)), 'ec2:ResourceTag');
}

function broughtTags({ Tags = [], TagSpecifications = [] }: Named): ConditionValues {
  const all = [...Tags, ...TagSpecifications.flatMap((each) => each.Tags ?? [])];
  return requestTagConditions(plainTags(all));
}

function ec2Arn(call: Call, kind: string, id: string): string {
  return formatArn({ service: 'ec2', region: call.region, accountId: call.accountId, resource: `${kind}/${id}` });
}

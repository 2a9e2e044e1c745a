import { type Scope, scopeKey } from '../../core/scope.ts';
import { table } from '../../store/table.ts';

export interface VpcRecord extends Scope {
  readonly vpcId: string;
  readonly cidrBlock: string;
  readonly isDefault: boolean;
  readonly dhcpOptionsId: string;
  /** What ModifyVpcAttribute changed; the rest is as VPCs are made. */
  readonly attributes?: Partial<VpcAttributes>;
}

export interface VpcAttributes {
  readonly enableDnsSupport: boolean;
  readonly enableDnsHostnames: boolean;
  readonly enableNetworkAddressUsageMetrics: boolean;
}

export const vpcs = table<VpcRecord>()({
  name: 'ec2.vpcs',
  key: (vpc) => vpc.vpcId,
  indexes: { scope: scopeKey },
});

export interface SubnetRecord extends Scope {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly cidrBlock: string;
  readonly availabilityZone: string;
  readonly availabilityZoneId: string;
  readonly defaultForAz: boolean;
  readonly mapPublicIpOnLaunch: boolean;
  /** Absent where the subnet uses the VPC's main route table. */
  readonly routeTableAssociation?: { readonly associationId: string; readonly routeTableId: string };
}

export const subnets = table<SubnetRecord>()({
  name: 'ec2.subnets',
  key: (subnet) => subnet.subnetId,
  indexes: { scope: scopeKey, vpc: (subnet) => subnet.vpcId },
});

export interface SecurityGroupRecord extends Scope {
  readonly groupId: string;
  readonly vpcId: string;
  readonly groupName: string;
  readonly description: string;
  /** In the order in which they came. */
  readonly rules: readonly SecurityGroupRuleRecord[];
}

/** One peer that may send (ingress) or be sent to (egress) one kind of traffic. */
export interface SecurityGroupRuleRecord {
  /** Of AWS's shape, sgr-. */
  readonly ruleId: string;
  readonly isEgress: boolean;
  /** As AWS shows it: tcp, udp, icmp, icmpv6, a number, or -1 for all. */
  readonly protocol: string;
  /** Ports of TCP and UDP; type and code of ICMP, -1 for any. Absent with other protocols. */
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly peer: SecurityGroupPeer;
  readonly description?: string;
}

export type SecurityGroupPeer =
  | { readonly cidrIpv4: string }
  | { readonly cidrIpv6: string }
  | { readonly groupId: string };

export const securityGroups = table<SecurityGroupRecord>()({
  name: 'ec2.security-groups',
  key: (group) => group.groupId,
  indexes: { scope: scopeKey, vpc: (group) => group.vpcId },
});

export interface NetworkInterfaceRecord extends Scope {
  readonly networkInterfaceId: string;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
  readonly privateIpv4Address: string;
  readonly macAddress: string;
  readonly securityGroupIds: readonly string[];
  readonly description: string;
}

export const networkInterfaces = table<NetworkInterfaceRecord>()({
  name: 'ec2.network-interfaces',
  key: (networkInterface) => networkInterface.networkInterfaceId,
  indexes: {
    scope: scopeKey,
    subnet: (networkInterface) => networkInterface.subnetId,
    /** The members of a security group. */
    group: (networkInterface) => networkInterface.securityGroupIds,
    /** What makes an address taken. */
    address: (networkInterface) => `${networkInterface.subnetId}/${networkInterface.privateIpv4Address}`,
  },
});

/** A network interface to be (ready-interfaces.ts): its address is kept for a task to come. */
export interface ReadyInterfaceRecord extends Scope {
  readonly networkInterfaceId: string;
  readonly subnetId: string;
  readonly privateIpv4Address: string;
  readonly macAddress: string;
  /** Whom it is held for. */
  readonly holder: string;
  /** Grows with each one of a holder. */
  readonly order: number;
}

export const readyInterfaces = table<ReadyInterfaceRecord>()({
  name: 'ec2.ready-interfaces',
  key: (held) => held.networkInterfaceId,
  indexes: {
    holder: (held) => held.holder,
    subnet: (held) => held.subnetId,
    address: (held) => `${held.subnetId}/${held.privateIpv4Address}`,
  },
});

/** The tags of one resource, whatever it is. */
export interface ResourceTagsRecord extends Scope {
  readonly resourceId: string;
  /** As AWS names it: security-group, subnet, vpc. */
  readonly resourceType: string;
  readonly tags: Readonly<Record<string, string>>;
}

export const resourceTags = table<ResourceTagsRecord>()({
  name: 'ec2.tags',
  key: (record) => record.resourceId,
  indexes: { scope: scopeKey },
});

export interface InternetGatewayRecord extends Scope {
  readonly internetGatewayId: string;
  /** Of the VPC it is attached to. */
  readonly vpcId?: string;
}

export const internetGateways = table<InternetGatewayRecord>()({
  name: 'ec2.internet-gateways',
  key: (gateway) => gateway.internetGatewayId,
  indexes: { scope: scopeKey, vpc: (gateway) => gateway.vpcId },
});

export interface RouteTableRecord extends Scope {
  readonly routeTableId: string;
  readonly vpcId: string;
  /** Of the VPC's main route table, which the subnets without one of their own use: its association with the VPC. */
  readonly associationId?: string;
  /** Beside the local one: destination and internet gateway. */
  readonly routes: readonly RouteRecord[];
}

export interface RouteRecord {
  readonly cidrBlock: string;
  readonly internetGatewayId: string;
}

export const routeTables = table<RouteTableRecord>()({
  name: 'ec2.route-tables',
  key: (routeTable) => routeTable.routeTableId,
  indexes: { scope: scopeKey, vpc: (routeTable) => routeTable.vpcId },
});

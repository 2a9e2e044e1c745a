import { type Scope, scopeKey } from '../../core/scope.ts';
import { table } from '../../store/table.ts';

export interface VpcRecord extends Scope {
  readonly vpcId: string;
  readonly cidrBlock: string;
  readonly isDefault: boolean;
  readonly dhcpOptionsId: string;
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
}

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
    subnet: (networkInterface) => networkInterface.subnetId,
    /** What makes an address taken. */
    address: (networkInterface) => `${networkInterface.subnetId}/${networkInterface.privateIpv4Address}`,
  },
});

import type { DescribeSubnetsRequest, DescribeSubnetsResult, Subnet } from '@aws-sdk/client-ec2';
import type { Answer, Operation } from '../../../aws/operation.ts';
import { formatArn } from '../../../core/arn.ts';
import { scopeKey } from '../../../core/scope.ts';
import type { Reader } from '../../../store/store.ts';
import { knownCidr, usableAddresses } from '../rules/cidr.ts';
import { type Describable, describe, nothingHas } from '../rules/describe.ts';
import { tagsOf } from '../tags.ts';
import { networkInterfaces, type SubnetRecord, subnets } from '../tables.ts';

export const describeSubnets: Operation<DescribeSubnetsRequest, DescribeSubnetsResult> = (input, { call, store }) =>
  store.view((reader) => {
    const page = describe(
      reader.find(subnets, 'scope', scopeKey(call)),
      { ids: input.SubnetIds, filters: input.Filters, maxResults: input.MaxResults, nextToken: input.NextToken },
      {
        ...describableSubnet,
        tags: ({ subnetId }) => tagsOf(reader, subnetId),
        filters: {
          ...describableSubnet.filters,
          'available-ip-address-count': (subnet) => String(availableAddresses(reader, subnet)),
        },
      },
    );
    return {
      Subnets: page.items.map((subnet) => shownSubnet(reader, subnet)),
      ...(page.nextToken === undefined ? {} : { NextToken: page.nextToken }),
    };
  });

export function shownSubnet(reader: Reader, subnet: SubnetRecord): Answer<Subnet> {
  return {
    SubnetId: subnet.subnetId,
    SubnetArn: subnetArn(subnet),
    VpcId: subnet.vpcId,
    OwnerId: subnet.accountId,
    State: 'available',
    CidrBlock: subnet.cidrBlock,
    AvailabilityZone: subnet.availabilityZone,
    AvailabilityZoneId: subnet.availabilityZoneId,
    AvailableIpAddressCount: availableAddresses(reader, subnet),
    DefaultForAz: subnet.defaultForAz,
    MapPublicIpOnLaunch: subnet.mapPublicIpOnLaunch,
    AssignIpv6AddressOnCreation: false,
    MapCustomerOwnedIpOnLaunch: false,
    EnableDns64: false,
    Ipv6Native: false,
    Ipv6CidrBlockAssociationSet: [],
    PrivateDnsNameOptionsOnLaunch: {
      HostnameType: 'ip-name',
      EnableResourceNameDnsARecord: false,
      EnableResourceNameDnsAAAARecord: false,
    },
    Tags: tagsOf(reader, subnet.subnetId),
  };
}

function availableAddresses(reader: Reader, subnet: SubnetRecord): number {
  const { first, last } = usableAddresses(knownCidr(subnet.cidrBlock));
  return last - first + 1 - reader.count(networkInterfaces, 'subnet', subnet.subnetId);
}

function subnetArn(subnet: SubnetRecord): string {
  return formatArn({ ...subnet, service: 'ec2', resource: `subnet/${subnet.subnetId}` });
}

const describableSubnet: Describable<SubnetRecord> = {
  kind: 'subnet',
  notFoundCode: 'InvalidSubnetID.NotFound',
  id: (subnet) => subnet.subnetId,
  filters: {
    'subnet-id': (subnet) => subnet.subnetId,
    'subnet-arn': subnetArn,
    'vpc-id': (subnet) => subnet.vpcId,
    'availability-zone': (subnet) => subnet.availabilityZone,
    availabilityZone: (subnet) => subnet.availabilityZone,
    'availability-zone-id': (subnet) => subnet.availabilityZoneId,
    'default-for-az': (subnet) => String(subnet.defaultForAz),
    defaultForAz: (subnet) => String(subnet.defaultForAz),
    'cidr-block': (subnet) => subnet.cidrBlock,
    cidr: (subnet) => subnet.cidrBlock,
    cidrBlock: (subnet) => subnet.cidrBlock,
    'map-public-ip-on-launch': (subnet) => String(subnet.mapPublicIpOnLaunch),
    'owner-id': (subnet) => subnet.accountId,
    state: () => 'available',
    'enable-dns64': () => 'false',
    'ipv6-native': () => 'false',
    'map-customer-owned-ip-on-launch': () => 'false',
    'private-dns-name-options-on-launch.hostname-type': () => 'ip-name',
    'private-dns-name-options-on-launch.enable-resource-name-dns-a-record': () => 'false',
    'private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record': () => 'false',
    ...nothingHas(
      'customer-owned-ipv4-pool',
      'enable-lni-at-device-index',
      'ipv6-cidr-block-association.association-id',
      'ipv6-cidr-block-association.ipv6-cidr-block',
      'ipv6-cidr-block-association.state',
      'outpost-arn',
    ),
  },
};

import type { DescribeNetworkInterfacesRequest, DescribeNetworkInterfacesResult } from '@aws-sdk/client-ec2';
import type { Operation } from '../../../aws/operation.ts';
import { scopeKey } from '../../../core/scope.ts';
import { privateDnsName } from '../addresses.ts';
import { type Describable, describe } from '../rules/describe.ts';
import { type NetworkInterfaceRecord, networkInterfaces, securityGroups } from '../tables.ts';
import { tagsOf } from '../tags.ts';

/** Interfaces here are those of tasks and mount targets: in use from the moment they are made. */
export const describeNetworkInterfaces: Operation<DescribeNetworkInterfacesRequest, DescribeNetworkInterfacesResult> = (
  input,
  { call, store },
) =>
  store.view((reader) => {
    const page = describe(
      reader.find(networkInterfaces, 'scope', scopeKey(call)),
      {
        ids: input.NetworkInterfaceIds,
        filters: input.Filters,
        maxResults: input.MaxResults,
        nextToken: input.NextToken,
      },
      { ...describableInterface, tags: ({ networkInterfaceId }) => tagsOf(reader, networkInterfaceId) },
    );
    return {
      NetworkInterfaces: page.items.map((it) => {
        const dnsName = privateDnsName(it.privateIpv4Address, it.region);
        return {
          NetworkInterfaceId: it.networkInterfaceId,
          SubnetId: it.subnetId,
          VpcId: it.vpcId,
          AvailabilityZone: it.availabilityZone,
          Description: it.description,
          OwnerId: it.accountId,
          RequesterManaged: true,
          Status: 'in-use',
          InterfaceType: 'interface',
          MacAddress: it.macAddress,
          PrivateIpAddress: it.privateIpv4Address,
          PrivateDnsName: dnsName,
          PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: it.privateIpv4Address, PrivateDnsName: dnsName }],
          SourceDestCheck: true,
          Groups: it.securityGroupIds.map((GroupId) => ({
            GroupId,
            GroupName: reader.get(securityGroups, GroupId)?.groupName ?? '',
          })),
          Ipv6Addresses: [],
          TagSet: tagsOf(reader, it.networkInterfaceId),
        };
      }),
      ...(page.nextToken === undefined ? {} : { NextToken: page.nextToken }),
    };
  });

const describableInterface: Describable<NetworkInterfaceRecord> = {
  kind: 'networkInterface',
  notFoundCode: 'InvalidNetworkInterfaceID.NotFound',
  id: (it) => it.networkInterfaceId,
  filters: {
    'network-interface-id': (it) => it.networkInterfaceId,
    'subnet-id': (it) => it.subnetId,
    'vpc-id': (it) => it.vpcId,
    'group-id': (it) => it.securityGroupIds,
    'availability-zone': (it) => it.availabilityZone,
    'private-ip-address': (it) => it.privateIpv4Address,
    'addresses.private-ip-address': (it) => it.privateIpv4Address,
    'mac-address': (it) => it.macAddress,
    description: (it) => it.description,
    'owner-id': (it) => it.accountId,
    status: () => 'in-use',
    'interface-type': () => 'interface',
  },
};

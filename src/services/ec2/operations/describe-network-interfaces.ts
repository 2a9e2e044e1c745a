import type { DescribeNetworkInterfacesRequest, DescribeNetworkInterfacesResult } from '@aws-sdk/client-ec2';
import type { Operation } from '../../../aws/operation.ts';
import { scopeKey } from '../../../core/scope.ts';
import { privateDnsName } from '../addresses.ts';
import { zoneIdOf } from '../public.ts';
import { type Describable, describe, nothingHas } from '../rules/describe.ts';
import { type NetworkInterfaceRecord, networkInterfaces, securityGroups } from '../tables.ts';
import { tagsOf } from '../tags.ts';

/** Interfaces here are those of tasks and mount targets: in use from the moment they are made. */
export const describeNetworkInterfaces: Operation<DescribeNetworkInterfacesRequest, DescribeNetworkInterfacesResult> = (
  input,
  { call, store },
) =>
  store.view((reader) => {
    const groupName = (groupId: string): string => reader.get(securityGroups, groupId)?.groupName ?? '';
    const page = describe(
      reader.find(networkInterfaces, 'scope', scopeKey(call)),
      {
        ids: input.NetworkInterfaceIds,
        filters: input.Filters,
        maxResults: input.MaxResults,
        nextToken: input.NextToken,
      },
      {
        ...describableInterface,
        tags: ({ networkInterfaceId }) => tagsOf(reader, networkInterfaceId),
        filters: {
          ...describableInterface.filters,
          'group-name': (it) => it.securityGroupIds.map((groupId) => groupName(groupId)),
        },
      },
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
          Attachment: {
            AttachmentId: attachmentId(it),
            DeleteOnTermination: false,
            DeviceIndex: 1,
            InstanceOwnerId: it.accountId,
            Status: 'attached',
          },
          Groups: it.securityGroupIds.map((GroupId) => ({ GroupId, GroupName: groupName(GroupId) })),
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
    'addresses.primary': () => 'true',
    'private-dns-name': (it) => privateDnsName(it.privateIpv4Address, it.region),
    'availability-zone-id': (it) => zoneIdOf(it.region, it.availabilityZone) ?? [],
    'requester-managed': () => 'true',
    'source-dest-check': () => 'true',
    'attachment.attachment-id': attachmentId,
    'attachment.delete-on-termination': () => 'false',
    'attachment.device-index': () => '1',
    'attachment.instance-owner-id': (it) => it.accountId,
    'attachment.status': () => 'attached',
    'operator.managed': () => 'false',
    ...nothingHas(
      'operator.principal',
      'addresses.association.owner-id',
      'addresses.association.public-ip',
      'association.allocation-id',
      'association.association-id',
      'association.ip-owner-id',
      'association.public-dns-name',
      'association.public-ip',
      'attachment.attach-time',
      'attachment.instance-id',
      'ipv6-addresses.ipv6-address',
      'requester-id',
    ),
  },
};

/** AWS has ids of their own for attachments; here each interface has one for life, so its id follows from the interface's. */
function attachmentId({ networkInterfaceId }: NetworkInterfaceRecord): string {
  return networkInterfaceId.replace(/^eni-/, 'eni-attach-');
}

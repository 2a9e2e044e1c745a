import type { DescribeSecurityGroupsRequest, DescribeSecurityGroupsResult, IpPermission } from '@aws-sdk/client-ec2';
import type { Operation } from '../../../aws/operation.ts';
import { formatArn } from '../../../core/arn.ts';
import { scopeKey } from '../../../core/scope.ts';
import { AwsError } from '../../../aws/error.ts';
import { type Describable, describe } from '../rules/describe.ts';
import { type SecurityGroupRecord, securityGroups } from '../tables.ts';

export const describeSecurityGroups: Operation<DescribeSecurityGroupsRequest, DescribeSecurityGroupsResult> = (
  input,
  { call, store },
) => {
  const groups = store.view((reader) => [...reader.find(securityGroups, 'scope', scopeKey(call))]);
  for (const name of input.GroupNames ?? []) {
    if (!groups.some((group) => group.groupName === name)) {
      throw new AwsError('InvalidGroup.NotFound', `The security group '${name}' does not exist`);
    }
  }
  const named = input.GroupNames?.length
    ? groups.filter((group) => input.GroupNames?.includes(group.groupName))
    : groups;
  const page = describe(
    named,
    { ids: input.GroupIds, filters: input.Filters, maxResults: input.MaxResults, nextToken: input.NextToken },
    describableGroup,
  );
  return {
    SecurityGroups: page.items.map((group) => ({
      GroupId: group.groupId,
      GroupName: group.groupName,
      Description: group.description,
      OwnerId: group.accountId,
      VpcId: group.vpcId,
      SecurityGroupArn: formatArn({ ...group, service: 'ec2', resource: `security-group/${group.groupId}` }),
      IpPermissions: [allTraffic({ UserIdGroupPairs: [{ GroupId: group.groupId, UserId: group.accountId }] })],
      IpPermissionsEgress: [allTraffic({ IpRanges: [{ CidrIp: '0.0.0.0/0' }] })],
    })),
    ...(page.nextToken === undefined ? {} : { NextToken: page.nextToken }),
  };
};

/** The rules of every default group: all from its own members, all to everywhere. */
function allTraffic(peer: Partial<IpPermission>): IpPermission {
  return { IpProtocol: '-1', IpRanges: [], Ipv6Ranges: [], PrefixListIds: [], UserIdGroupPairs: [], ...peer };
}

const describableGroup: Describable<SecurityGroupRecord> = {
  kind: 'security group',
  notFoundCode: 'InvalidGroup.NotFound',
  id: (group) => group.groupId,
  filters: {
    'group-id': (group) => group.groupId,
    'group-name': (group) => group.groupName,
    'vpc-id': (group) => group.vpcId,
    description: (group) => group.description,
    'owner-id': (group) => group.accountId,
  },
};

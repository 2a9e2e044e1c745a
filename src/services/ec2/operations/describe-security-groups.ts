import type { DescribeSecurityGroupsRequest, DescribeSecurityGroupsResult } from '@aws-sdk/client-ec2';
import type { Operation } from '../../../aws/operation.ts';
import { scopeKey } from '../../../core/scope.ts';
import { AwsError } from '../../../aws/error.ts';
import type { Reader } from '../../../store/store.ts';
import { type Describable, describe, nothingHas } from '../rules/describe.ts';
import { ipPermissionsOf } from '../rules/ip-permissions.ts';
import { securityGroupArn } from '../security-group-reference.ts';
import { type SecurityGroupRecord, type SecurityGroupRuleRecord, securityGroups } from '../tables.ts';
import { tagsOf } from '../tags.ts';

export const describeSecurityGroups: Operation<DescribeSecurityGroupsRequest, DescribeSecurityGroupsResult> = (
  input,
  { call, store },
) =>
  store.view((reader) => {
    const groups = [...reader.find(securityGroups, 'scope', scopeKey(call))];
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
      {
        ...describableGroup,
        tags: ({ groupId }) => tagsOf(reader, groupId),
        filters: {
          ...describableGroup.filters,
          'ip-permission.group-name': (group) => peerNames(reader, ingressOf(group)),
          'egress.ip-permission.group-name': (group) => peerNames(reader, egressOf(group)),
        },
      },
    );
    return {
      SecurityGroups: page.items.map((group) => ({
        GroupId: group.groupId,
        GroupName: group.groupName,
        Description: group.description,
        OwnerId: group.accountId,
        VpcId: group.vpcId,
        SecurityGroupArn: securityGroupArn(group),
        IpPermissions: ipPermissionsOf(ingressOf(group), group.accountId),
        IpPermissionsEgress: ipPermissionsOf(egressOf(group), group.accountId),
        Tags: tagsOf(reader, group.groupId),
      })),
      ...(page.nextToken === undefined ? {} : { NextToken: page.nextToken }),
    };
  });

const ingressOf = ({ rules }: SecurityGroupRecord) => rules.filter(({ isEgress }) => !isEgress);
const egressOf = ({ rules }: SecurityGroupRecord) => rules.filter(({ isEgress }) => isEgress);

function peerNames(reader: Reader, rules: readonly SecurityGroupRuleRecord[]): readonly string[] {
  return rules.flatMap(({ peer }) =>
    'groupId' in peer ? (reader.get(securityGroups, peer.groupId)?.groupName ?? []) : [],
  );
}

/** What the filters `ip-permission.*` and `egress.ip-permission.*` look at. */
function ruleFilters(
  prefix: string,
  rulesOf: (group: SecurityGroupRecord) => readonly SecurityGroupRuleRecord[],
): Describable<SecurityGroupRecord>['filters'] {
  const each = (read: (rule: SecurityGroupRuleRecord) => string | number | undefined) => (group: SecurityGroupRecord) =>
    rulesOf(group).flatMap((rule) => {
      const value = read(rule);
      return value === undefined ? [] : [String(value)];
    });
  return {
    [`${prefix}.protocol`]: each(({ protocol }) => protocol),
    [`${prefix}.from-port`]: each(({ fromPort }) => fromPort),
    [`${prefix}.to-port`]: each(({ toPort }) => toPort),
    [`${prefix}.cidr`]: each(({ peer }) => ('cidrIpv4' in peer ? peer.cidrIpv4 : undefined)),
    [`${prefix}.ipv6-cidr`]: each(({ peer }) => ('cidrIpv6' in peer ? peer.cidrIpv6 : undefined)),
    [`${prefix}.group-id`]: each(({ peer }) => ('groupId' in peer ? peer.groupId : undefined)),
    [`${prefix}.user-id`]: (group) => (rulesOf(group).some(({ peer }) => 'groupId' in peer) ? group.accountId : []),
    ...nothingHas(`${prefix}.prefix-list-id`),
  };
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
    ...ruleFilters('ip-permission', ingressOf),
    ...ruleFilters('egress.ip-permission', egressOf),
  },
};

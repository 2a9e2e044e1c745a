import type { IpPermission, RevokedSecurityGroupRule, SecurityGroupRule, Tag } from '@aws-sdk/client-ec2';
import { AwsError } from '../../aws/error.ts';
import type { Answer, Call, Parsed } from '../../aws/operation.ts';
import { formatArn } from '../../core/arn.ts';
import type { Env, Reader, Transaction } from '../../store/store.ts';
import { newResourceId } from './default-vpc.ts';
import { groupNotFound, missingParameter } from './errors.ts';
import { canonicalCidr, isSameRule, peerText, type RuleSpec, ruleSpecsOf, trafficOf } from './rules/ip-permissions.ts';
import { securityGroupNamed } from './security-group-reference.ts';
import { putTags, tagsOf } from './tags.ts';
import { resourceTags, type SecurityGroupRecord, type SecurityGroupRuleRecord, securityGroups } from './tables.ts';

/** How requests name rules: by lists of permissions, or the one that stands in the request itself. */
export interface RulesInput {
  readonly IpPermissions?: readonly Parsed<IpPermission>[] | undefined;
  readonly IpProtocol?: string | undefined;
  readonly FromPort?: number | undefined;
  readonly ToPort?: number | undefined;
  readonly CidrIp?: string | undefined;
  readonly SourceSecurityGroupName?: string | undefined;
}

type Direction = 'ingress' | 'egress';

/** AWS's default for each direction of a group. */
const mostRules = 60;

export function authorizeRules(
  tx: Transaction,
  env: Env,
  call: Call,
  request: {
    readonly group: SecurityGroupRecord;
    readonly direction: Direction;
    readonly input: RulesInput;
    readonly tags: readonly Parsed<Tag>[];
  },
): readonly Answer<SecurityGroupRule>[] {
  const { group, direction, input, tags } = request;
  const isEgress = direction === 'egress';
  const added: SecurityGroupRuleRecord[] = [];
  for (const spec of specsOf(tx, group, input)) {
    if ([...group.rules, ...added].some((rule) => rule.isEgress === isEgress && isSameRule(rule, spec))) {
      throw new AwsError('InvalidPermission.Duplicate', `the specified rule "${ruleWords(spec)}" already exists`);
    }
    added.push({ ruleId: newResourceId(env, 'sgr'), isEgress, ...spec });
  }
  const rules = [...group.rules, ...added];
  if (rules.filter((rule) => rule.isEgress === isEgress).length > mostRules) {
    throw new AwsError(
      'RulesPerSecurityGroupLimitExceeded',
      'The maximum number of rules per security group has been reached.',
    );
  }
  tx.put(securityGroups, { ...group, rules });
  for (const { ruleId } of added) putTags(tx, call, { resourceId: ruleId, resourceType: 'security-group-rule' }, tags);
  return added.map((rule) => shownRule(tx, group, rule));
}

export function revokeRules(
  tx: Transaction,
  request: {
    readonly group: SecurityGroupRecord;
    readonly direction: Direction;
    readonly input: RulesInput;
    readonly ruleIds: readonly string[] | undefined;
  },
): readonly Answer<RevokedSecurityGroupRule>[] {
  const { group, direction, input, ruleIds } = request;
  const present = group.rules.filter((rule) => rule.isEgress === (direction === 'egress'));
  const revoked = ruleIds?.length
    ? ruleIds.map((ruleId) => {
        const rule = present.find((candidate) => candidate.ruleId === ruleId);
        if (!rule) throw ruleNotFound(ruleId);
        return rule;
      })
    : specsOf(tx, group, input).map((spec) => {
        const rule = present.find((candidate) => isSameRule(candidate, spec));
        if (rule) return rule;
        throw new AwsError('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
      });
  tx.put(securityGroups, { ...group, rules: group.rules.filter((rule) => !revoked.includes(rule)) });
  for (const { ruleId } of revoked) tx.delete(resourceTags, ruleId);
  return revoked.map((rule) => ({
    ...plainRule(group, rule),
    ...('groupId' in rule.peer ? { ReferencedGroupId: rule.peer.groupId } : {}),
  }));
}

export function ruleNotFound(ruleId: string): AwsError {
  return new AwsError('InvalidSecurityGroupRuleId.NotFound', `The security group rule ID '${ruleId}' does not exist`);
}

/** One rule as AWS describes it. */
export function shownRule(
  reader: Reader,
  group: SecurityGroupRecord,
  rule: SecurityGroupRuleRecord,
): Answer<SecurityGroupRule> {
  return {
    ...plainRule(group, rule),
    GroupOwnerId: group.accountId,
    ...('groupId' in rule.peer
      ? { ReferencedGroupInfo: { GroupId: rule.peer.groupId, UserId: group.accountId, VpcId: group.vpcId } }
      : {}),
    Tags: tagsOf(reader, rule.ruleId),
    SecurityGroupRuleArn: formatArn({ ...group, service: 'ec2', resource: `security-group-rule/${rule.ruleId}` }),
  };
}

/** The group of this VPC that a rule names as its peer. */
export function peerGroupId(reader: Reader, group: SecurityGroupRecord, groupId: string): string {
  if (reader.get(securityGroups, groupId)?.vpcId !== group.vpcId) throw groupNotFound(groupId);
  return groupId;
}

function plainRule(group: SecurityGroupRecord, rule: SecurityGroupRuleRecord): Answer<RevokedSecurityGroupRule> {
  return {
    SecurityGroupRuleId: rule.ruleId,
    GroupId: group.groupId,
    IsEgress: rule.isEgress,
    IpProtocol: rule.protocol,
    FromPort: rule.fromPort ?? -1,
    ToPort: rule.toPort ?? -1,
    ...('cidrIpv4' in rule.peer ? { CidrIpv4: rule.peer.cidrIpv4 } : {}),
    ...('cidrIpv6' in rule.peer ? { CidrIpv6: rule.peer.cidrIpv6 } : {}),
    ...(rule.description === undefined ? {} : { Description: rule.description }),
  };
}

export function specsOf(reader: Reader, group: SecurityGroupRecord, input: RulesInput): readonly RuleSpec[] {
  if (input.IpPermissions?.length) {
    return ruleSpecsOf(input.IpPermissions, ({ GroupId, GroupName }) => {
      if (GroupId !== undefined) return peerGroupId(reader, group, GroupId);
      return groupIdNamed(reader, group, GroupName ?? '');
    });
  }
  if (input.SourceSecurityGroupName !== undefined) {
    const peer = { groupId: groupIdNamed(reader, group, input.SourceSecurityGroupName) };
    return [{ ...trafficOf({ IpProtocol: '-1', ...input }), peer }];
  }
  if (input.IpProtocol === undefined && input.CidrIp === undefined) throw missingParameter('ipPermissions');
  if (input.CidrIp === undefined) throw missingParameter('cidrIp');
  return [{ ...trafficOf(input), peer: { cidrIpv4: canonicalCidr(input.CidrIp) } }];
}

function groupIdNamed(reader: Reader, group: SecurityGroupRecord, name: string): string {
  const named = securityGroupNamed(reader, group.vpcId, name);
  if (!named) throw groupNotFound(name);
  return named.groupId;
}

/** As in AWS's messages: peer: 0.0.0.0/0, TCP, from port: 80, to port: 80, ALLOW. */
function ruleWords({ peer, protocol, fromPort, toPort }: RuleSpec): string {
  const ports = fromPort === undefined || toPort === undefined ? [] : [`from port: ${fromPort}`, `to port: ${toPort}`];
  const traffic = protocol === '-1' ? 'ALL' : protocol.toUpperCase();
  return [`peer: ${peerText(peer)}`, traffic, ...ports, 'ALLOW'].join(', ');
}

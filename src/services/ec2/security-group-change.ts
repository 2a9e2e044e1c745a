import type {
  SecurityGroupRuleDescription,
  SecurityGroupRuleRequest,
  SecurityGroupRuleUpdate,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../aws/error.ts';
import type { Parsed } from '../../aws/operation.ts';
import type { Reader, Transaction } from '../../store/store.ts';
import { missingParameter, notBuilt } from './errors.ts';
import {
  canonicalCidr,
  canonicalCidrV6,
  checkedDescription,
  isSameRule,
  type RuleSpec,
  trafficOf,
} from './rules/ip-permissions.ts';
import { peerGroupId, ruleNotFound, type RulesInput, specsOf } from './security-group-edit.ts';
import {
  type SecurityGroupPeer,
  type SecurityGroupRecord,
  type SecurityGroupRuleRecord,
  securityGroups,
} from './tables.ts';

/** Puts other traffic, peers and descriptions in place of those that rules have. Ids and directions stay. */
export function modifyRules(
  tx: Transaction,
  group: SecurityGroupRecord,
  updates: readonly Parsed<SecurityGroupRuleUpdate>[],
): void {
  let rules = group.rules;
  for (const { SecurityGroupRuleId: ruleId, SecurityGroupRule: wanted } of updates) {
    const present = rules.find((rule) => rule.ruleId === ruleId);
    if (!present) throw ruleNotFound(ruleId);
    if (!wanted) throw missingParameter('SecurityGroupRule');
    const { isEgress } = present;
    const changed: SecurityGroupRuleRecord = { ruleId, isEgress, ...specOf(tx, group, wanted) };
    if (rules.some((rule) => rule !== present && rule.isEgress === isEgress && isSameRule(rule, changed))) {
      throw new AwsError('InvalidPermission.Duplicate', 'The modified Security Group already has such a rule.');
    }
    rules = rules.map((rule) => (rule === present ? changed : rule));
  }
  tx.put(securityGroups, { ...group, rules });
}

function specOf(reader: Reader, group: SecurityGroupRecord, wanted: Parsed<SecurityGroupRuleRequest>): RuleSpec {
  const { Description: description } = wanted;
  return {
    ...trafficOf(wanted),
    peer: peerOf(reader, group, wanted),
    ...(description === undefined ? {} : { description: checkedDescription(description) }),
  };
}

function peerOf(
  reader: Reader,
  group: SecurityGroupRecord,
  wanted: Parsed<SecurityGroupRuleRequest>,
): SecurityGroupPeer {
  const { CidrIpv4: ipv4, CidrIpv6: ipv6, PrefixListId: prefixList, ReferencedGroupId: groupId } = wanted;
  if ([ipv4, ipv6, prefixList, groupId].filter((peer) => peer !== undefined).length !== 1) {
    throw new AwsError(
      'InvalidParameterCombination',
      'Exactly one of CidrIpv4, CidrIpv6, PrefixListId and ReferencedGroupId must be specified.',
    );
  }
  if (ipv4 !== undefined) return { cidrIpv4: canonicalCidr(ipv4) };
  if (ipv6 !== undefined) return { cidrIpv6: canonicalCidrV6(ipv6) };
  if (groupId !== undefined) return { groupId: peerGroupId(reader, group, groupId) };
  throw notBuilt('PrefixListId');
}

/** Gives rules the descriptions that stand beside their ids or their traffic; none takes the one they have. */
export function describeRules(
  tx: Transaction,
  request: {
    readonly group: SecurityGroupRecord;
    readonly direction: 'ingress' | 'egress';
    readonly input: RulesInput & {
      readonly SecurityGroupRuleDescriptions?: readonly Parsed<SecurityGroupRuleDescription>[] | undefined;
    };
  },
): void {
  const { group, direction, input } = request;
  const present = group.rules.filter((rule) => rule.isEgress === (direction === 'egress'));
  const described = new Map<string, string | undefined>();
  for (const { SecurityGroupRuleId: ruleId = '', Description } of input.SecurityGroupRuleDescriptions ?? []) {
    if (!present.some((rule) => rule.ruleId === ruleId)) throw ruleNotFound(ruleId);
    described.set(ruleId, Description);
  }
  if (described.size === 0) {
    for (const spec of specsOf(tx, group, input)) {
      const rule = present.find((candidate) => isSameRule(candidate, spec));
      if (!rule) {
        throw new AwsError('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
      }
      described.set(rule.ruleId, spec.description);
    }
  }
  tx.put(securityGroups, {
    ...group,
    rules: group.rules.map((rule) => {
      if (!described.has(rule.ruleId)) return rule;
      const description = described.get(rule.ruleId);
      const { description: _, ...plain } = rule;
      return description === undefined ? plain : { ...plain, description: checkedDescription(description) };
    }),
  });
}

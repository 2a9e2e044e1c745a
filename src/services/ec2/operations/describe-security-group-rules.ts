import type { DescribeSecurityGroupRulesRequest, DescribeSecurityGroupRulesResult } from '@aws-sdk/client-ec2';
import type { Operation } from '../../../aws/operation.ts';
import { scopeKey } from '../../../core/scope.ts';
import { type Describable, describe } from '../rules/describe.ts';
import { shownRule } from '../security-group-edit.ts';
import { type SecurityGroupRecord, type SecurityGroupRuleRecord, securityGroups } from '../tables.ts';
import { tagsOf } from '../tags.ts';

export const describeSecurityGroupRules: Operation<
  DescribeSecurityGroupRulesRequest,
  DescribeSecurityGroupRulesResult
> = (input, { call, store }) =>
  store.view((reader) => {
    const rules = [...reader.find(securityGroups, 'scope', scopeKey(call))].flatMap((group) =>
      group.rules.map((rule) => ({ group, rule })),
    );
    const page = describe(
      rules,
      {
        ids: input.SecurityGroupRuleIds,
        filters: input.Filters,
        maxResults: input.MaxResults,
        nextToken: input.NextToken,
      },
      { ...describableRule, tags: ({ rule }) => tagsOf(reader, rule.ruleId) },
    );
    return {
      SecurityGroupRules: page.items.map(({ group, rule }) => shownRule(reader, group, rule)),
      ...(page.nextToken === undefined ? {} : { NextToken: page.nextToken }),
    };
  });

const describableRule: Describable<{ readonly group: SecurityGroupRecord; readonly rule: SecurityGroupRuleRecord }> = {
  kind: 'security group rule',
  notFoundCode: 'InvalidSecurityGroupRuleId.NotFound',
  id: ({ rule }) => rule.ruleId,
  filters: {
    'group-id': ({ group }) => group.groupId,
    'security-group-rule-id': ({ rule }) => rule.ruleId,
  },
};

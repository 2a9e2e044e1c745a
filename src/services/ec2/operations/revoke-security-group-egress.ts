import type { RevokeSecurityGroupEgressRequest, RevokeSecurityGroupEgressResult } from '@aws-sdk/client-ec2';
import type { Operation } from '../../../aws/operation.ts';
import { refuseDryRun } from '../errors.ts';
import { revokeRules } from '../security-group-edit.ts';
import { findSecurityGroup } from '../security-group-reference.ts';

export const revokeSecurityGroupEgress: Operation<RevokeSecurityGroupEgressRequest, RevokeSecurityGroupEgressResult> = (
  input,
  { call, store },
) =>
  store.update((tx) => {
    const group = findSecurityGroup(tx, call, { groupId: input.GroupId });
    const revoked = revokeRules(tx, { group, direction: 'egress', input, ruleIds: input.SecurityGroupRuleIds });
    refuseDryRun(input.DryRun);
    return { Return: true, RevokedSecurityGroupRules: revoked };
  });

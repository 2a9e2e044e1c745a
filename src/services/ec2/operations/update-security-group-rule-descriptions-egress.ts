import type {
  UpdateSecurityGroupRuleDescriptionsEgressRequest,
  UpdateSecurityGroupRuleDescriptionsEgressResult,
} from '@aws-sdk/client-ec2';
import type { Operation } from '../../../aws/operation.ts';
import { refuseDryRun } from '../errors.ts';
import { describeRules } from '../security-group-change.ts';
import { findSecurityGroup } from '../security-group-reference.ts';

export const updateSecurityGroupRuleDescriptionsEgress: Operation<
  UpdateSecurityGroupRuleDescriptionsEgressRequest,
  UpdateSecurityGroupRuleDescriptionsEgressResult
> = (input, { call, store }) =>
  store.update((tx) => {
    const group = findSecurityGroup(tx, call, { groupId: input.GroupId, groupName: input.GroupName });
    describeRules(tx, { group, direction: 'egress', input });
    refuseDryRun(input.DryRun);
    return { Return: true };
  });

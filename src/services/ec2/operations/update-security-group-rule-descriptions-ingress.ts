import type {
  UpdateSecurityGroupRuleDescriptionsIngressRequest,
  UpdateSecurityGroupRuleDescriptionsIngressResult,
} from '@aws-sdk/client-ec2';
import type { Operation } from '../../../aws/operation.ts';
import { refuseDryRun } from '../errors.ts';
import { describeRules } from '../security-group-change.ts';
import { findSecurityGroup } from '../security-group-reference.ts';

export const updateSecurityGroupRuleDescriptionsIngress: Operation<
  UpdateSecurityGroupRuleDescriptionsIngressRequest,
  UpdateSecurityGroupRuleDescriptionsIngressResult
> = (input, { call, store }) =>
  store.update((tx) => {
    const group = findSecurityGroup(tx, call, { groupId: input.GroupId, groupName: input.GroupName });
    describeRules(tx, { group, direction: 'ingress', input });
    refuseDryRun(input.DryRun);
    return { Return: true };
  });

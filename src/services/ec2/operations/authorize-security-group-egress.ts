import type { AuthorizeSecurityGroupEgressRequest, AuthorizeSecurityGroupEgressResult } from '@aws-sdk/client-ec2';
import type { Operation } from '../../../aws/operation.ts';
import { refuseDryRun } from '../errors.ts';
import { authorizeRules } from '../security-group-edit.ts';
import { findSecurityGroup } from '../security-group-reference.ts';
import { tagsGiven } from '../tags.ts';

export const authorizeSecurityGroupEgress: Operation<
  AuthorizeSecurityGroupEgressRequest,
  AuthorizeSecurityGroupEgressResult
> = (input, { call, store }) => {
  const tags = tagsGiven(input.TagSpecifications, 'security-group-rule');
  return store.update((tx, env) => {
    const group = findSecurityGroup(tx, call, { groupId: input.GroupId });
    const rules = authorizeRules(tx, env, call, { group, direction: 'egress', input, tags });
    refuseDryRun(input.DryRun);
    return { Return: true, SecurityGroupRules: rules };
  });
};

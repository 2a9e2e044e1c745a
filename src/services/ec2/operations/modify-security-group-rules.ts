import type { ModifySecurityGroupRulesRequest, ModifySecurityGroupRulesResult } from '@aws-sdk/client-ec2';
import type { Operation } from '../../../aws/operation.ts';
import { missingParameter, refuseDryRun } from '../errors.ts';
import { modifyRules } from '../security-group-change.ts';
import { findSecurityGroup } from '../security-group-reference.ts';

export const modifySecurityGroupRules: Operation<ModifySecurityGroupRulesRequest, ModifySecurityGroupRulesResult> = (
  input,
  { call, store },
) => {
  if (input.SecurityGroupRules.length === 0) throw missingParameter('SecurityGroupRules');
  return store.update((tx) => {
    const group = findSecurityGroup(tx, call, { groupId: input.GroupId });
    modifyRules(tx, group, input.SecurityGroupRules);
    refuseDryRun(input.DryRun);
    return { Return: true };
  });
};

import type { DeleteSecurityGroupRequest, DeleteSecurityGroupResult } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../aws/error.ts';
import type { Operation } from '../../../aws/operation.ts';
import { dependencyViolation, refuseDryRun } from '../errors.ts';
import { findSecurityGroup } from '../security-group-reference.ts';
import { networkInterfaces, resourceTags, securityGroups } from '../tables.ts';

export const deleteSecurityGroup: Operation<DeleteSecurityGroupRequest, DeleteSecurityGroupResult> = (
  input,
  { call, store },
) =>
  store.update((tx) => {
    const group = findSecurityGroup(tx, call, { groupId: input.GroupId, groupName: input.GroupName });
    const { groupId, groupName } = group;
    if (groupName === 'default') {
      throw new AwsError(
        'CannotDelete',
        `the specified group: "${groupId}" name: "default" cannot be deleted by a user`,
      );
    }
    const isNamed = [...tx.find(securityGroups, 'vpc', group.vpcId)].some(
      (other) =>
        other.groupId !== groupId && other.rules.some(({ peer }) => 'groupId' in peer && peer.groupId === groupId),
    );
    if (isNamed || tx.count(networkInterfaces, 'group', groupId) > 0) {
      throw dependencyViolation(`resource ${groupId} has a dependent object`);
    }
    refuseDryRun(input.DryRun);
    tx.delete(securityGroups, groupId);
    for (const id of [groupId, ...group.rules.map(({ ruleId }) => ruleId)]) tx.delete(resourceTags, id);
    return { Return: true, GroupId: groupId };
  });

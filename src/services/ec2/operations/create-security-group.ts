import type { CreateSecurityGroupRequest, CreateSecurityGroupResult } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../aws/error.ts';
import type { Operation } from '../../../aws/operation.ts';
import { scopeKey } from '../../../core/scope.ts';
import { allowAllEgress, defaultVpcOf, newResourceId } from '../default-vpc.ts';
import { invalidParameterValue, notFound, refuseDryRun } from '../errors.ts';
import { securityGroupArn, securityGroupNamed } from '../security-group-reference.ts';
import { type SecurityGroupRecord, securityGroups, vpcs } from '../tables.ts';
import { putTags, tagsGiven, tagsOf } from '../tags.ts';

export const createSecurityGroup: Operation<CreateSecurityGroupRequest, CreateSecurityGroupResult> = (
  input,
  { call, store },
) => {
  checkText('GroupName', input.GroupName);
  checkText('GroupDescription', input.Description);
  if (input.GroupName === 'default') throw invalidParameterValue('Cannot use reserved security group name: default');
  if (input.GroupName.startsWith('sg-')) {
    throw invalidParameterValue(
      `Invalid value '${input.GroupName}' for groupName. Group names may not be in the format sg-*.`,
    );
  }
  const tags = tagsGiven(input.TagSpecifications, 'security-group');
  return store.update((tx, env) => {
    const vpc = input.VpcId === undefined ? defaultVpcOf(tx, call) : tx.get(vpcs, input.VpcId);
    if (!vpc && input.VpcId === undefined) {
      throw new AwsError('VPCIdNotSpecified', 'No default VPC for this user');
    }
    if (!vpc || scopeKey(vpc) !== scopeKey(call)) throw notFound('InvalidVpcID.NotFound', 'vpc', [input.VpcId ?? '']);
    if (securityGroupNamed(tx, vpc.vpcId, input.GroupName)) {
      throw new AwsError(
        'InvalidGroup.Duplicate',
        `The security group '${input.GroupName}' already exists for VPC '${vpc.vpcId}'`,
      );
    }
    refuseDryRun(input.DryRun);
    const group: SecurityGroupRecord = {
      accountId: call.accountId,
      region: call.region,
      vpcId: vpc.vpcId,
      groupId: newResourceId(env, 'sg'),
      groupName: input.GroupName,
      description: input.Description,
      rules: [allowAllEgress(newResourceId(env, 'sgr'))],
    };
    tx.put(securityGroups, group);
    putTags(tx, call, { resourceId: group.groupId, resourceType: 'security-group' }, tags);
    const given = tagsOf(tx, group.groupId);
    return {
      GroupId: group.groupId,
      SecurityGroupArn: securityGroupArn(group),
      ...(given.length > 0 ? { Tags: given } : {}),
    };
  });
};

function checkText(name: string, text: string): void {
  if (text.length === 0 || text.length > 255 || /[^a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]/.test(text)) {
    throw invalidParameterValue(
      `Invalid value '${text}' for ${name}. Valid values are strings less than 256 characters from the following set: a-zA-Z0-9 ._-:/()#,@[]+=&;{}!$*`,
    );
  }
}

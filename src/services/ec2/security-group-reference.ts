import { formatArn } from '../../core/arn.ts';
import { type Scope, scopeKey } from '../../core/scope.ts';
import { AwsError } from '../../aws/error.ts';
import type { Reader } from '../../store/store.ts';
import { defaultVpcOf } from './default-vpc.ts';
import { groupNotFound, missingParameter } from './errors.ts';
import { type SecurityGroupRecord, securityGroups } from './tables.ts';

/** The group that a request names, by id or, in the default VPC, by name. */
export function findSecurityGroup(
  reader: Reader,
  scope: Scope,
  { groupId, groupName }: { readonly groupId?: string | undefined; readonly groupName?: string | undefined },
): SecurityGroupRecord {
  if (groupId !== undefined) {
    if (!groupId.startsWith('sg-')) {
      throw new AwsError('InvalidGroupId.Malformed', `Invalid id: "${groupId}" (expecting "sg-...")`);
    }
    const group = reader.get(securityGroups, groupId);
    if (!group || scopeKey(group) !== scopeKey(scope)) throw groupNotFound(groupId);
    return group;
  }
  if (groupName === undefined) throw missingParameter('groupName or groupId');
  const vpcId = defaultVpcOf(reader, scope)?.vpcId;
  const group = vpcId === undefined ? undefined : securityGroupNamed(reader, vpcId, groupName);
  if (!group) {
    throw new AwsError('InvalidGroup.NotFound', `The security group '${groupName}' does not exist in default VPC`);
  }
  return group;
}

export function securityGroupNamed(reader: Reader, vpcId: string, groupName: string): SecurityGroupRecord | undefined {
  for (const group of reader.find(securityGroups, 'vpc', vpcId)) if (group.groupName === groupName) return group;
  return undefined;
}

export function securityGroupArn(group: SecurityGroupRecord): string {
  return formatArn({ ...group, service: 'ec2', resource: `security-group/${group.groupId}` });
}

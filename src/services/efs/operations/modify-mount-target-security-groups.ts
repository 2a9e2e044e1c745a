import type { ModifyMountTargetSecurityGroupsRequest } from '@aws-sdk/client-efs';
import type { Operation } from '../../../aws/operation.ts';
import { defaultSecurityGroup, setSecurityGroups } from '../../ec2/public.ts';
import { checkSecurityGroups, mountTargetOf } from '../references.ts';
import { mountTargets } from '../tables.ts';

export const modifyMountTargetSecurityGroups: Operation<ModifyMountTargetSecurityGroupsRequest, object> = async (
  input,
  { call, store },
) => {
  await store.update((tx) => {
    const target = mountTargetOf(tx, call, input.MountTargetId);
    const byDefault = defaultSecurityGroup(tx, target.vpcId);
    const securityGroupIds = input.SecurityGroups?.length ? input.SecurityGroups : [byDefault ?? []].flat();
    checkSecurityGroups(tx, call, securityGroupIds, target.vpcId);
    setSecurityGroups(tx, target.networkInterfaceId, securityGroupIds);
    tx.put(mountTargets, { ...target, securityGroupIds });
  });
  return {};
};

import type { CreateMountTargetRequest, MountTargetDescription } from '@aws-sdk/client-efs';
import type { Operation } from '../../../aws/operation.ts';
import { createNetworkInterface, defaultSecurityGroup, findSubnet } from '../../ec2/public.ts';
import { badRequest, mountTargetConflict, noFreeAddresses, notAvailable, notBuilt, subnetNotFound } from '../errors.ts';
import { checkSecurityGroups, fileSystemOf } from '../references.ts';
import { type MountTargetRecord, mountTargets } from '../tables.ts';
import { mountTargetView } from '../views.ts';

/** Has an address of its subnet. Differs from AWS: no NFS server answers there; tasks mount the directory itself. */
export const createMountTarget: Operation<CreateMountTargetRequest, MountTargetDescription> = async (
  input,
  { call, store },
) => {
  if (input.IpAddress !== undefined || input.Ipv6Address !== undefined)
    throw notBuilt('mount targets at a chosen address');
  return store.update((tx, env) => {
    const fileSystem = fileSystemOf(tx, call, input.FileSystemId);
    const { fileSystemId } = fileSystem;
    if (fileSystem.lifeCycleState !== 'available') throw notAvailable(fileSystemId, fileSystem.lifeCycleState);
    const subnet = findSubnet(tx, call, input.SubnetId);
    if (!subnet) throw subnetNotFound(input.SubnetId);
    for (const present of tx.find(mountTargets, 'fileSystem', fileSystemId)) {
      if (present.vpcId !== subnet.vpcId) throw badRequest('The mount targets of a file system are in one VPC.');
      if (present.availabilityZoneName === subnet.availabilityZone) throw mountTargetConflict();
    }
    const byDefault = defaultSecurityGroup(tx, subnet.vpcId);
    const securityGroupIds = input.SecurityGroups ?? (byDefault === undefined ? [] : [byDefault]);
    checkSecurityGroups(tx, call, securityGroupIds, subnet.vpcId);
    const mountTargetId = `fsmt-0${env.newId().slice(0, 16)}`;
    const networkInterface = createNetworkInterface(tx, env, {
      accountId: call.accountId,
      region: call.region,
      subnetId: subnet.subnetId,
      securityGroupIds,
      description: `EFS mount target for ${fileSystemId} (${mountTargetId})`,
    });
    if (!networkInterface) throw noFreeAddresses(subnet.subnetId);
    const record: MountTargetRecord = {
      accountId: call.accountId,
      region: call.region,
      mountTargetId,
      fileSystemId,
      subnetId: subnet.subnetId,
      vpcId: subnet.vpcId,
      availabilityZoneName: subnet.availabilityZone,
      ipAddress: networkInterface.privateIpv4Address,
      networkInterfaceId: networkInterface.networkInterfaceId,
      securityGroupIds,
    };
    tx.put(mountTargets, record);
    return mountTargetView(record);
  });
};

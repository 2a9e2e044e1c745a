import type { DeleteMountTargetRequest } from '@aws-sdk/client-efs';
import type { Operation } from '../../../aws/operation.ts';
import { deleteNetworkInterface } from '../../ec2/public.ts';
import { mountTargetOf } from '../references.ts';
import { mountTargets } from '../tables.ts';

export const deleteMountTarget: Operation<DeleteMountTargetRequest, object> = async (
  { MountTargetId },
  { call, store },
) => {
  await store.update((tx) => {
    const { mountTargetId, networkInterfaceId } = mountTargetOf(tx, call, MountTargetId);
    deleteNetworkInterface(tx, networkInterfaceId);
    tx.delete(mountTargets, mountTargetId);
  });
  return {};
};

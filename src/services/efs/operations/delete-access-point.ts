import type { DeleteAccessPointRequest } from '@aws-sdk/client-efs';
import type { Operation } from '../../../aws/operation.ts';
import { accessPointOf } from '../references.ts';
import { accessPoints } from '../tables.ts';

export const deleteAccessPoint: Operation<DeleteAccessPointRequest, object> = async (
  { AccessPointId },
  { call, store },
) => {
  await store.update((tx) => tx.delete(accessPoints, accessPointOf(tx, call, AccessPointId).accessPointId));
  return {};
};

import type {
  GetServiceLinkedRoleDeletionStatusRequest,
  GetServiceLinkedRoleDeletionStatusResponse,
} from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { noSuchEntity } from '../errors.ts';

/** A deletion is over when DeleteServiceLinkedRole has answered. */
export const getServiceLinkedRoleDeletionStatus: Operation<
  GetServiceLinkedRoleDeletionStatusRequest,
  GetServiceLinkedRoleDeletionStatusResponse
> = (input) => {
  const name = /^task\/aws-service-role\/[^/]+\/([^/]+)\/[0-9a-f-]{36}$/.exec(input.DeletionTaskId)?.[1];
  if (name === undefined) throw noSuchEntity(`The deletion task with id ${input.DeletionTaskId} cannot be found.`);
  return { Status: 'SUCCEEDED' };
};

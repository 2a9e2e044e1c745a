import type { ScheduleKeyDeletionRequest, ScheduleKeyDeletionResponse } from '@aws-sdk/client-kms';
import type { Operation } from '../../../aws/operation.ts';
import { changeKey } from '../changing.ts';
import { validation } from '../errors.ts';
import type { KmsParts } from '../parts.ts';
import { keyArn } from '../references.ts';

const dayMs = 24 * 3600_000;

export const scheduleKeyDeletion: Operation<ScheduleKeyDeletionRequest, ScheduleKeyDeletionResponse, KmsParts> = async (
  input,
  { call, store },
) => {
  const days = input.PendingWindowInDays ?? 30;
  if (days < 7 || days > 30) throw validation('PendingWindowInDays must be between 7 and 30.');
  let deletionAt = 0;
  const key = await changeKey(store, call, input.KeyId, (present, env) => {
    deletionAt = env.now + days * dayMs;
    return { ...present, state: 'PendingDeletion', deletionAt };
  });
  return {
    KeyId: keyArn(key),
    DeletionDate: new Date(deletionAt),
    KeyState: key.state,
    PendingWindowInDays: days,
  };
};

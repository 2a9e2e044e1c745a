import type { DeleteInstanceProfileRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { deleteConflict } from '../errors.ts';
import { findProfile } from '../instance-profiles.ts';
import { instanceProfiles, nameKey } from '../tables.ts';

export const deleteInstanceProfile: Operation<DeleteInstanceProfileRequest, object> = async (input, { call, store }) =>
  await store.update((tx) => {
    const profile = findProfile(tx, call, input.InstanceProfileName);
    if (profile.roleName !== undefined) {
      throw deleteConflict('Cannot delete entity, must remove roles from instance profile first.');
    }
    tx.delete(instanceProfiles, nameKey(profile.accountId, profile.name));
    return {};
  });

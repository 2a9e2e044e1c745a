import type { RemoveRoleFromInstanceProfileRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { noSuchEntity } from '../errors.ts';
import { findProfile } from '../instance-profiles.ts';
import { instanceProfiles } from '../tables.ts';

export const removeRoleFromInstanceProfile: Operation<RemoveRoleFromInstanceProfileRequest, object> = async (
  input,
  { call, store },
) =>
  await store.update((tx) => {
    const { roleName, ...profile } = findProfile(tx, call, input.InstanceProfileName);
    if (roleName?.toLowerCase() !== input.RoleName.toLowerCase()) {
      throw noSuchEntity(`The role with name ${input.RoleName} cannot be found.`);
    }
    tx.put(instanceProfiles, profile);
    return {};
  });

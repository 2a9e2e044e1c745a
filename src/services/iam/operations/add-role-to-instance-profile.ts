import type { AddRoleToInstanceProfileRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { limitExceeded } from '../errors.ts';
import { findRole } from '../identities.ts';
import { findProfile } from '../instance-profiles.ts';
import { instanceProfiles } from '../tables.ts';

export const addRoleToInstanceProfile: Operation<AddRoleToInstanceProfileRequest, object> = async (
  input,
  { call, store },
) =>
  await store.update((tx) => {
    const profile = findProfile(tx, call, input.InstanceProfileName);
    const role = findRole(tx, call, input.RoleName);
    if (profile.roleName !== undefined) throw limitExceeded('InstanceSessionsPerInstanceProfile', 1);
    tx.put(instanceProfiles, { ...profile, roleName: role.name });
    return {};
  });

import type { GetInstanceProfileRequest, GetInstanceProfileResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { findProfile } from '../instance-profiles.ts';
import { profileView } from '../views.ts';

export const getInstanceProfile: Operation<GetInstanceProfileRequest, GetInstanceProfileResponse> = (
  input,
  { call, store },
) =>
  store.view((reader) => {
    return { InstanceProfile: profileView(reader, findProfile(reader, call, input.InstanceProfileName)) };
  });

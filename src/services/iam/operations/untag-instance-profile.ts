import type { UntagInstanceProfileRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { withoutTags } from '../checks.ts';
import { findProfile } from '../instance-profiles.ts';
import { instanceProfiles } from '../tables.ts';

export const untagInstanceProfile: Operation<UntagInstanceProfileRequest, object> = async (input, { call, store }) =>
  await store.update((tx) => {
    const profile = findProfile(tx, call, input.InstanceProfileName);
    tx.put(instanceProfiles, { ...profile, tags: withoutTags(profile.tags, input.TagKeys) });
    return {};
  });

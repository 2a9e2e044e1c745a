import type { TagInstanceProfileRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { withTags } from '../checks.ts';
import { findProfile } from '../instance-profiles.ts';
import { instanceProfiles } from '../tables.ts';

export const tagInstanceProfile: Operation<TagInstanceProfileRequest, object> = async (input, { call, store }) =>
  await store.update((tx) => {
    const profile = findProfile(tx, call, input.InstanceProfileName);
    tx.put(instanceProfiles, { ...profile, tags: withTags(profile.tags, input.Tags) });
    return {};
  });

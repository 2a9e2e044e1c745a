import type { CreateInstanceProfileRequest, CreateInstanceProfileResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { checkedPath, checkName, withTags } from '../checks.ts';
import { alreadyExists, limitExceeded } from '../errors.ts';
import { newUniqueId } from '../ids.ts';
import { limits } from '../rules/limits.ts';
import { type InstanceProfileRecord, instanceProfiles, nameKey } from '../tables.ts';
import { profileView } from '../views.ts';

export const createInstanceProfile: Operation<CreateInstanceProfileRequest, CreateInstanceProfileResponse> = async (
  input,
  { call, store },
) =>
  await store.update((tx, env) => {
    const { accountId } = call;
    const name = input.InstanceProfileName;
    checkName(name, 'instanceProfileName');
    if (tx.get(instanceProfiles, nameKey(accountId, name)))
      throw alreadyExists(`Instance Profile ${name} already exists.`);
    if (tx.count(instanceProfiles, 'account', accountId) >= limits.instanceProfilesPerAccount) {
      throw limitExceeded('InstanceProfilesPerAccount', limits.instanceProfilesPerAccount);
    }
    const profile: InstanceProfileRecord = {
      accountId,
      name,
      path: checkedPath(input.Path),
      id: newUniqueId(env, 'instance-profile'),
      createdAt: env.now,
      tags: withTags([], input.Tags),
    };
    tx.put(instanceProfiles, profile);
    return { InstanceProfile: profileView(tx, profile) };
  });

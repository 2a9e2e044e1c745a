import type { UntagUserRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { withoutTags } from '../checks.ts';
import { findUser } from '../identities.ts';
import { users } from '../tables.ts';

export const untagUser: Operation<UntagUserRequest, object> = async (input, { call, store }) =>
  await store.update((tx) => {
    const user = findUser(tx, call, input.UserName);
    tx.put(users, { ...user, tags: withoutTags(user.tags, input.TagKeys) });
    return {};
  });

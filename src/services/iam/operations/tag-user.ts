import type { TagUserRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { withTags } from '../checks.ts';
import { findUser } from '../identities.ts';
import { users } from '../tables.ts';

export const tagUser: Operation<TagUserRequest, object> = async (input, { call, store }) =>
  await store.update((tx) => {
    const user = findUser(tx, call, input.UserName);
    tx.put(users, { ...user, tags: withTags(user.tags, input.Tags) });
    return {};
  });

import type { UpdateAccessKeyRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { constraintBroken, noSuchEntity } from '../errors.ts';
import { findUser, userNameOf } from '../identities.ts';
import { accessKeys, nameKey } from '../tables.ts';

export const updateAccessKey: Operation<UpdateAccessKeyRequest, object> = async (input, { call, store }) =>
  await store.update((tx) => {
    const user = findUser(tx, call, userNameOf(call, input.UserName));
    const key = tx.get(accessKeys, input.AccessKeyId);
    if (
      !key ||
      key.accountId !== user.accountId ||
      nameKey(key.accountId, key.userName) !== nameKey(user.accountId, user.name)
    ) {
      throw noSuchEntity(`The Access Key with id ${input.AccessKeyId} cannot be found.`);
    }
    const status = input.Status;
    if (status !== 'Active' && status !== 'Inactive') {
      throw constraintBroken(status, 'status', 'Member must satisfy enum value set: [Active, Inactive]');
    }
    tx.put(accessKeys, { ...key, status });
    return {};
  });

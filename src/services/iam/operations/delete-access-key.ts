import type { DeleteAccessKeyRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { noSuchEntity } from '../errors.ts';
import { findUser, userNameOf } from '../identities.ts';
import { accessKeys, nameKey } from '../tables.ts';

export const deleteAccessKey: Operation<DeleteAccessKeyRequest, object> = async (input, { call, store }) =>
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
    tx.delete(accessKeys, key.accessKeyId);
    return {};
  });

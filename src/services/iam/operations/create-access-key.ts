import type { CreateAccessKeyRequest, CreateAccessKeyResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { toDate } from '../../../core/instant.ts';
import { limitExceeded } from '../errors.ts';
import { findUser, userNameOf } from '../identities.ts';
import { newAccessKeyId, newSecretAccessKey } from '../ids.ts';
import { limits } from '../rules/limits.ts';
import { type AccessKeyRecord, accessKeys, nameKey } from '../tables.ts';

/** The only answer that ever holds the secret. */
export const createAccessKey: Operation<CreateAccessKeyRequest, CreateAccessKeyResponse> = async (
  input,
  { call, store },
) =>
  await store.update((tx, env) => {
    const user = findUser(tx, call, userNameOf(call, input.UserName));
    if (tx.count(accessKeys, 'user', nameKey(user.accountId, user.name)) >= limits.accessKeysPerUser) {
      throw limitExceeded('AccessKeysPerUser', limits.accessKeysPerUser);
    }
    const key: AccessKeyRecord = {
      accountId: user.accountId,
      userName: user.name,
      accessKeyId: newAccessKeyId(env),
      secretAccessKey: newSecretAccessKey(env),
      status: 'Active',
      createdAt: env.now,
    };
    tx.put(accessKeys, key);
    return {
      AccessKey: {
        UserName: key.userName,
        AccessKeyId: key.accessKeyId,
        Status: key.status,
        SecretAccessKey: key.secretAccessKey,
        CreateDate: toDate(key.createdAt),
      },
    };
  });

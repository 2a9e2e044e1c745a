import type { DeleteAccessKeyRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { findAccessKey } from '../access-key-reference.ts';
import { accessKeys } from '../tables.ts';

export const deleteAccessKey: Operation<DeleteAccessKeyRequest, object> = async (input, { call, store }) =>
  await store.update((tx) => {
    const key = findAccessKey(tx, call, input);
    tx.delete(accessKeys, key.accessKeyId);
    return {};
  });

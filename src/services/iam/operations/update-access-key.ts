import type { UpdateAccessKeyRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { findAccessKey } from '../access-key-reference.ts';
import { constraintBroken } from '../errors.ts';
import { accessKeys } from '../tables.ts';

export const updateAccessKey: Operation<UpdateAccessKeyRequest, object> = async (input, { call, store }) =>
  await store.update((tx) => {
    const key = findAccessKey(tx, call, input);
    const status = input.Status;
    if (status !== 'Active' && status !== 'Inactive') {
      throw constraintBroken(status, 'status', 'Member must satisfy enum value set: [Active, Inactive]');
    }
    tx.put(accessKeys, { ...key, status });
    return {};
  });

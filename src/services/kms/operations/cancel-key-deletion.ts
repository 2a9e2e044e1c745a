import type { CancelKeyDeletionRequest, CancelKeyDeletionResponse } from '@aws-sdk/client-kms';
import type { Operation } from '../../../aws/operation.ts';
import { keyNotPendingDeletion } from '../errors.ts';
import type { KmsParts } from '../parts.ts';
import { keyArn, keyNamed } from '../references.ts';
import { keys } from '../tables.ts';

/** The key is disabled afterwards, as in AWS. */
export const cancelKeyDeletion: Operation<CancelKeyDeletionRequest, CancelKeyDeletionResponse, KmsParts> = (
  input,
  { call, store },
) =>
  store.update((tx) => {
    const { deletionAt, ...key } = keyNamed(tx, call, input.KeyId);
    if (deletionAt === undefined) throw keyNotPendingDeletion(keyArn(key));
    tx.put(keys, { ...key, state: 'Disabled' });
    return { KeyId: keyArn(key) };
  });

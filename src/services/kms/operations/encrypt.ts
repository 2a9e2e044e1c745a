import type { EncryptRequest, EncryptResponse } from '@aws-sdk/client-kms';
import type { Operation } from '../../../aws/operation.ts';
import { validation } from '../errors.ts';
import { encryptUnder } from '../material.ts';
import type { KmsParts } from '../parts.ts';
import { keyArn, keyNamed, usable } from '../references.ts';

const mostBytes = 4096;

export const encrypt: Operation<EncryptRequest, EncryptResponse, KmsParts> = (input, { call, store, parts }) => {
  if (input.Plaintext.length > mostBytes) {
    throw validation(
      `1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length less than or equal to ${mostBytes}`,
    );
  }
  const key = store.view((reader) => usable(keyNamed(reader, call, input.KeyId)));
  const nonce = parts.random.bytes(12);
  return {
    CiphertextBlob: encryptUnder(parts, key, nonce, input.Plaintext, input.EncryptionContext ?? {}),
    KeyId: keyArn(key),
    EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
  };
};

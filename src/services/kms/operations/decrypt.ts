import type { DecryptRequest, DecryptResponse } from '@aws-sdk/client-kms';
import type { Operation } from '../../../aws/operation.ts';
import { decryptNamed } from '../decrypting.ts';
import type { KmsParts } from '../parts.ts';
import { keyArn } from '../references.ts';

export const decrypt: Operation<DecryptRequest, DecryptResponse, KmsParts> = (input, { call, store, parts }) => {
  const { key, plaintext } = store.view((reader) =>
    decryptNamed(reader, parts, call, {
      ciphertext: input.CiphertextBlob,
      context: input.EncryptionContext ?? {},
      keyId: input.KeyId,
    }),
  );
  return { KeyId: keyArn(key), Plaintext: plaintext, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
};

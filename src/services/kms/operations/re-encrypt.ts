import type { ReEncryptRequest, ReEncryptResponse } from '@aws-sdk/client-kms';
import type { Operation } from '../../../aws/operation.ts';
import { decryptNamed } from '../decrypting.ts';
import { encryptUnder } from '../material.ts';
import type { KmsParts } from '../parts.ts';
import { keyArn, keyNamed, usable } from '../references.ts';

export const reEncrypt: Operation<ReEncryptRequest, ReEncryptResponse, KmsParts> = (input, { call, store, parts }) =>
  store.view((reader) => {
    const source = decryptNamed(reader, parts, call, {
      ciphertext: input.CiphertextBlob,
      context: input.SourceEncryptionContext ?? {},
      keyId: input.SourceKeyId,
    });
    const destination = usable(keyNamed(reader, call, input.DestinationKeyId));
    const context = input.DestinationEncryptionContext ?? {};
    return {
      CiphertextBlob: encryptUnder(parts, destination, parts.random.bytes(12), source.plaintext, context),
      SourceKeyId: keyArn(source.key),
      KeyId: keyArn(destination),
      SourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      DestinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    };
  });

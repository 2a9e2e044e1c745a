import type { Scope } from '../../core/scope.ts';
import type { Reader } from '../../store/store.ts';
import { validation } from './errors.ts';
import { type EncryptionContext, encryptUnder } from './material.ts';
import type { KmsParts } from './parts.ts';
import { keyArn, keyNamed, usable } from './references.ts';

/** A fresh key of so many bytes, plain and encrypted under the key named. */
export function newDataKey(
  reader: Reader,
  parts: KmsParts,
  scope: Scope,
  wanted: {
    readonly KeyId: string;
    readonly KeySpec?: string | undefined;
    readonly NumberOfBytes?: number | undefined;
    readonly EncryptionContext?: EncryptionContext | undefined;
  },
): { readonly KeyId: string; readonly Plaintext: Uint8Array; readonly CiphertextBlob: Uint8Array } {
  const { KeySpec: spec, NumberOfBytes: count } = wanted;
  if ((spec === undefined) === (count === undefined)) {
    throw validation('Please specify either number of bytes or key spec.');
  }
  const bytes = count ?? (spec === 'AES_128' ? 16 : 32);
  if (bytes < 1 || bytes > 1024) throw validation('NumberOfBytes must be between 1 and 1024.');
  const key = usable(keyNamed(reader, scope, wanted.KeyId));
  const plaintext = parts.random.bytes(bytes);
  const context = wanted.EncryptionContext ?? {};
  return {
    KeyId: keyArn(key),
    Plaintext: plaintext,
    CiphertextBlob: encryptUnder(parts, key, parts.random.bytes(12), plaintext, context),
  };
}

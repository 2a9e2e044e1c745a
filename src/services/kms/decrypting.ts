import type { Scope } from '../../core/scope.ts';
import type { Reader } from '../../store/store.ts';
import { incorrectKey, invalidCiphertext, validation } from './errors.ts';
import { decryptUnder, type EncryptionContext, keyIdOf } from './material.ts';
import type { KmsParts } from './parts.ts';
import { keyNamed, usable } from './references.ts';
import type { KeyRecord } from './tables.ts';

/** What a ciphertext holds, and under which key. Throws InvalidCiphertextException, IncorrectKeyException and the key's own. */
export function decryptNamed(
  reader: Reader,
  parts: KmsParts,
  scope: Scope,
  given: {
    readonly ciphertext: Uint8Array | undefined;
    readonly context: EncryptionContext;
    /** The key that the caller expects it to be under. */
    readonly keyId: string | undefined;
  },
): { readonly key: KeyRecord; readonly plaintext: Uint8Array } {
  if (!given.ciphertext) throw validation('The ciphertext blob is missing.');
  const keyId = keyIdOf(given.ciphertext);
  if (keyId === undefined) throw invalidCiphertext();
  if (given.keyId !== undefined && keyNamed(reader, scope, given.keyId).keyId !== keyId) throw incorrectKey();
  const key = usable(keyNamed(reader, scope, keyId));
  const plaintext = decryptUnder(parts, key, given.ciphertext, given.context);
  if (!plaintext) throw invalidCiphertext();
  return { key, plaintext };
}

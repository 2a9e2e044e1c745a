import { joinBytes } from '../../core/join-bytes.ts';
import { decodeBase64, encodeBase64 } from '../../aws/protocols/base64.ts';
import { assert } from '../../core/assert.ts';
import { asUuid, hex } from '../../core/hex.ts';
import type { Env } from '../../store/store.ts';
import type { KmsParts } from './parts.ts';
import type { KeyRecord } from './tables.ts';

const nonceBytes = 12;
const encoder = new TextEncoder();

/** Fresh key material, sealed for the record of the key with this id. */
export function newMaterial(parts: KmsParts, env: Env, keyId: string): string {
  const nonce = env.random.bytes(nonceBytes);
  const sealed = parts.cipher.seal(parts.dataKey, nonce, env.random.bytes(32), encoder.encode(keyId));
  return encodeBase64(joinBytes(nonce, sealed));
}

export function materialOf(parts: KmsParts, key: KeyRecord): Uint8Array {
  const bytes = decodeBase64(key.sealedMaterial);
  assert(bytes, `the material of key ${key.keyId} is base64`);
  const context = encoder.encode(key.keyId);
  const material = parts.cipher.open(parts.dataKey, bytes.subarray(0, nonceBytes), bytes.subarray(nonceBytes), context);
  assert(
    material,
    `key ${key.keyId} opens with the data directory's key: is the file data-key the one it was made with?`,
  );
  return material;
}

/**
 * A ciphertext: a version byte, the key's id (16 bytes), a nonce, and what is sealed. The encryption context is
 * authenticated and not held in it, as in AWS's own.
 */
export function encryptUnder(
  parts: KmsParts,
  key: KeyRecord,
  nonce: Uint8Array,
  plaintext: Uint8Array,
  context: EncryptionContext,
): Uint8Array {
  const head = joinBytes(Uint8Array.of(1), bytesOfId(key.keyId), nonce);
  return joinBytes(head, parts.cipher.seal(materialOf(parts, key), nonce, plaintext, canonical(context)));
}

/** The id of the key that a ciphertext names, undefined when it is none of ours. */
export function keyIdOf(ciphertext: Uint8Array): string | undefined {
  if (ciphertext[0] !== 1 || ciphertext.length < headBytes) return undefined;
  return asUuid(hex(ciphertext.subarray(1, 17)));
}

export function decryptUnder(
  parts: KmsParts,
  key: KeyRecord,
  ciphertext: Uint8Array,
  context: EncryptionContext,
): Uint8Array | undefined {
  const nonce = ciphertext.subarray(17, headBytes);
  return parts.cipher.open(materialOf(parts, key), nonce, ciphertext.subarray(headBytes), canonical(context));
}

export type EncryptionContext = Readonly<Record<string, string>>;

const headBytes = 1 + 16 + nonceBytes;

/** The same bytes whatever the order in which the pairs were given. */
function canonical(context: EncryptionContext): Uint8Array {
  return encoder.encode(JSON.stringify(Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1))));
}

function bytesOfId(keyId: string): Uint8Array {
  return Uint8Array.from(keyId.replaceAll('-', '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

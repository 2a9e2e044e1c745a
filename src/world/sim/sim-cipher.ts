import { joinBytes } from '../../core/join-bytes.ts';
import type { Cipher } from '../world.ts';
import { simHash } from './sim-hash.ts';

/**
 * Keeps the port's promises within a simulation with HMACs alone (a keystream, and a tag over all): no cipher to protect
 * anybody's data with.
 */
export const simCipher: Cipher = {
  seal(key, nonce, plaintext, context) {
    const hidden = streamed(key, nonce, plaintext);
    const sealed = new Uint8Array(hidden.length + tagBytes);
    sealed.set(hidden);
    sealed.set(tagOf(key, nonce, hidden, context), hidden.length);
    return sealed;
  },
  open(key, nonce, sealed, context) {
    if (sealed.length < tagBytes) return undefined;
    const hidden = sealed.subarray(0, sealed.length - tagBytes);
    const tag = sealed.subarray(sealed.length - tagBytes);
    return simHash.equal(tag, tagOf(key, nonce, hidden, context)) ? streamed(key, nonce, hidden) : undefined;
  },
};

const tagBytes = 16;

function streamed(key: Uint8Array, nonce: Uint8Array, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at += 32) {
    const block = simHash.hmacSha256(key, joinBytes(nonce, numbered(at)));
    for (let index = at; index < Math.min(at + 32, data.length); index += 1) {
      out[index] = (data[index] ?? 0) ^ (block[index - at] ?? 0);
    }
  }
  return out;
}

function tagOf(key: Uint8Array, nonce: Uint8Array, hidden: Uint8Array, context: Uint8Array): Uint8Array {
  return simHash.hmacSha256(key, joinBytes(nonce, numbered(context.length), context, hidden)).slice(0, tagBytes);
}

function numbered(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return bytes;
}

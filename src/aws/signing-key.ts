import type { Hash } from '../world/world.ts';
import type { SignatureScope } from './sigv4.ts';

/** Derived signing keys, kept while they are in use: deriving one costs four HMACs, which is most of a verification. */
export function createSigningKeys(hash: Hash): SigningKeys {
  const kept = new Map<string, { readonly secret: string; readonly key: Uint8Array }>();
  return {
    get(accessKeyId, secret, scope) {
      const name = `${accessKeyId}/${scope.day}/${scope.region}/${scope.service}`;
      const found = kept.get(name);
      // A key that was replaced under the same id must not go on verifying with its old secret.
      if (found && found.secret === secret) return found.key;
      if (kept.size >= keptLimit) kept.clear();
      const key = deriveKey(hash, secret, scope);
      kept.set(name, { secret, key });
      return key;
    },
  };
}

export interface SigningKeys {
  get(accessKeyId: string, secretAccessKey: string, scope: SignatureScope): Uint8Array;
}

const keptLimit = 1000;

function deriveKey(hash: Hash, secret: string, scope: SignatureScope): Uint8Array {
  const day = hash.hmacSha256(`AWS4${secret}`, scope.day);
  const region = hash.hmacSha256(day, scope.region);
  const service = hash.hmacSha256(region, scope.service);
  return hash.hmacSha256(service, 'aws4_request');
}

export function stringToSign(hash: Hash, date: string, scope: SignatureScope, canonical: string): string {
  const digest = hash.sha256Hex(latin1Bytes(canonical));
  return `AWS4-HMAC-SHA256\n${date}\n${scope.day}/${scope.region}/${scope.service}/aws4_request\n${digest}`;
}

/**
 * Text of a request head as the bytes it came as: HTTP heads reach us with one character per byte. ASCII, which is
 * nearly always, stays a string.
 */
export function latin1Bytes(text: string): string | Uint8Array {
  if (!/[\u0080-\uffff]/.test(text) || /[\u0100-\uffff]/.test(text)) return text;
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

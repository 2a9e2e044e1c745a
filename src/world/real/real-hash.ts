import { createHash, hash, timingSafeEqual } from 'node:crypto';
import type { Hash, RunningDigest } from '../world.ts';

/** One-shot digests: for the short inputs of signatures they cost a third of createHash. */
export function realHash(): Hash {
  return {
    sha256: (data) => hash('sha256', data, 'buffer'),
    sha256Hex: (data) => hash('sha256', data, 'hex'),
    hmacSha256,
    md5Hex: (data) => hash('md5', data, 'hex'),
    startSha256: () => running('sha256'),
    startSha1: () => running('sha1'),
    startMd5: () => running('md5'),
    equal: (a, b) => a.length === b.length && timingSafeEqual(a, b),
  };
}

const blockBytes = 64;
const digestBytes = 32;

/** RFC 2104 of two one-shot digests: node:crypto's Hmac is an object of two runtimes, and collecting it costs more. */
function hmacSha256(key: Uint8Array | string, data: Uint8Array | string): Uint8Array {
  const given = typeof key === 'string' ? Buffer.from(key) : key;
  const secret = given.length > blockBytes ? hash('sha256', given, 'buffer') : given;
  const dataBytes = typeof data === 'string' ? Buffer.byteLength(data) : data.length;
  const inner = Buffer.allocUnsafe(blockBytes + dataBytes);
  const outer = Buffer.allocUnsafe(blockBytes + digestBytes);
  for (let index = 0; index < blockBytes; index += 1) {
    const byte = secret[index] ?? 0;
    inner[index] = byte ^ 0x36;
    outer[index] = byte ^ 0x5c;
  }
  if (typeof data === 'string') inner.write(data, blockBytes);
  else inner.set(data, blockBytes);
  outer.set(hash('sha256', inner, 'buffer'), blockBytes);
  return hash('sha256', outer, 'buffer');
}

function running(algorithm: 'sha256' | 'sha1' | 'md5'): RunningDigest {
  const digest = createHash(algorithm);
  return {
    update: (data) => {
      digest.update(data);
    },
    hex: () => digest.digest('hex'),
  };
}

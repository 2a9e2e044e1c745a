import { createHash, createHmac, hash, timingSafeEqual } from 'node:crypto';
import type { Hash, RunningDigest } from '../world.ts';

/** One-shot digests: for the short inputs of signatures they cost a third of createHash. */
export function realHash(): Hash {
  return {
    sha256: (data) => hash('sha256', data, 'buffer'),
    sha256Hex: (data) => hash('sha256', data, 'hex'),
    hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
    md5Hex: (data) => hash('md5', data, 'hex'),
    startSha256: () => running('sha256'),
    startMd5: () => running('md5'),
    equal: (a, b) => a.length === b.length && timingSafeEqual(a, b),
  };
}

function running(algorithm: 'sha256' | 'md5'): RunningDigest {
  const digest = createHash(algorithm);
  return {
    update: (data) => {
      digest.update(data);
    },
    hex: () => digest.digest('hex'),
  };
}

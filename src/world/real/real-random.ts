import { randomBytes } from 'node:crypto';
import type { Random } from '../world.ts';

const poolBytes = 16 * 1024;

/** From the system's secure source: ids and secrets are made of it. */
export function realRandom(): Random {
  // Bytes are asked for in tens, several times a request, and each call of the source costs as much as a thousand of
  // them. A pool that is used up is left to its slices and never written again.
  let pool = new Uint8Array(0);
  let used = 0;
  return {
    bytes: (count) => {
      if (count > poolBytes / 4) return randomBytes(count);
      if (used + count > pool.length) {
        pool = randomBytes(poolBytes);
        used = 0;
      }
      used += count;
      return pool.subarray(used - count, used);
    },
    fraction: () => Math.random(), // only ever spreads load; nothing secret is made of it
  };
}

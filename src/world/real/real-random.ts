import { randomBytes } from 'node:crypto';
import type { Random } from '../world.ts';

/** From the system's secure source: ids and secrets are made of it. */
export function realRandom(): Random {
  return {
    bytes: (count) => randomBytes(count),
    fraction: () => Math.random(), // only ever spreads load; nothing secret is made of it
  };
}

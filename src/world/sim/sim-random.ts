import { assert } from '../../core/assert.ts';
import type { Random } from '../world.ts';

/**
 * Chance from a seed (sfc32). `fork(name)` gives an independent stream that depends on the seed and the name alone and
 * not on what was drawn before, so that a draw more in one part does not disturb the others.
 */
export class SimRandom implements Random {
  readonly #seed: string;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: string | number) {
    this.#seed = String(seed);
    this.#a = mix(this.#seed, 0x9e3779b9);
    this.#b = mix(this.#seed, 0x243f6a88);
    this.#c = mix(this.#seed, 0xb7e15162);
    for (let round = 0; round < 15; round += 1) this.#next();
  }

  fork(name: string): SimRandom {
    return new SimRandom(`${this.#seed}/${name}`);
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count; at += 4) {
      const word = this.#next();
      for (let byte = 0; byte < 4 && at + byte < count; byte += 1) bytes[at + byte] = word >>> (8 * byte);
    }
    return bytes;
  }

  fraction(): number {
    return this.#next() / 0x1_0000_0000;
  }

  /** A whole number from `low` to `high`, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.fraction() * (high - low + 1));
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.integer(0, items.length - 1)];
    assert(item !== undefined, 'something is picked from a list that is not empty');
    return item;
  }

  /** A delay in milliseconds with a long tail: mostly near `typicalMs`, now and then ten times that. */
  latencyMs(typicalMs: number): number {
    return typicalMs * (0.5 + this.fraction()) * (this.chance(0.01) ? 10 : 1);
  }

  #next(): number {
    const result = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + result;
    this.#c |= 0;
    return result >>> 0;
  }
}

/** FNV-1a with a final avalanche (murmur3's), so that seeds that differ in one letter give unrelated streams. */
function mix(text: string, basis: number): number {
  let hash = basis;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) | 0;
}

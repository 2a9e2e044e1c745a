import { assert } from '../core/assert.ts';

/**
 * Keys in ascending order, in chunks: adding, removing and finding cost about the square root of the size in memory
 * moves and a logarithm in comparisons, so a page in the middle of 100,000 keys costs what a page of 100 does.
 */
export class SortedKeys {
  #chunks: string[][] = [];
  #size = 0;
  /** Counts changes, so that an iteration notices one: it would skip or repeat keys without a word. */
  #version = 0;

  get size(): number {
    return this.#size;
  }

  add(key: string): void {
    const last = this.#chunks.at(-1);
    if (last && (last.at(-1) as string) < key) {
      if (last.length < chunkLimit) last.push(key);
      else this.#chunks.push([key]);
      this.#size += 1;
      this.#version += 1;
      return;
    }
    const chunkIndex = this.#chunkFor(key);
    const chunk = this.#chunks[chunkIndex];
    if (!chunk) {
      this.#chunks.push([key]);
      this.#size += 1;
      this.#version += 1;
      return;
    }
    const at = lowerBound(chunk, key);
    if (chunk[at] === key) return;
    chunk.splice(at, 0, key);
    this.#size += 1;
    this.#version += 1;
    if (chunk.length > chunkLimit) this.#chunks.splice(chunkIndex + 1, 0, chunk.splice(chunk.length >> 1));
  }

  delete(key: string): void {
    const chunkIndex = this.#chunkFor(key);
    const chunk = this.#chunks[chunkIndex];
    if (!chunk) return;
    const at = lowerBound(chunk, key);
    if (chunk[at] !== key) return;
    chunk.splice(at, 1);
    this.#size -= 1;
    this.#version += 1;
    if (chunk.length === 0) this.#chunks.splice(chunkIndex, 1);
  }

  /** Keys greater than `after`, ascending. Must not be iterated across a change: copy the keys first. */
  *after(after: string | undefined): Generator<string> {
    const version = this.#version;
    const start = after === undefined ? 0 : this.#chunkFor(after);
    for (let chunkIndex = start; chunkIndex < this.#chunks.length; chunkIndex += 1) {
      const chunk = this.#chunks[chunkIndex] ?? [];
      let at = chunkIndex === start && after !== undefined ? lowerBound(chunk, after) : 0;
      if (chunk[at] === after) at += 1;
      for (; at < chunk.length; at += 1) {
        yield chunk[at] as string;
        assert(version === this.#version, unchanged);
      }
    }
  }

  /** Keys less than `before`, descending. Must not be iterated across a change: copy the keys first. */
  *before(before: string | undefined): Generator<string> {
    const version = this.#version;
    const start = before === undefined ? this.#chunks.length - 1 : this.#chunkFor(before);
    for (let chunkIndex = start; chunkIndex >= 0; chunkIndex -= 1) {
      const chunk = this.#chunks[chunkIndex] ?? [];
      let at = chunkIndex === start && before !== undefined ? lowerBound(chunk, before) : chunk.length;
      for (at -= 1; at >= 0; at -= 1) {
        yield chunk[at] as string;
        assert(version === this.#version, unchanged);
      }
    }
  }

  /** The chunk that holds the key or where it belongs: the last one whose first key is not greater. */
  #chunkFor(key: string): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const first = this.#chunks[middle]?.[0];
      if (first !== undefined && first <= key) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? 0 : low - 1;
  }
}

const chunkLimit = 512;
const unchanged = 'a listing is not changed while it is iterated; copy it first';

function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

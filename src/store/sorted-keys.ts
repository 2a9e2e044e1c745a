import { assert } from '../core/assert.ts';

/**
 * Keys in ascending order, in chunks: adding, removing and finding cost about the square root of the size in memory
 * moves and a logarithm in comparisons, so a page in the middle of 100,000 keys costs what a page of 100 does.
 *
 * New keys wait unsorted until a few thousand have come or somebody looks: sorting them together touches each chunk once,
 * and most of the indexes that a record is put into are not read before the next thousand records come.
 */
export class SortedKeys {
  #chunks: string[][] = [];
  /** Added and not yet in a chunk; in no order, and perhaps there already. */
  #recent: string[] = [];
  #size = 0;
  /** Counts changes, so that an iteration notices one: it would skip or repeat keys without a word. */
  #version = 0;

  /** Of keys in ascending order, each once. */
  static of(keys: readonly string[]): SortedKeys {
    const sorted = new SortedKeys();
    for (let from = 0; from < keys.length; from += filledChunk) {
      const chunk = keys.slice(from, from + filledChunk);
      const [before, first] = [keys[from - 1], chunk[0]];
      assert(before === undefined || (first !== undefined && before < first), 'keys are given in ascending order');
      sorted.#chunks.push(chunk);
    }
    sorted.#size = keys.length;
    return sorted;
  }

  get size(): number {
    this.#settle();
    return this.#size;
  }

  add(key: string): void {
    this.#version += 1;
    const last = this.#chunks.at(-1);
    if (this.#recent.length === 0 && last && (last.at(-1) as string) < key) {
      if (last.length < chunkLimit) last.push(key);
      else this.#chunks.push([key]);
      this.#size += 1;
      return;
    }
    this.#recent.push(key);
    if (this.#recent.length >= recentLimit) this.#settle();
  }

  /** Puts the keys that wait where they belong, those of each chunk at once. */
  #settle(): void {
    if (this.#recent.length === 0) return;
    const keys = this.#recent.length === 1 ? this.#recent : this.#recent.sort();
    this.#recent = [];
    for (let from = 0; from < keys.length; ) {
      const chunkIndex = this.#chunkFor(keys[from] as string);
      const end = this.#chunks[chunkIndex + 1]?.[0];
      let to = from + 1;
      while (to < keys.length && (end === undefined || (keys[to] as string) < end)) to += 1;
      // A few keys are cheaper put in one by one than by comparing with all that are there.
      if ((to - from) * 16 > (this.#chunks[chunkIndex]?.length ?? 0)) this.#merge(chunkIndex, keys.slice(from, to));
      else for (let at = from; at < to; at += 1) this.#insert(this.#chunkFor(keys[at] as string), keys[at] as string);
      from = to;
    }
  }

  #insert(chunkIndex: number, key: string): void {
    const chunk = this.#chunks[chunkIndex];
    if (!chunk) {
      this.#chunks.push([key]);
      this.#size += 1;
      return;
    }
    const at = lowerBound(chunk, key);
    if (chunk[at] === key) return;
    chunk.splice(at, 0, key);
    this.#size += 1;
    if (chunk.length > chunkLimit) this.#chunks.splice(chunkIndex + 1, 0, chunk.splice(chunk.length >> 1));
  }

  #merge(chunkIndex: number, keys: readonly string[]): void {
    const chunk = this.#chunks[chunkIndex] ?? [];
    const merged: string[] = [];
    let at = 0;
    for (const key of keys) {
      while (at < chunk.length && (chunk[at] as string) < key) merged.push(chunk[at++] as string);
      if (chunk[at] !== key && merged.at(-1) !== key) merged.push(key);
    }
    while (at < chunk.length) merged.push(chunk[at++] as string);
    this.#size += merged.length - chunk.length;
    if (merged.length <= chunkLimit) this.#chunks.splice(chunkIndex, 1, merged);
    else this.#chunks.splice(chunkIndex, 1, merged.slice(0, merged.length >> 1), merged.slice(merged.length >> 1));
  }

  delete(key: string): void {
    this.#settle();
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
  after(after: string | undefined): Generator<string> {
    return this.each(after, (key) => key);
  }

  /** What `read` gives for each of them: one generator, where two, one in the other, cost twice as much. */
  *each<T>(after: string | undefined, read: (key: string) => T): Generator<T> {
    this.#settle();
    const version = this.#version;
    const start = after === undefined ? 0 : this.#chunkFor(after);
    for (let chunkIndex = start; chunkIndex < this.#chunks.length; chunkIndex += 1) {
      const chunk = this.#chunks[chunkIndex] ?? [];
      let at = chunkIndex === start && after !== undefined ? lowerBound(chunk, after) : 0;
      if (chunk[at] === after) at += 1;
      for (; at < chunk.length; at += 1) {
        yield read(chunk[at] as string);
        assert(version === this.#version, unchanged);
      }
    }
  }

  /** Keys less than `before`, descending. Must not be iterated across a change: copy the keys first. */
  *before(before: string | undefined): Generator<string> {
    this.#settle();
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
/** With room for keys to come. */
const filledChunk = 384;
const recentLimit = 2048;
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

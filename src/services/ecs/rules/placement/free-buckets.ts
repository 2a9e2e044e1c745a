/**
 * Things ordered by two amounts they have left. What has room for both amounts is found from the least of the first
 * upwards; stretches without room in the second are stepped over in chunks, so that a cluster of full instances costs
 * a look at each chunk and not at each instance.
 */
export class FreeBuckets<T extends Bucketed<T>> {
  readonly #chunks: Chunk<T>[] = [];

  add(item: T, first: number, second: number): void {
    const chunk = this.#chunks[this.#chunkFor(first, second)];
    if (!chunk) {
      const bucket = newBucket(item, first, second);
      this.#chunks.push({ buckets: [bucket], mostSecond: second });
      return;
    }
    const at = lowerBound(chunk.buckets, first, second);
    const present = chunk.buckets[at];
    if (present && present.first === first && present.second === second) {
      place(item, present);
      return;
    }
    chunk.buckets.splice(at, 0, newBucket(item, first, second));
    chunk.mostSecond = Math.max(chunk.mostSecond, second);
    if (chunk.buckets.length > chunkLimit) this.#split(chunk);
  }

  delete(item: T): void {
    const { bucket } = item;
    if (!bucket) return;
    const last = bucket.items.pop();
    if (last && last !== item) {
      bucket.items[item.position] = last;
      last.position = item.position;
    }
    item.bucket = undefined;
    if (bucket.items.length > 0) return;
    const chunkIndex = this.#chunkFor(bucket.first, bucket.second);
    const chunk = this.#chunks[chunkIndex];
    if (!chunk) return;
    chunk.buckets.splice(lowerBound(chunk.buckets, bucket.first, bucket.second), 1);
    if (chunk.buckets.length === 0) this.#chunks.splice(chunkIndex, 1);
    else if (bucket.second === chunk.mostSecond) chunk.mostSecond = mostSecond(chunk.buckets);
  }

  /** Buckets with at least both amounts, by the first amount, then by the second. Not to be used across a change. */
  *fitting(first: number, second: number): Generator<Bucket<T>> {
    const start = this.#chunkFor(first, second);
    for (let chunkIndex = start; chunkIndex < this.#chunks.length; chunkIndex += 1) {
      const chunk = this.#chunks[chunkIndex];
      if (!chunk || chunk.mostSecond < second) continue;
      const from = chunkIndex === start ? lowerBound(chunk.buckets, first, second) : 0;
      for (let at = from; at < chunk.buckets.length; at += 1) {
        const bucket = chunk.buckets[at];
        if (bucket && bucket.second >= second) yield bucket;
      }
    }
  }

  /** The chunk that holds the amounts or where they belong: the last one that does not begin after them. */
  #chunkFor(first: number, second: number): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const bucket = this.#chunks[middle]?.buckets[0];
      if (bucket && !isBefore(first, second, bucket)) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? 0 : low - 1;
  }

  #split(chunk: Chunk<T>): void {
    const buckets = chunk.buckets.splice(chunk.buckets.length >> 1);
    chunk.mostSecond = mostSecond(chunk.buckets);
    this.#chunks.splice(this.#chunks.indexOf(chunk) + 1, 0, { buckets, mostSecond: mostSecond(buckets) });
  }
}

/** What a thing remembers of its place. */
export interface Bucketed<T> {
  bucket: Bucket<T> | undefined;
  position: number;
}

export interface Bucket<T> {
  readonly first: number;
  readonly second: number;
  readonly items: T[];
}

interface Chunk<T> {
  readonly buckets: Bucket<T>[];
  mostSecond: number;
}

const chunkLimit = 64;

function newBucket<T extends Bucketed<T>>(item: T, first: number, second: number): Bucket<T> {
  const bucket: Bucket<T> = { first, second, items: [] };
  place(item, bucket);
  return bucket;
}

function place<T extends Bucketed<T>>(item: T, bucket: Bucket<T>): void {
  item.bucket = bucket;
  item.position = bucket.items.length;
  bucket.items.push(item);
}

function isBefore<T>(first: number, second: number, bucket: Bucket<T>): boolean {
  return first < bucket.first || (first === bucket.first && second < bucket.second);
}

/** Where the first bucket stands that is not before the amounts. */
function lowerBound<T>(buckets: readonly Bucket<T>[], first: number, second: number): number {
  let low = 0;
  let high = buckets.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const bucket = buckets[middle];
    if (bucket && (bucket.first < first || (bucket.first === first && bucket.second < second))) low = middle + 1;
    else high = middle;
  }
  return low;
}

function mostSecond<T>(buckets: readonly Bucket<T>[]): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const { second } of buckets) most = Math.max(most, second);
  return most;
}

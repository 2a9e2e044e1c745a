import type { Instant } from '../../core/instant.ts';

/** Neighbouring blocks of one file, read together: what the index of a stream is made of. */
export interface Segment {
  readonly offset: number;
  readonly length: number;
  readonly firstTime: Instant;
  readonly lastTime: Instant;
}

/** A segment, and the file (by its first position) it is in. */
export interface PlacedSegment extends Segment {
  readonly file: number;
}

/**
 * The segments of a stream in the order they were added. Batches may come late, so their times may overlap; for every
 * place it is known how late all earlier and how early all later segments reach, which bounds what a read must merge
 * and lets it find its place by halving.
 */
export class Segments {
  #segments: PlacedSegment[] = [];
  /** The latest time in this and all earlier segments. */
  #latestSoFar: Instant[] = [];
  /** The earliest time in this and all later segments. */
  #earliestFromHere: Instant[] = [];

  get size(): number {
    return this.#segments.length;
  }

  at(index: number): PlacedSegment | undefined {
    return this.#segments[index];
  }

  /** Time of the first and the last event. */
  get firstTime(): Instant | undefined {
    return this.#earliestFromHere[0];
  }
  get lastTime(): Instant | undefined {
    return this.#latestSoFar.at(-1);
  }

  latestUpTo(index: number): Instant {
    return this.#latestSoFar[index] ?? Number.NEGATIVE_INFINITY;
  }
  earliestFrom(index: number): Instant {
    return this.#earliestFromHere[index] ?? Number.POSITIVE_INFINITY;
  }

  add(segment: PlacedSegment): void {
    this.#segments.push(segment);
    this.#latestSoFar.push(Math.max(this.latestUpTo(this.size - 2), segment.lastTime));
    this.#earliestFromHere.push(segment.firstTime);
    this.#lowerEarliest(this.size - 2, segment.firstTime);
  }

  /** Puts a longer segment in the place of the last one. */
  extendLast(segment: PlacedSegment): void {
    const last = this.size - 1;
    this.#segments[last] = segment;
    this.#latestSoFar[last] = Math.max(this.latestUpTo(last - 1), segment.lastTime);
    this.#lowerEarliest(last, segment.firstTime);
  }

  /** Forgets the segments of one file. */
  dropFile(file: number): void {
    const kept = this.#segments.filter((segment) => segment.file !== file);
    this.#segments = [];
    this.#latestSoFar = [];
    this.#earliestFromHere = [];
    for (const segment of kept) this.add(segment);
  }

  /** The first segment that may hold an event of `time` or later. */
  firstReaching(time: Instant): number {
    return lowerBound(this.#latestSoFar, (latest) => latest >= time);
  }

  /** The last segment that may hold an event before `time`; -1 when none. */
  lastBefore(time: Instant): number {
    return lowerBound(this.#earliestFromHere, (earliest) => earliest >= time) - 1;
  }

  #lowerEarliest(from: number, time: Instant): void {
    for (let index = from; index >= 0 && this.earliestFrom(index) > time; index -= 1) {
      this.#earliestFromHere[index] = time;
    }
  }
}

/** The first index for which `reached` holds; it holds from there on. */
function lowerBound(times: readonly Instant[], reached: (time: Instant) => boolean): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (reached(times[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return low;
}

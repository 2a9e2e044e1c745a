import { blockLength, decodeEvents, readHeader, type Wanted } from './block.ts';
import {
  comparePlaces,
  eventOverheadBytes,
  type LogPage,
  type LogRange,
  type Place,
  type StoredEvent,
} from './contract.ts';
import type { PlacedSegment, Segments } from './segments.ts';

/** Where the bytes of segments come from. */
interface PageSource {
  /** Undefined where they have been deleted since. */
  bytesOf(segment: PlacedSegment): Promise<Uint8Array | undefined>;
  /** Whether retention took files away since the reading began. */
  isStale(): boolean;
}

/**
 * Merges the segments that reach into the range, one in memory at a time: what is read is given out up to the time
 * that no segment to come reaches. Undefined when retention took files away meanwhile.
 */
export async function readPage(segments: Segments, range: LogRange, source: PageSource): Promise<LogPage | undefined> {
  const startTime = Math.max(
    range.startTime ?? Number.NEGATIVE_INFINITY,
    range.after?.time ?? Number.NEGATIVE_INFINITY,
  );
  const endTime = Math.min(
    range.endTime ?? Number.POSITIVE_INFINITY,
    (range.before?.time ?? Number.POSITIVE_INFINITY) + 1,
  );
  const low = segments.firstReaching(startTime);
  const high = segments.lastBefore(endTime);
  const forward = range.direction === 'forward';
  const isWanted = (place: Place): boolean => isInside(place, range);
  // One more than fit, so that it is seen whether there are more.
  const wanted: Wanted = { startTime, endTime, isWanted, direction: range.direction, most: range.maxEvents + 1 };
  const page = new PageBuilder(range);
  let held: readonly StoredEvent[] = [];
  for (let step = 0; step <= high - low; step += 1) {
    const index = forward ? low + step : high - step;
    const read = await readSegment(segments.at(index), wanted, source);
    if (source.isStale()) return undefined;
    held = merge(held, read);
    const isLast = step === high - low;
    const horizon = forward ? segments.earliestFrom(index + 1) : segments.latestUpTo(index - 1);
    const isDue = (event: StoredEvent): boolean => isLast || (forward ? event.time <= horizon : event.time >= horizon);
    held = page.take(held, isDue);
    if (page.isFull) return page.build(isLast && held.length === 0);
  }
  return page.build(true);
}

async function readSegment(
  segment: PlacedSegment | undefined,
  wanted: Wanted,
  source: PageSource,
): Promise<readonly StoredEvent[]> {
  if (!segment || segment.lastTime < wanted.startTime || segment.firstTime >= wanted.endTime) return [];
  const bytes = await source.bytesOf(segment);
  if (!bytes) return []; // the reading is stale, then
  let events: readonly StoredEvent[] = [];
  for (let offset = 0; offset < bytes.length; offset += blockLength(bytes, offset) ?? bytes.length) {
    events = merge(events, decodeEvents(bytes, readHeader(bytes, offset), wanted));
  }
  return events;
}

/** Fills one page from either end. */
class PageBuilder {
  readonly #range: LogRange;
  readonly #parts: (readonly StoredEvent[])[] = [];
  #events = 0;
  #bytes = 0;
  isFull = false;

  constructor(range: LogRange) {
    this.#range = range;
  }

  /** Takes what is due and fits, from the near end; gives back the rest. */
  take(held: readonly StoredEvent[], isDue: (event: StoredEvent) => boolean): readonly StoredEvent[] {
    const forward = this.#range.direction === 'forward';
    let taken = 0;
    for (; taken < held.length; taken += 1) {
      const event = held[forward ? taken : held.length - 1 - taken];
      if (!event || !isDue(event)) break;
      // UTF-16 units are bytes for what logs mostly hold; a page of other text is up to three times as long.
      const bytes = event.message.length + eventOverheadBytes;
      if (this.#events === this.#range.maxEvents || (this.#events > 0 && this.#bytes + bytes > this.#range.maxBytes)) {
        this.isFull = true;
        break;
      }
      this.#events += 1;
      this.#bytes += bytes;
    }
    this.isFull ||= this.#events === this.#range.maxEvents;
    const cut = forward ? taken : held.length - taken;
    this.#parts.push(forward ? held.slice(0, cut) : held.slice(cut));
    return forward ? held.slice(cut) : held.slice(0, cut);
  }

  build(complete: boolean): LogPage {
    const parts = this.#range.direction === 'forward' ? this.#parts : this.#parts.toReversed();
    return { events: parts.flat(), complete };
  }
}

function isInside(place: Place, range: LogRange): boolean {
  return (
    (!range.after || comparePlaces(place, range.after) > 0) && (!range.before || comparePlaces(place, range.before) < 0)
  );
}

function merge(a: readonly StoredEvent[], b: readonly StoredEvent[]): readonly StoredEvent[] {
  const lastOfA = a.at(-1);
  const firstOfB = b[0];
  if (!lastOfA) return b;
  if (!firstOfB) return a;
  const joined = a.concat(b);
  return comparePlaces(lastOfA, firstOfB) < 0 ? joined : joined.sort(comparePlaces);
}

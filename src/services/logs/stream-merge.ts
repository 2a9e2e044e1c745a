import type { Instant } from '../../core/instant.ts';
import { comparePlaces, type LogFiles, type Place, type StoredEvent } from '../../dataplane/log-files/contract.ts';
import { limits } from './rules/limits.ts';
import type { LogStreamRecord } from './tables.ts';

/** A place in several streams read as one: by time, then stream, then position. */
export interface ScanPlace extends Place {
  readonly streamId: string;
}

export interface ScannedEvent extends StoredEvent {
  readonly streamId: string;
}

export interface ScanRange {
  readonly startTime: Instant;
  /** Exclusive. */
  readonly endTime: Instant | undefined;
  readonly after: ScanPlace | undefined;
}

export interface ScanLimits {
  readonly maxEvents: number;
  readonly maxBytes: number;
  /** How much is looked through, matching or not. */
  readonly maxScanBytes: number;
  readonly matches: (message: string) => boolean;
}

export interface ScanPage {
  readonly events: readonly ScannedEvent[];
  /** Where to go on; absent at the end. */
  readonly next?: ScanPlace;
}

/**
 * Events of many streams in one order. In rounds: every stream has its next events in memory; what is not later than the
 * last event of any of these can be given out, as nothing that is still to be read comes before it.
 */
export async function mergeStreams(
  files: LogFiles,
  streams: readonly LogStreamRecord[],
  range: ScanRange,
  bounds: ScanLimits,
): Promise<ScanPage> {
  const page = { events: [] as ScannedEvent[], bytes: 0, scannedBytes: 0 };
  let last = range.after;
  let heads = streams
    .filter((stream) => mayReach(files, stream, range.startTime))
    .map((stream) => headOf(stream.id, range));
  const perRead = {
    maxEvents: Math.max(20, Math.min(2000, Math.floor(limits.eventsPage / Math.max(1, heads.length)))),
    maxBytes: Math.max(16_384, Math.min(262_144, Math.floor((4 * limits.pageBytes) / Math.max(1, heads.length)))),
  };
  for (;;) {
    await Promise.all(heads.map((head) => fill(files, head, range, perRead)));
    heads = heads.filter((head) => head.events.length > 0);
    if (heads.length === 0) return { events: page.events };
    for (const event of takeDue(heads)) {
      const bytes = event.message.length + 26;
      const full = page.events.length === bounds.maxEvents || page.scannedBytes > bounds.maxScanBytes;
      const wanted = !full && bounds.matches(event.message);
      if (full || (wanted && page.events.length > 0 && page.bytes + bytes > bounds.maxBytes)) {
        return { events: page.events, ...(last ? { next: last } : {}) };
      }
      page.scannedBytes += bytes;
      last = { streamId: event.streamId, time: event.time, position: event.position };
      if (!wanted) continue;
      page.events.push(event);
      page.bytes += bytes;
    }
  }
}

export function encodeScanToken(place: ScanPlace): string {
  return `${place.time}-${place.position}-${place.streamId}`;
}

/** Undefined when the text is not a token of ours. */
export function decodeScanToken(token: string): ScanPlace | undefined {
  const [, time, position, streamId] = /^(\d{1,16})-(\d{1,16})-([0-9a-f]{32})$/.exec(token) ?? [];
  if (streamId === undefined) return undefined;
  return { time: Number(time), position: Number(position), streamId };
}

/** One stream of the merge: what of it is in memory, and from where to read on. */
interface Head {
  readonly streamId: string;
  events: readonly ScannedEvent[];
  after: Place | undefined;
  complete: boolean;
}

function headOf(streamId: string, { after }: ScanRange): Head {
  if (!after) return { streamId, events: [], after: undefined, complete: false };
  // Of the token's millisecond, streams before its stream are through and streams after it are not begun.
  const position =
    streamId < after.streamId ? Number.POSITIVE_INFINITY : streamId > after.streamId ? -1 : after.position;
  return { streamId, events: [], after: { time: after.time, position }, complete: false };
}

async function fill(
  files: LogFiles,
  head: Head,
  range: ScanRange,
  bounds: { readonly maxEvents: number; readonly maxBytes: number },
): Promise<void> {
  if (head.events.length > 0 || head.complete) return;
  const page = await files.read(head.streamId, {
    direction: 'forward',
    startTime: range.startTime,
    ...(range.endTime === undefined ? {} : { endTime: range.endTime }),
    ...(head.after ? { after: head.after } : {}),
    ...bounds,
  });
  head.events = page.events.map((event) => ({ ...event, streamId: head.streamId }));
  head.after = page.events.at(-1) ?? head.after;
  head.complete = page.complete;
}

/** Takes from the heads, in order, all that no event still on the disk can come before. */
function takeDue(heads: readonly Head[]): readonly ScannedEvent[] {
  let horizon: ScannedEvent | undefined;
  for (const head of heads) {
    const end = head.events.at(-1);
    if (!head.complete && end && (!horizon || compare(end, horizon) < 0)) horizon = end;
  }
  const due: ScannedEvent[] = [];
  for (const head of heads) {
    const later = horizon ? head.events.findIndex((event) => horizon && compare(event, horizon) > 0) : -1;
    const count = later < 0 ? head.events.length : later;
    for (const event of head.events.slice(0, count)) due.push(event);
    head.events = head.events.slice(count);
  }
  return heads.length === 1 ? due : due.sort(compare);
}

function compare(a: ScannedEvent, b: ScannedEvent): number {
  if (a.time !== b.time) return a.time - b.time;
  return a.streamId === b.streamId ? comparePlaces(a, b) : a.streamId < b.streamId ? -1 : 1;
}

/** False only when the stream surely has no event that late. */
function mayReach(files: LogFiles, { id, activity }: LogStreamRecord, startTime: Instant): boolean {
  const known = files.knownSummary(id);
  if (known) return known.lastEventTime !== undefined && known.lastEventTime >= startTime;
  // What came after the record was last written came within a minute of it, and at most two hours early.
  return !activity || activity.lastIngestionAt + limits.activityEveryMs + limits.newestEventMs >= startTime;
}

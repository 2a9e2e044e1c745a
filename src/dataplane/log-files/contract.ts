/**
 * Log events on disk, one stream of events under each id. The store knows the streams; only this folder knows the bytes.
 * An id is 32 hex digits and is never used twice, so that a stream made again under an old name starts empty.
 */
import type { Instant } from '../../core/instant.ts';

export interface LogFiles {
  /**
   * Adds a batch, all or nothing; it is durable, and seen by reads, when this resolves. A batch whose source has been
   * stored beyond `from` already is not added: the answer then tells how far each of its sources has come. Nor is one
   * that follows what has not come.
   */
  append(streamId: string, batch: LogBatch): Promise<AppendOutcome>;
  /** At most one page of events of a range, in order of time; events of one time in the order they were added. */
  read(streamId: string, range: LogRange): Promise<LogPage>;
  summary(streamId: string): Promise<StreamSummary>;
  /** The summary, where it is in memory. */
  knownSummary(streamId: string): StreamSummary | undefined;
  /** Deletes files all of whose events are older. */
  dropBefore(streamId: string, time: Instant): Promise<void>;
  remove(streamId: string): Promise<void>;
  /** Ids of all streams that have files. */
  streams(): Promise<readonly string[]>;
  /** Waits for what is being appended and lets go of the files. */
  close(): Promise<void>;
}

export interface LogBatch {
  readonly ingestionTime: Instant;
  /** At least one, in chronological order, spanning at most 24 hours. */
  readonly events: readonly InputEvent[] | EventLines;
  readonly sources: readonly LogSource[];
}

export interface InputEvent {
  readonly timestamp: Instant;
  readonly message: string;
}

/** Events that are the lines of one text, none of them empty. They cost a fraction of what as many values do. */
export interface EventLines {
  /** UTF-8, a line feed between two events. */
  readonly text: Uint8Array;
  readonly count: number;
  readonly runs: readonly Run[];
}

/** How many events in turn have a time. */
export type Run = readonly [timestamp: Instant, count: number];

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export function eventsOf(events: readonly InputEvent[] | EventLines): readonly InputEvent[] {
  if (!('runs' in events)) return events;
  const messages = decoder.decode(events.text).split('\n');
  let next = 0;
  return events.runs.flatMap(([timestamp, count]) => {
    const from = next;
    next += count;
    return messages.slice(from, next).map((message) => ({ timestamp, message }));
  });
}

/**
 * Where a batch comes from: a name and the stretch of it that the batch holds, as texts that sort. What a sender that
 * lost an answer sends again is found out by it. Stored with the events, so that both survive a crash or neither does.
 */
export interface LogSource {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** Only to be stored right after `from`: the sender does not know yet whether what ends there is. */
  readonly follows?: boolean;
}

/** By source name, the `to` of the last batch stored. */
export type SourceCursors = Readonly<Record<string, string>>;

export type AppendOutcome =
  | { readonly kind: 'added'; readonly nextPosition: number }
  | { readonly kind: 'repeated'; readonly cursors: SourceCursors }
  | { readonly kind: 'early' };

/** A place in the order of reading. `position` counts the events of the stream in the order they were added. */
export interface Place {
  readonly time: Instant;
  readonly position: number;
}

export interface LogRange {
  readonly direction: 'forward' | 'backward';
  /** The event of this place and all before it are left out. */
  readonly after?: Place;
  /** The event of this place and all after it are left out. */
  readonly before?: Place;
  /** Inclusive. */
  readonly startTime?: Instant;
  /** Exclusive. */
  readonly endTime?: Instant;
  readonly maxEvents: number;
  /** Counted as AWS counts: UTF-8 bytes and 26 for each event. A page holds one event however long. */
  readonly maxBytes: number;
}

export interface LogPage {
  /** In chronological order in both directions; a backward page is the last part of the range. */
  readonly events: readonly StoredEvent[];
  /** Whether the range has no more events in that direction. */
  readonly complete: boolean;
}

export interface StoredEvent extends Place {
  readonly message: string;
  readonly ingestionTime: Instant;
}

export interface StreamSummary {
  readonly firstEventTime?: Instant;
  readonly lastEventTime?: Instant;
  readonly lastIngestionTime?: Instant;
  /** As AWS counts: UTF-8 bytes and 26 for each event. */
  readonly storedBytes: number;
}

/** What AWS adds to the length of each event's message wherever it counts bytes. */
export const eventOverheadBytes = 26;

export function comparePlaces(a: Place, b: Place): number {
  return a.time - b.time || a.position - b.position;
}

/**
 * What containers write, kept from before their start until it is shipped, whoever of us dies meanwhile. Not the engine's
 * log drivers, which take several times as long.
 */
export interface Outputs {
  /** Whether containers are to be made without a log of the engine's. */
  readonly isKept: boolean;
  /**
   * To be awaited before each start of a container. With `maxBufferBytes` it is never kept waiting: what it writes beyond
   * so much unshipped is dropped.
   */
  keep(id: string, maxBufferBytes?: number): Promise<void>;
  /**
   * What a container wrote at or after a time, as it comes. Ends when its output has ended and all of it was given, or
   * when `signal` aborts. The same again for who reads again, as long as it is not released.
   */
  read(id: string, since: string | undefined, signal: AbortSignal): AsyncIterable<OutputChunk>;
  /** What was written before this time is not asked for again. */
  release(id: string, time: string): void;
  /** The container is removed. */
  forget(id: string): Promise<void>;
  /** Lets go of it; what is kept is kept on. */
  close(): void;
}

export interface OutputChunk {
  readonly stream: 'stdout' | 'stderr';
  /** Seconds of the epoch in 12 digits, a point, nanoseconds in 9: sorts as it is. Those of one stream only grow. */
  readonly time: string;
  /** Whole lines with their line feeds; the last may be without. A view: to be copied by who keeps it. */
  readonly text: Uint8Array;
}

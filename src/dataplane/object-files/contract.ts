/**
 * The bytes of S3 objects on disk, each stored content a file that is written once and never changed. The store knows
 * which object is made of which contents; only this folder knows the files.
 */
export interface ObjectFiles {
  /**
   * Writes content as it comes, in flat memory; it is durable when this resolves. Rejects with what the iteration throws,
   * or with the disk's error, and keeps nothing then. The file is held until it is released.
   */
  receive(content: AsyncIterable<Uint8Array>): Promise<ReceivedContent>;
  /** `length` bytes from `offset` of what the segments make up. Their files are held until the iteration ends. */
  read(segments: readonly Segment[], offset: number, length: number): AsyncIterable<Uint8Array>;
  /** Removes a content nobody refers to. False when it is held: it must be asked for again. */
  remove(contentId: string): Promise<boolean>;
  /** Of every content that is stored. */
  contentIds(): Promise<readonly string[]>;
  /** Removes what a crash left of contents that were being received. To be called before anything is received. */
  removeUnfinished(): Promise<void>;
}

/** A stretch of a content. An object is a list of them: its parts, or those of the object it is a copy of. */
export interface Segment {
  readonly contentId: string;
  readonly offset: number;
  readonly size: number;
}

export interface ReceivedContent {
  /** None where the content is empty. */
  readonly segments: readonly Segment[];
  readonly size: number;
  /** Lower-case hex. */
  readonly md5: string;
  /** Takes it away: nobody will refer to it. */
  discard(): Promise<void>;
  /** What refers to it is durable, or it has been discarded. */
  release(): void;
}

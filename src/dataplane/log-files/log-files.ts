import type { Instant } from '../../core/instant.ts';
import type { Disk, Hash, Log } from '../../world/world.ts';
import type { AppendOutcome, LogBatch, LogFiles, LogPage, LogRange, StreamSummary } from './contract.ts';
import { type FileLimits, fileLimits, StreamFiles } from './stream-files.ts';

/** Log events under one directory, a folder for each stream. */
export function createLogFiles(parts: LogFilesParts): LogFiles {
  return new OpenStreams(parts);
}

export interface LogFilesParts {
  /** Absolute; made when the first event comes. */
  readonly directory: string;
  readonly disk: Disk;
  readonly hash: Hash;
  readonly log: Log;
  readonly limits?: FileLimits;
}

/** Files held open for appending, and streams whose index stays in memory. */
const openLimits = { files: 256, streams: 4096 } as const;

/** Opens each stream when it is first used and lets the longest unused go. */
class OpenStreams implements LogFiles {
  readonly #parts: LogFilesParts;
  /** By id, the longest unused first. */
  readonly #streams = new Map<string, OpenStream>();
  /** Ids of streams with an open file, the longest unused first. */
  readonly #writing = new Set<string>();
  /** Streams being closed or removed: to be waited for before they are opened again, as a file has one writer. */
  readonly #leaving = new Map<string, Promise<void>>();
  #closed = false;

  constructor(parts: LogFilesParts) {
    this.#parts = parts;
  }

  append(streamId: string, batch: LogBatch): Promise<AppendOutcome> {
    return this.#use(streamId, async (files) => {
      this.#writing.delete(streamId);
      this.#writing.add(streamId);
      const outcome = await files.append(batch);
      const [oldest] = this.#writing;
      if (oldest !== undefined && this.#writing.size > openLimits.files) {
        this.#writing.delete(oldest);
        await (await this.#streams.get(oldest)?.opening)?.release();
      }
      return outcome;
    });
  }

  read(streamId: string, range: LogRange): Promise<LogPage> {
    return this.#use(streamId, (files) => files.read(range));
  }

  summary(streamId: string): Promise<StreamSummary> {
    return this.#use(streamId, async (files) => files.summary);
  }

  knownSummary(streamId: string): StreamSummary | undefined {
    return this.#streams.get(streamId)?.files?.summary;
  }

  dropBefore(streamId: string, time: Instant): Promise<void> {
    return this.#use(streamId, (files) => files.dropBefore(time));
  }

  remove(streamId: string): Promise<void> {
    return this.#letGo(streamId, () => this.#parts.disk.remove(this.#directory(streamId)));
  }

  async streams(): Promise<readonly string[]> {
    return (await this.#parts.disk.list(this.#parts.directory)).filter((name) => /^[0-9a-f]{32}$/.test(name));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#streams.values()].map(async ({ opening }) => (await opening).close()));
  }

  /** Runs `action` on the stream's files. After a failed write the next use reads from the disk what became of it. */
  async #use<T>(streamId: string, action: (files: StreamFiles) => Promise<T>): Promise<T> {
    if (this.#closed) throw new Error('log files are closed');
    const open = this.#streams.get(streamId) ?? this.#open(streamId);
    this.#streams.delete(streamId);
    this.#streams.set(streamId, open);
    open.uses += 1;
    try {
      open.files ??= await open.opening;
      return await action(open.files);
    } catch (error) {
      if (open.files?.isUsable !== true && this.#streams.get(streamId) === open) await this.#letGo(streamId);
      throw error;
    } finally {
      open.uses -= 1;
      this.#evict();
    }
  }

  #open(streamId: string): OpenStream {
    const { disk, hash, log, limits } = this.#parts;
    const parts = { directory: this.#directory(streamId), disk, hash, log, limits: limits ?? fileLimits };
    const opening = (this.#leaving.get(streamId) ?? Promise.resolve()).then(() => StreamFiles.open(parts));
    return { opening, files: undefined, uses: 0 };
  }

  /** Closes a stream, does what is to be done while nobody has it, and lets the next use open it again. */
  #letGo(streamId: string, then?: () => Promise<void>): Promise<void> {
    const open = this.#streams.get(streamId);
    this.#streams.delete(streamId);
    this.#writing.delete(streamId);
    const before = this.#leaving.get(streamId);
    const leaving = (async () => {
      await before;
      const files = await open?.opening.catch(() => undefined); // whoever asked for it was told
      await files?.close();
      await then?.();
    })();
    const settled = leaving
      .catch(() => undefined) // the caller is told; the next to open sees for itself
      .finally(() => {
        if (this.#leaving.get(streamId) === settled) this.#leaving.delete(streamId);
      });
    this.#leaving.set(streamId, settled);
    return leaving;
  }

  #evict(): void {
    if (this.#streams.size <= openLimits.streams) return;
    for (const [streamId, { uses }] of this.#streams) {
      if (uses > 0) continue;
      this.#letGo(streamId).catch((error: unknown) => {
        this.#parts.log.warn('log file could not be closed', { streamId, error: String(error) });
      });
      return;
    }
  }

  #directory(streamId: string): string {
    return `${this.#parts.directory}/${streamId}`;
  }
}

interface OpenStream {
  readonly opening: Promise<StreamFiles>;
  files: StreamFiles | undefined;
  uses: number;
}

import { assert } from '../../core/assert.ts';
import {
  type Journal,
  JournalError,
  type StoredBatch,
  type StoredChange,
  type StoredRecord,
} from '../../store/journal.ts';
import type { Clock } from '../world.ts';
import { never } from './sim-life.ts';

/**
 * A journal in memory that fails as a disk does. The records outlive the server that opened them: `crash()` loses what
 * is under way (or, as the real world may, keeps it without telling), and the next server opens the same journal.
 */
export class MemoryJournal {
  /** By table and key. */
  readonly #records = new Map<string, Map<string, StoredRecord>>();
  readonly #clock: Clock;
  readonly #commitMs: () => number;
  readonly #onDurable: (changes: readonly StoredChange[]) => void;
  #owner: symbol | undefined;
  #crashed = new Set<symbol>();
  #commits = 0;
  /** Groups being committed, in order. */
  #underWay: (readonly StoredChange[])[] = [];
  #lastEndMs = 0;
  #fails: (() => boolean) | undefined;

  constructor(clock: Clock, options: MemoryJournalOptions = {}) {
    this.#clock = clock;
    this.#commitMs = options.commitMs ?? (() => 0);
    this.#onDurable = options.onDurable ?? (() => undefined);
  }

  /** The journal as one server has it. Throws JournalError while another server has it. */
  open(): Journal {
    if (this.#owner) throw new JournalError('the journal is owned by another server');
    const owner = Symbol('owner');
    this.#owner = owner;
    return {
      load: async () => (this.#crashed.has(owner) ? never() : this.#batches()),
      commit: async (changes) => {
        if (this.#crashed.has(owner)) return await never();
        if (this.#owner !== owner) throw new JournalError('the journal is closed');
        if (this.#fails?.()) throw new JournalError('no space left on device');
        this.#underWay.push(changes);
        const now = this.#clock.monotonicMs();
        this.#lastEndMs = Math.max(this.#lastEndMs, now + this.#commitMs());
        const delayMs = this.#lastEndMs - now;
        if (delayMs > 0) await new Promise<void>((resolve) => this.#clock.after(delayMs, resolve));
        if (this.#crashed.has(owner)) return await never();
        assert(this.#underWay.shift() === changes, 'groups become durable in the order they came');
        this.#apply(changes);
      },
      close: async () => {
        if (this.#owner === owner) this.#owner = undefined;
      },
    };
  }

  /**
   * The server is gone and is told nothing any more. Of the groups under way none is durable, or with `keepUnderWay` all
   * are, though nobody was told.
   */
  crash(options: { readonly keepUnderWay: boolean } = { keepUnderWay: false }): void {
    const underWay = this.#underWay.splice(0);
    // The next server does not wait for what was under way.
    this.#lastEndMs = 0;
    if (options.keepUnderWay) for (const changes of underWay) this.#apply(changes);
    if (this.#owner) this.#crashed.add(this.#owner);
    this.#owner = undefined;
  }

  /** Asked at each commit: true refuses it. */
  failWhen(fails: (() => boolean) | undefined): void {
    this.#fails = fails;
  }

  /** Groups made durable so far. */
  get commits(): number {
    return this.#commits;
  }

  /** Whether a group is being committed at this moment. */
  get isCommitting(): boolean {
    return this.#underWay.length > 0;
  }

  /** Every durable record. */
  records(): readonly StoredRecord[] {
    return [...this.#records.values()].flatMap((records) => [...records.values()]);
  }

  /** A durable record as JSON text. */
  find(table: string, key: string): string | undefined {
    return this.#records.get(table)?.get(key)?.value;
  }

  #batches(): readonly StoredBatch[] {
    return Array.from(this.#records, ([table, records]) => ({
      table,
      keys: [...records.keys()],
      records: `[${Array.from(records.values(), ({ value }) => value).join(',')}]`,
    }));
  }

  #apply(changes: readonly StoredChange[]): void {
    this.#commits += 1;
    for (const { table, key, value } of changes) {
      let records = this.#records.get(table);
      if (!records) this.#records.set(table, (records = new Map()));
      if (value === undefined) records.delete(key);
      else records.set(key, { table, key, value });
    }
    this.#onDurable(changes);
  }
}

export interface MemoryJournalOptions {
  /** How long the next commit takes; 0 resolves at once, without the clock. */
  readonly commitMs?: () => number;
  /** Told of each group at the moment it is durable, before the store is. */
  readonly onDurable?: (changes: readonly StoredChange[]) => void;
}

import type { Journal, StoredChange, StoredRecord } from '../../store/journal.ts';
import { JournalError } from '../../store/journal.ts';
import type { Clock } from '../world.ts';

/**
 * A journal in memory that fails as a disk does. The records outlive the server that opened them: `crash()` loses what
 * is under way (or, as the real world may, keeps it without telling), and the next server opens the same journal.
 */
export class MemoryJournal {
  readonly #records = new Map<string, StoredRecord>();
  readonly #clock: Clock;
  readonly #commitMs: () => number;
  #owner: symbol | undefined;
  #commits = 0;
  #underWay: { readonly changes: readonly StoredChange[] } | undefined;
  #failNext: (() => boolean) | undefined;

  constructor(clock: Clock, options: MemoryJournalOptions = {}) {
    this.#clock = clock;
    this.#commitMs = options.commitMs ?? (() => 0);
  }

  /** The journal as one server has it. Rejects while another server has it. */
  open(): Journal {
    if (this.#owner) throw new JournalError('the journal is owned by another server');
    const owner = Symbol('owner');
    this.#owner = owner;
    return {
      load: async () => this.records(),
      commit: async (changes) => {
        if (this.#owner !== owner) return await never;
        if (this.#failNext?.()) throw new JournalError('no space left on device');
        const underWay = { changes };
        this.#underWay = underWay;
        const delayMs = this.#commitMs();
        if (delayMs > 0) await new Promise<void>((resolve) => this.#clock.after(delayMs, resolve));
        if (this.#underWay !== underWay) return await never;
        this.#underWay = undefined;
        this.#apply(changes);
      },
      close: async () => {
        if (this.#owner === owner) this.#owner = undefined;
      },
    };
  }

  /** The server is gone. The commit under way is lost, or with `keepUnderWay` durable though nobody was told. */
  crash(options: { readonly keepUnderWay: boolean } = { keepUnderWay: false }): void {
    if (this.#underWay && options.keepUnderWay) this.#apply(this.#underWay.changes);
    this.#underWay = undefined;
    this.#owner = undefined;
  }

  /** Asked at each commit: true refuses it. */
  failWhen(fails: (() => boolean) | undefined): void {
    this.#failNext = fails;
  }

  /** Groups made durable so far. */
  get commits(): number {
    return this.#commits;
  }

  /** Whether a group is being committed at this moment. */
  get isCommitting(): boolean {
    return this.#underWay !== undefined;
  }

  /** Every durable record. */
  records(): readonly StoredRecord[] {
    return [...this.#records.values()];
  }

  #apply(changes: readonly StoredChange[]): void {
    this.#commits += 1;
    for (const { table, key, value } of changes) {
      const id = `${table}/${key}`;
      if (value === undefined) this.#records.delete(id);
      else this.#records.set(id, { table, key, value });
    }
  }
}

/** After a crash nobody is told anything: the server that asked is gone. */
const never = new Promise<never>(() => undefined);

export interface MemoryJournalOptions {
  /** How long the next commit takes; 0 resolves at once, without the clock. */
  readonly commitMs?: () => number;
}

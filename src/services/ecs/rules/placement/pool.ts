/**
 * The instances that a launch type of a cluster may choose from, and what is remembered of them between decisions.
 * Whatever is derived (a view for the instances that can run a kind of task, the tasks of a group by zone) reads the
 * pool's log of changed instances when it is next asked, so that a change costs nothing until somebody wants to know.
 */
import { type Candidate, refuse, type Wanted } from './filters.ts';
import { GroupTotals } from './group-totals.ts';
import { Levels } from './levels.ts';
import { Selection } from './selection.ts';
import type { Strategy } from './strategies.ts';
import { type Entry, View, viewKey } from './view.ts';

/** One instance of the pool. The candidate is replaced when the instance or what runs on it changes. */
export interface Slot<C extends Candidate> {
  /** Small, its own while it is in the pool: what is derived finds what it keeps of the slot by it, in lists. */
  readonly number: number;
  candidate: C;
  /** Left the pool: draining, deregistered. */
  isGone: boolean;
}

/** Derived of the slots: told of each that changed, or of all of them anew. */
export interface Derived<C extends Candidate> {
  refresh(slot: Slot<C>): void;
  /** Forgets all; every slot is told of afterwards. */
  clear(): void;
}

/** How many are kept of each kind; the one not used for longest makes room. Levels name instances one by one. */
const kept = { views: 16, totals: 512, levels: 16 } as const;

export class Pool<C extends Candidate> {
  readonly #slots = new Map<string, Slot<C>>();
  /** Numbers of slots that have left. Who reads the log learns of the one that left before the one that came. */
  readonly #freeNumbers: number[] = [];
  readonly #views = new Map<string, Following<C, View<C>>>();
  readonly #totals = new Map<string, Following<C, GroupTotals<C>>>();
  readonly #levels = new Map<string, Levels<C>>();
  #log: Slot<C>[] = [];
  /** How many entries of the log have been dropped. */
  #logStart = 0;

  get size(): number {
    return this.#slots.size;
  }

  /** The instances in the order in which they came. */
  *candidates(): Generator<C> {
    for (const slot of this.#slots.values()) yield slot.candidate;
  }

  /** Every reason against an instance, as far as one reads. */
  *refusals(wanted: Wanted): Generator<{ readonly candidate: C; readonly reason: string }> {
    for (const { candidate } of this.#slots.values()) {
      const reason = refuse(candidate, wanted);
      if (reason !== undefined) yield { candidate, reason };
    }
  }

  /** An instance came or changed, or what runs on it did. */
  set(candidate: C): Slot<C> {
    const present = this.#slots.get(candidate.instance.arn);
    if (present) return this.change(present, candidate);
    const slot = { number: this.#freeNumbers.pop() ?? this.#slots.size, candidate, isGone: false };
    this.#slots.set(candidate.instance.arn, slot);
    return this.change(slot, candidate);
  }

  /** The same for an instance whose slot is at hand. */
  change(slot: Slot<C>, candidate: C): Slot<C> {
    slot.candidate = candidate;
    this.#note(slot);
    return slot;
  }

  delete(arn: string): void {
    const slot = this.#slots.get(arn);
    if (!slot) return;
    this.#slots.delete(arn);
    slot.isGone = true;
    this.#freeNumbers.push(slot.number);
    this.#note(slot);
  }

  /** For many decisions about one kind of task. */
  select(wanted: Wanted, strategies: readonly Strategy[]): Selection<C> {
    return new Selection(this, wanted, strategies);
  }

  view(wanted: Wanted, attributes: readonly string[], first: 'cpu' | 'memory'): Following<C, View<C>> {
    return remembered(this.#views, viewKey(wanted, attributes, first), kept.views, () => {
      return new Following(new View<C>(wanted, attributes, first));
    });
  }

  totals(groupKey: string, attribute: string): Following<C, GroupTotals<C>> {
    return remembered(this.#totals, `${attribute} ${groupKey}`, kept.totals, () => {
      return new Following(new GroupTotals<C>(groupKey, attribute));
    });
  }

  /** For tasks that ask for the same; `isFit` says whether an instance can take one now. */
  levels(wanted: Wanted, attributes: readonly string[], isFit: (entry: Entry<C>) => boolean): Levels<C> {
    const { reservation, distinctInstance, groupKey, memberOf = [] } = wanted;
    const queries = memberOf.map((query) => query.text);
    const own = JSON.stringify([groupKey, reservation, distinctInstance, queries]);
    const key = `${viewKey(wanted, attributes, 'memory')} ${own}`;
    return remembered(this.#levels, key, kept.levels, () => new Levels(groupKey, isFit));
  }

  /** Calls for each slot that changed since `seen`; undefined when that is longer ago than the log reaches. */
  changedSince(seen: number, tell: (slot: Slot<C>) => void): number | undefined {
    const end = this.#logStart + this.#log.length;
    if (seen < this.#logStart) return undefined;
    for (let at = seen - this.#logStart; at < this.#log.length; at += 1) {
      const slot = this.#log[at];
      if (slot) tell(slot);
    }
    return end;
  }

  /** Calls for every slot. */
  all(tell: (slot: Slot<C>) => void): number {
    for (const slot of this.#slots.values()) tell(slot);
    return this.#logStart + this.#log.length;
  }

  #note(slot: Slot<C>): void {
    this.#log.push(slot);
    if (this.#log.length <= Math.max(1024, 2 * this.#slots.size)) return;
    const dropped = this.#log.length >> 1;
    this.#log = this.#log.slice(dropped);
    this.#logStart += dropped;
  }
}

/** Something derived of a pool's slots, and how far it has read the pool's log. */
export class Following<C extends Candidate, D extends Derived<C>> {
  /** As of when it was last asked for by `of`. */
  readonly derived: D;
  readonly #tell: (slot: Slot<C>) => void;
  #seen = -1;

  constructor(derived: D) {
    this.derived = derived;
    this.#tell = (slot) => derived.refresh(slot);
  }

  /** As of now. */
  of(pool: Pool<C>): D {
    const seen = pool.changedSince(this.#seen, this.#tell);
    if (seen === undefined) {
      this.derived.clear();
      this.#seen = pool.all(this.#tell);
    } else this.#seen = seen;
    return this.derived;
  }
}

function remembered<V>(map: Map<string, V>, key: string, limit: number, create: () => V): V {
  const present = map.get(key);
  if (present !== undefined) map.delete(key);
  const value = present ?? create();
  map.set(key, value); // the last is the one used last
  const [oldest] = map.keys();
  if (map.size > limit && oldest !== undefined) map.delete(oldest);
  return value;
}

/**
 * Spread over instances, many times over: for each cell the instances that have fewest tasks of the group, kept while
 * they are used up one after the other, so that a service of thousands of tasks does not count thousands of instances
 * for each of them.
 */
import type { Candidate } from './filters.ts';
import type { Pool, Slot } from './pool.ts';
import type { Cell, Entry, View } from './view.ts';

/** The instances of a cell that have `count` tasks of the group, which is the least of any with room. */
interface Level<C extends Candidate> {
  readonly count: number;
  readonly entries: Entry<C>[];
}

export class Levels<C extends Candidate> {
  readonly #groupKey: string;
  readonly #isFit: (entry: Entry<C>) => boolean;
  readonly #levels = new Map<Cell<C>, Level<C>>();
  /** By the number of a slot, where its entry was last put in a level; true as long as it is found there. */
  readonly #positions: number[] = [];
  #seen = -1;

  constructor(groupKey: string, isFit: (entry: Entry<C>) => boolean) {
    this.#groupKey = groupKey;
    this.#isFit = isFit;
  }

  get hasBegun(): boolean {
    return this.#levels.size > 0;
  }

  choose(pool: Pool<C>, view: View<C>, cells: readonly Cell<C>[], fraction: () => number): Entry<C> | undefined {
    const seen = pool.changedSince(this.#seen, (slot) => this.#refresh(view, slot));
    if (seen === undefined) this.#levels.clear();
    this.#seen = seen ?? pool.all(() => undefined);
    let count = Number.POSITIVE_INFINITY;
    let size = 0;
    const best: Level<C>[] = [];
    for (const cell of cells) {
      const level = this.#levelOf(cell);
      if (level.count < count) {
        count = level.count;
        size = 0;
        best.length = 0;
      }
      if (level.count > count) continue;
      best.push(level);
      size += level.entries.length;
    }
    let index = Math.floor(fraction() * size);
    for (const { entries } of best) {
      const entry = index < entries.length ? entries[index] : undefined;
      index -= entries.length;
      if (!entry) continue;
      if (entry.bucket) return entry;
      // Its instance has registered anew and is found under another entry.
      this.#levels.clear();
      return this.choose(pool, view, cells, fraction);
    }
    return undefined;
  }

  #levelOf(cell: Cell<C>): Level<C> {
    const present = this.#levels.get(cell);
    if (present && (present.entries.length > 0 || present.count === Number.POSITIVE_INFINITY)) return present;
    let count = Number.POSITIVE_INFINITY;
    let entries: Entry<C>[] = [];
    for (const entry of cell.members) {
      const own = this.#count(entry);
      if (own > count || !this.#isFit(entry)) continue;
      if (own < count) entries = [];
      count = own;
      entries.push(entry);
    }
    for (let index = 0; index < entries.length; index += 1) this.#place(entries[index] as Entry<C>, index);
    const level = { count, entries };
    this.#levels.set(cell, level);
    return level;
  }

  /** An instance that came down to the level, or below, makes the level anew; one that left it is taken out. */
  #refresh(view: View<C>, slot: Slot<C>): void {
    const entry = view.entry(slot);
    if (!entry) {
      this.#levels.clear(); // whatever cell it was in
      return;
    }
    const level = this.#levels.get(entry.cell);
    if (!level) return;
    const noted = this.#positions[slot.number] ?? level.entries.length;
    const position = noted < level.entries.length && level.entries[noted] === entry ? noted : undefined;
    const count = this.#count(entry);
    const isFit = this.#isFit(entry);
    if (isFit && (count < level.count || (count === level.count && position === undefined))) {
      this.#levels.delete(entry.cell);
    } else if (position !== undefined && (!isFit || count !== level.count)) this.#remove(level, position);
  }

  #remove({ entries }: Level<C>, position: number): void {
    const last = entries.pop();
    if (!last || position === entries.length) return;
    entries[position] = last;
    this.#place(last, position);
  }

  #place(entry: Entry<C>, position: number): void {
    // Without holes, so that V8 keeps a plain list.
    while (this.#positions.length < entry.slot.number) this.#positions.push(0);
    this.#positions[entry.slot.number] = position;
  }

  #count({ slot }: Entry<C>): number {
    return slot.candidate.usage.tasksByGroup.get(this.#groupKey) ?? 0;
  }
}

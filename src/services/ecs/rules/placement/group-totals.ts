import type { InstanceCapacity } from './capacity.ts';
import type { Candidate } from './filters.ts';
import type { Derived, Slot } from './pool.ts';

/** What of a slot is in the totals: its tasks of the group, and the value under which its registration has them. */
interface Counted {
  count: number;
  readonly value: string;
  readonly capacity: InstanceCapacity;
}

/** How many tasks of one group run under each value of an attribute: what spread evens out. */
export class GroupTotals<C extends Candidate> implements Derived<C> {
  readonly #groupKey: string;
  readonly #attribute: string;
  readonly #totals = new Map<string, number>();
  /** What of each slot is in the totals, by its number. */
  readonly #counted: (Counted | undefined)[] = [];

  constructor(groupKey: string, attribute: string) {
    this.#groupKey = groupKey;
    this.#attribute = attribute;
  }

  of(value: string): number {
    return this.#totals.get(value) ?? 0;
  }

  refresh(slot: Slot<C>): void {
    const { capacity, usage } = slot.candidate;
    const count = slot.isGone ? 0 : (usage.tasksByGroup.get(this.#groupKey) ?? 0);
    const before = this.#counted[slot.number];
    if (!before && count === 0) return;
    if (before?.capacity === capacity && count > 0) {
      if (count !== before.count) this.#add(before.value, count - before.count);
      before.count = count;
      return;
    }
    const value = capacity.attributes.get(this.#attribute);
    if (before) this.#add(before.value, -before.count);
    if (value === undefined || count === 0) this.#counted[slot.number] = undefined;
    else {
      this.#add(value, count);
      this.#counted[slot.number] = { value, count, capacity };
    }
  }

  clear(): void {
    this.#totals.clear();
    this.#counted.length = 0;
  }

  #add(value: string, change: number): void {
    const total = this.of(value) + change;
    if (total === 0) this.#totals.delete(value);
    else this.#totals.set(value, total);
  }
}

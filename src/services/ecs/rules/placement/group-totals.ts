import type { Candidate } from './filters.ts';
import type { Derived, Slot } from './pool.ts';

/** How many tasks of one group run under each value of an attribute: what spread evens out. */
export class GroupTotals<C extends Candidate> implements Derived<C> {
  readonly #groupKey: string;
  readonly #attribute: string;
  readonly #totals = new Map<string, number>();
  /** What of each slot is in the totals. */
  readonly #counted = new Map<Slot<C>, { value: string; count: number }>();

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
    const before = this.#counted.get(slot);
    if (!before && count === 0) return;
    const value = capacity.attributes.get(this.#attribute);
    if (before && before.value === value && count > 0) {
      this.#add(before.value, count - before.count);
      before.count = count;
      return;
    }
    if (before) this.#add(before.value, -before.count);
    if (value === undefined || count === 0) this.#counted.delete(slot);
    else {
      this.#add(value, count);
      this.#counted.set(slot, { value, count });
    }
  }

  clear(): void {
    this.#totals.clear();
    this.#counted.clear();
  }

  #add(value: string, change: number): void {
    const total = this.of(value) + change;
    if (total === 0) this.#totals.delete(value);
    else this.#totals.set(value, total);
  }
}

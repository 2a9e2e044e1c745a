/** The instances that can run one kind of task, by what is free on them; see pool.ts for how it keeps up. */
import { type Candidate, filters, type Wanted } from './filters.ts';
import { type Bucket, type Bucketed, FreeBuckets } from './free-buckets.ts';
import type { Derived, Slot } from './pool.ts';

/** An instance in a view. */
export interface Entry<C extends Candidate> extends Bucketed<Entry<C>> {
  readonly slot: Slot<C>;
  readonly cell: Cell<C>;
  /** Where it stands among the members of the cell. */
  member: number;
  instance: C['instance'];
  capacity: C['capacity'];
}

/** Instances that have the same values of the attributes to spread over. */
export interface Cell<C extends Candidate> {
  readonly values: readonly (string | undefined)[];
  readonly members: Entry<C>[];
  readonly free: FreeBuckets<Entry<C>>;
}

/** What is fixed in a registration; asked once for each. */
const lasting = filters.filter((filter) => filter.isLasting);

export function viewKey(wanted: Wanted, attributes: readonly string[], first: 'cpu' | 'memory'): string {
  const queries = (wanted.memberOf ?? []).flatMap((query) => (query.dependsOnTasks ? [] : [query.text]));
  const { requiredAttributes, cpuArchitecture, availabilityZones } = wanted;
  return JSON.stringify([first, attributes, queries, requiredAttributes, cpuArchitecture, availabilityZones]);
}

export class View<C extends Candidate> implements Derived<C> {
  readonly #wanted: Wanted;
  readonly #attributes: readonly string[];
  readonly #first: 'cpu' | 'memory';
  /** By the number of the slot. */
  readonly #entries: (Entry<C> | undefined)[] = [];
  readonly #cells = new Map<string, Cell<C>>();

  constructor(wanted: Wanted, attributes: readonly string[], first: 'cpu' | 'memory') {
    this.#wanted = { ...wanted, memberOf: (wanted.memberOf ?? []).filter((query) => !query.dependsOnTasks) };
    this.#attributes = attributes;
    this.#first = first;
  }

  get cells(): Iterable<Cell<C>> {
    return this.#cells.values();
  }

  entry(slot: Slot<C>): Entry<C> | undefined {
    const entry = this.#entries[slot.number];
    return entry?.slot === slot ? entry : undefined; // a slot that has gone has left its number to another
  }

  /** Buckets of a cell that have room for the amounts, those with least of the view's first amount first. */
  fitting(cell: Cell<C>, { reservation: { cpuUnits, memoryMiB } }: Wanted): Iterator<Bucket<Entry<C>>> {
    return this.#first === 'cpu' ? cell.free.fitting(cpuUnits, memoryMiB) : cell.free.fitting(memoryMiB, cpuUnits);
  }

  refresh(slot: Slot<C>): void {
    const { candidate } = slot;
    const present = this.entry(slot);
    const isSame = present?.instance === candidate.instance && present.capacity === candidate.capacity;
    if (present && isSame && !slot.isGone) {
      present.cell.free.delete(present);
      this.#add(present, candidate);
      return;
    }
    if (present) this.#leave(present);
    if (slot.isGone || !this.#isEligible(candidate)) return;
    const cell = this.#cellOf(candidate);
    const { instance, capacity } = candidate;
    const member = cell.members.length;
    const entry: Entry<C> = { slot, cell, member, instance, capacity, bucket: undefined, position: 0 };
    cell.members.push(entry);
    this.#entries[slot.number] = entry;
    this.#add(entry, candidate);
  }

  clear(): void {
    this.#entries.length = 0;
    this.#cells.clear();
  }

  #add(entry: Entry<C>, { capacity, usage }: C): void {
    const cpuUnits = capacity.cpuUnits - usage.cpuUnits;
    const memoryMiB = capacity.memoryMiB - usage.memoryMiB;
    if (this.#first === 'cpu') entry.cell.free.add(entry, cpuUnits, memoryMiB);
    else entry.cell.free.add(entry, memoryMiB, cpuUnits);
  }

  #leave(entry: Entry<C>): void {
    const { cell, slot } = entry;
    cell.free.delete(entry);
    const last = cell.members.pop();
    if (last && last !== entry) {
      cell.members[entry.member] = last;
      last.member = entry.member;
    }
    if (cell.members.length === 0) this.#cells.delete(JSON.stringify(cell.values));
    this.#entries[slot.number] = undefined;
  }

  #isEligible(candidate: C): boolean {
    const { memberOf = [] } = this.#wanted;
    return (
      lasting.every((filter) => filter.passes(candidate, this.#wanted)) &&
      memberOf.every((query) => query.matches(candidate))
    );
  }

  #cellOf({ capacity }: C): Cell<C> {
    const values = this.#attributes.map((attribute) => capacity.attributes.get(attribute));
    const key = JSON.stringify(values);
    let cell = this.#cells.get(key);
    if (!cell) this.#cells.set(key, (cell = { values, members: [], free: new FreeBuckets() }));
    return cell;
  }
}

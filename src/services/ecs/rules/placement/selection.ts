/**
 * Decisions about one kind of task by the index of a pool. The instance chosen is one that the plain way (filters and
 * strategies over all instances, place.ts) could have chosen as well, and each of those can be chosen; only the way
 * there is shorter. Whoever decides writes the task, and lets the pool know, before the next decision.
 */
import { type Candidate, refuse, type Wanted } from './filters.ts';
import type { Bucket } from './free-buckets.ts';
import type { GroupTotals } from './group-totals.ts';
import type { Levels } from './levels.ts';
import type { Following, Pool } from './pool.ts';
import { narrow, type Strategy } from './strategies.ts';
import type { Cell, Entry, View } from './view.ts';

/** How often an instance is drawn by chance before all are looked at. */
const draws = 16;

export class Selection<C extends Candidate> {
  readonly #pool: Pool<C>;
  readonly #wanted: Wanted;
  readonly #view: Following<C, View<C>>;
  readonly #totals: readonly Following<C, GroupTotals<C>>[];
  /** Binpack by the view's first amount, and whether the second breaks its ties. */
  readonly #binpack: 'none' | 'first' | 'both';
  /** What the view does not know. */
  readonly #rest: readonly Strategy[];
  readonly #isSpreadOverInstances: boolean;
  readonly #hasMoreToCheck: boolean;
  readonly #levels: Levels<C> | undefined;

  constructor(pool: Pool<C>, wanted: Wanted, strategies: readonly Strategy[]) {
    this.#pool = pool;
    this.#wanted = wanted;
    const { attributes, binpack, rest } = planOf(strategies);
    const [first = 'memory', second] = binpack;
    this.#view = pool.view(wanted, attributes, first);
    this.#totals = attributes.map((attribute) => pool.totals(wanted.groupKey, attribute));
    this.#binpack = binpack.length === 0 ? 'none' : second === undefined ? 'first' : 'both';
    this.#rest = rest;
    const [next] = rest;
    this.#isSpreadOverInstances =
      this.#binpack === 'none' && rest.length === 1 && next?.type === 'spread' && 'field' in next;
    const { tcpPorts, udpPorts, gpus, networkInterfaces } = wanted.reservation;
    this.#hasMoreToCheck =
      wanted.distinctInstance ||
      tcpPorts.length + udpPorts.length + gpus + networkInterfaces > 0 ||
      (wanted.memberOf ?? []).some((query) => query.dependsOnTasks);
    if (this.#isSpreadOverInstances) {
      const isFit = (entry: Entry<C>): boolean => this.#hasRoom(entry) && this.#passes(entry);
      this.#levels = pool.levels(wanted, attributes, isFit);
    }
  }

  /** The instance for the next task; undefined when there is none with room. `fraction` gives numbers in [0, 1). */
  choose(fraction: () => number): C | undefined {
    const view = this.#view.of(this.#pool);
    if (this.#totals.length === 0) return this.#chooseWithin(view, [...view.cells], fraction);
    for (const following of this.#totals) following.of(this.#pool);
    let tried: Cell<C> | undefined;
    for (;;) {
      const best = bestAfter(view.cells, this.#totals, tried);
      [tried] = best;
      if (!tried) return undefined;
      const chosen = this.#chooseWithin(view, best, fraction);
      if (chosen) return chosen;
    }
  }

  /** The best instance of cells that spread holds to be equal. */
  #chooseWithin(view: View<C>, cells: readonly Cell<C>[], fraction: () => number): C | undefined {
    if (this.#binpack !== 'none') return this.#chooseFullest(view, cells, fraction);
    const drawn = this.#rest.length === 0 || this.#isSpreadOverInstances ? this.#draw(cells, fraction) : undefined;
    if (drawn) return drawn.slot.candidate;
    if (this.#levels) return this.#levels.choose(this.#pool, view, cells, fraction)?.slot.candidate;
    const buckets = cells.flatMap((cell) => [...iterate(view.fitting(cell, this.#wanted))]);
    return this.#chooseOf(buckets, fraction);
  }

  /** Instances drawn by chance are as good as chosen by chance among all that fit, if they do. */
  #draw(cells: readonly Cell<C>[], fraction: () => number): Entry<C> | undefined {
    if (this.#levels?.hasBegun) return undefined;
    const size = cells.reduce((sum, cell) => sum + cell.members.length, 0);
    for (let tries = 0; tries < draws && size > 0; tries += 1) {
      const entry = memberAt(cells, Math.floor(fraction() * size));
      if (!entry || !this.#hasRoom(entry) || !this.#passes(entry)) continue;
      const { tasksByGroup } = entry.slot.candidate.usage;
      if (this.#isSpreadOverInstances && tasksByGroup.has(this.#wanted.groupKey)) continue;
      return entry;
    }
    return undefined;
  }

  #chooseFullest(view: View<C>, cells: readonly Cell<C>[], fraction: () => number): C | undefined {
    const heads = cells.flatMap((cell) => {
      const buckets = view.fitting(cell, this.#wanted);
      const { value, done } = buckets.next();
      return done ? [] : [{ bucket: value, buckets }];
    });
    while (heads.length > 0) {
      const best = heads.reduce((least, head) => (this.#isFuller(head.bucket, least.bucket) ? head : least)).bucket;
      const equals: Bucket<Entry<C>>[] = [];
      for (let index = heads.length - 1; index >= 0; index -= 1) {
        const head = heads[index];
        while (head && !this.#isFuller(best, head.bucket)) {
          equals.push(head.bucket);
          const { value, done } = head.buckets.next();
          if (done) {
            heads.splice(index, 1);
            break;
          }
          head.bucket = value;
        }
      }
      const chosen = this.#chooseOf(equals, fraction);
      if (chosen) return chosen;
    }
    return undefined;
  }

  #isFuller(one: Bucket<Entry<C>>, other: Bucket<Entry<C>>): boolean {
    return (
      one.first < other.first || (this.#binpack === 'both' && one.first === other.first && one.second < other.second)
    );
  }

  /** One of the buckets' instances that passes, the best by the strategies that are left. */
  #chooseOf(buckets: readonly Bucket<Entry<C>>[], fraction: () => number): C | undefined {
    if (this.#rest.length === 0) {
      const size = buckets.reduce((sum, bucket) => sum + bucket.items.length, 0);
      for (let tries = 0; tries < draws && size > 0; tries += 1) {
        const entry = itemAt(buckets, Math.floor(fraction() * size));
        if (entry && this.#passes(entry)) return entry.slot.candidate;
      }
    }
    const fitting: C[] = [];
    for (const { items } of buckets)
      for (const entry of items) if (this.#passes(entry)) fitting.push(entry.slot.candidate);
    const best = narrow(fitting, this.#needsAll() ? [...this.#pool.candidates()] : [], this.#wanted, this.#rest);
    return best[Math.floor(fraction() * best.length)];
  }

  #needsAll(): boolean {
    return this.#rest.some((strategy) => strategy.type === 'spread' && 'attribute' in strategy);
  }

  #hasRoom({ slot: { candidate } }: Entry<C>): boolean {
    const { capacity, usage } = candidate;
    const { cpuUnits, memoryMiB } = this.#wanted.reservation;
    return usage.cpuUnits + cpuUnits <= capacity.cpuUnits && usage.memoryMiB + memoryMiB <= capacity.memoryMiB;
  }

  /** What the view cannot know: ports, devices, interfaces, constraints on the tasks of the moment. */
  #passes(entry: Entry<C>): boolean {
    return !this.#hasMoreToCheck || refuse(entry.slot.candidate, this.#wanted) === undefined;
  }
}

interface Plan {
  /** Attributes to spread over before anything else. */
  readonly attributes: readonly string[];
  /** Amounts to binpack by right after, each once. */
  readonly binpack: readonly ('cpu' | 'memory')[];
  readonly rest: readonly Strategy[];
}

/** Random prefers nothing wherever it stands: what comes after it decides as if it were not there. */
function planOf(strategies: readonly Strategy[]): Plan {
  const rest = strategies.filter(({ type }) => type !== 'random');
  const attributes: string[] = [];
  for (let next = rest[0]; next?.type === 'spread' && 'attribute' in next; next = rest[0]) {
    attributes.push(next.attribute);
    rest.shift();
  }
  const binpack = new Set<'cpu' | 'memory'>();
  for (let next = rest[0]; next?.type === 'binpack'; next = rest[0]) {
    binpack.add(next.field);
    rest.shift();
  }
  return { attributes, binpack: [...binpack], rest };
}

/** The cells that spread prefers among those that it holds to be worse than `tried`. */
function bestAfter<C extends Candidate>(
  cells: Iterable<Cell<C>>,
  totals: readonly Following<C, GroupTotals<C>>[],
  tried: Cell<C> | undefined,
): readonly Cell<C>[] {
  const best: Cell<C>[] = [];
  for (const cell of cells) {
    if (tried && compare(cell, tried, totals) <= 0) continue;
    const [first] = best;
    const order = first ? compare(cell, first, totals) : 0;
    if (order < 0) best.length = 0;
    if (order <= 0) best.push(cell);
  }
  return best;
}

/** By the tasks of the group under their values, of the first attribute and then of the next. */
function compare<C extends Candidate>(
  left: Cell<C>,
  right: Cell<C>,
  totals: readonly Following<C, GroupTotals<C>>[],
): number {
  for (let index = 0; index < totals.length; index += 1) {
    const [score, other] = [scoreOf(left, totals, index), scoreOf(right, totals, index)];
    if (score !== other) return score < other ? -1 : 1;
  }
  return 0;
}

/** An instance without the attribute belongs to no value: it is taken only when there is no other. */
function scoreOf<C extends Candidate>(
  cell: Cell<C>,
  totals: readonly Following<C, GroupTotals<C>>[],
  index: number,
): number {
  const value = cell.values[index];
  return value === undefined ? Number.POSITIVE_INFINITY : (totals[index]?.derived.of(value) ?? 0);
}

function memberAt<C extends Candidate>(cells: readonly Cell<C>[], index: number): Entry<C> | undefined {
  let left = index;
  for (const { members } of cells) {
    if (left < members.length) return members[left];
    left -= members.length;
  }
  return undefined;
}

function itemAt<C extends Candidate>(buckets: readonly Bucket<Entry<C>>[], index: number): Entry<C> | undefined {
  let left = index;
  for (const { items } of buckets) {
    if (left < items.length) return items[left];
    left -= items.length;
  }
  return undefined;
}

function* iterate<T>(iterator: Iterator<T>): Generator<T> {
  for (let next = iterator.next(); !next.done; next = iterator.next()) yield next.value;
}

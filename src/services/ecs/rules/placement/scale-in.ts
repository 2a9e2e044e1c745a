/** Which tasks of a service go when it has too many: the reverse of placement, so that what is left is placed well. */
import { assert } from '../../../../core/assert.ts';
import type { Strategy } from './strategies.ts';

/** A task as scale-in sees it. */
export interface StoppableTask {
  readonly arn: string;
  /** Left alone until it is unprotected, even when that leaves too many. */
  readonly isProtected: boolean;
  /** Counts toward the healthy tasks of its service. What does not is missed least. */
  readonly isHealthy: boolean;
  /** Its instance is draining: it has to go in any case. */
  readonly isDraining: boolean;
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  /** Undefined for a task without an instance one can choose (Fargate); it has a zone all the same. */
  readonly host?: StoppableHost;
  readonly availabilityZone?: string;
}

export interface StoppableHost {
  readonly arn: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** What no task occupies now. */
  readonly freeCpuUnits: number;
  readonly freeMemoryMiB: number;
}

/** What services do that name no strategy: even over zones, then over instances. */
export const defaultServiceStrategies: readonly Strategy[] = [
  { type: 'spread', attribute: 'ecs.availability-zone' },
  { type: 'spread', field: 'instanceId' },
];

/** Tasks that differ in their ARN alone, in its order: one of them is as good to stop as another. */
export interface AlikeTasks<T extends { readonly arn: string }> {
  readonly like: Omit<StoppableTask, 'arn'>;
  readonly tasks: readonly T[];
}

/**
 * At most `count` tasks, in the order in which they should stop: unhealthy ones, then those on draining instances, then
 * by strategy. Spread takes from where most are; binpack from the instance that has most left afterwards, to empty it.
 * Each choice counts for the next. Equals go by ARN, which is as good as chance and the same each time one asks.
 */
export function chooseToStop<T extends { readonly arn: string }>(
  groups: Iterable<AlikeTasks<T>>,
  count: number,
  strategies: readonly Strategy[],
): readonly T[] {
  const scores = strategies.flatMap((strategy) => scoreOf(strategy) ?? []);
  const candidates = new Set<Candidates<T>>();
  for (const { like, tasks } of groups) {
    const places = scores.map((score) => score.place(like, tasks.length));
    if (!like.isProtected && tasks.length > 0) candidates.add(new Candidates(like, tasks, places));
  }
  const chosen: T[] = [];
  while (chosen.length < count) {
    const from = worst(candidates);
    if (!from) return chosen;
    chosen.push(from.take());
    if (from.isEmpty) candidates.delete(from);
  }
  return chosen;
}

/** What is left of a group, first by ARN. */
class Candidates<T extends { readonly arn: string }> {
  readonly like: Omit<StoppableTask, 'arn'>;
  readonly places: readonly Place[];
  readonly #tasks: readonly T[];
  #taken = 0;

  constructor(like: Omit<StoppableTask, 'arn'>, tasks: readonly T[], places: readonly Place[]) {
    this.like = like;
    this.places = places;
    this.#tasks = tasks;
  }

  get firstArn(): string {
    return this.#tasks[this.#taken]?.arn ?? '';
  }

  get isEmpty(): boolean {
    return this.#taken === this.#tasks.length;
  }

  take(): T {
    const task = this.#tasks[this.#taken];
    assert(task, 'a group with tasks left has one to take');
    this.#taken += 1;
    for (const place of this.places) place.take();
    return task;
  }
}

/** Where a group stands to one strategy: `score` is how much a task of it should go, and changes as tasks are taken. */
interface Place {
  readonly score: number;
  take(): void;
}

interface Score {
  /** The place of a group of so many tasks. */
  place(task: Omit<StoppableTask, 'arn'>, count: number): Place;
}

function scoreOf(strategy: Strategy): Score | undefined {
  switch (strategy.type) {
    case 'random':
      return undefined;
    case 'binpack':
      return strategy.field === 'cpu'
        ? remainingScore((task) => [task.host?.freeCpuUnits ?? 0, task.cpuUnits])
        : remainingScore((task) => [task.host?.freeMemoryMiB ?? 0, task.memoryMiB]);
    case 'spread':
      return 'field' in strategy
        ? countScore((task) => task.host?.arn)
        : countScore((task) => valueOf(task, strategy.attribute));
  }
}

function valueOf({ host, availabilityZone }: Omit<StoppableTask, 'arn'>, attribute: string): string | undefined {
  return host?.attributes.get(attribute) ?? (attribute === 'ecs.availability-zone' ? availabilityZone : undefined);
}

/** Groups of one value share one count. Tasks without the value come last to a spread, so they are the first to leave it. */
function countScore(valueOfTask: (task: Omit<StoppableTask, 'arn'>) => string | undefined): Score {
  const counts = new Map<string, Count>();
  return {
    place: (task, count) => {
      const value = valueOfTask(task);
      if (value === undefined) return withoutValue;
      let shared = counts.get(value);
      if (!shared) counts.set(value, (shared = new Count()));
      shared.score += count;
      return shared;
    },
  };
}

class Count implements Place {
  score = 0;

  take(): void {
    this.score -= 1;
  }
}

const withoutValue: Place = { score: Number.POSITIVE_INFINITY, take: () => undefined };

/** What an instance has left after a task of the group has gone, with what those have freed that were taken. */
function remainingScore(sizes: (task: Omit<StoppableTask, 'arn'>) => readonly [free: number, own: number]): Score {
  const freed = new Map<string, { units: number }>();
  return {
    place: (task) => {
      const [free, own] = sizes(task);
      const arn = task.host?.arn;
      let shared = freed.get(arn ?? '');
      if (!shared) freed.set(arn ?? '', (shared = { units: 0 }));
      return new Remaining(free + own, arn === undefined ? 0 : own, shared);
    },
  };
}

class Remaining implements Place {
  readonly #present: number;
  readonly #own: number;
  readonly #freed: { units: number };

  constructor(present: number, own: number, freed: { units: number }) {
    this.#present = present;
    this.#own = own;
    this.#freed = freed;
  }

  get score(): number {
    return this.#present + this.#freed.units;
  }

  take(): void {
    this.#freed.units += this.#own;
  }
}

function worst<T extends { readonly arn: string }>(candidates: Iterable<Candidates<T>>): Candidates<T> | undefined {
  let found: Candidates<T> | undefined;
  for (const group of candidates) if (!found || goesBefore(group, found)) found = group;
  return found;
}

function goesBefore<T extends { readonly arn: string }>(group: Candidates<T>, other: Candidates<T>): boolean {
  const [one, two] = [group.like, other.like];
  if (one.isHealthy !== two.isHealthy) return !one.isHealthy;
  if (one.isDraining !== two.isDraining) return one.isDraining;
  for (let at = 0; at < group.places.length; at += 1) {
    const own = group.places[at]?.score ?? 0;
    const others = other.places[at]?.score ?? 0;
    if (own !== others) return own > others;
  }
  return group.firstArn < other.firstArn;
}

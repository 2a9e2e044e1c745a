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

/** Tasks that differ in their ARN alone: one of them is as good to stop as another. */
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
  for (const group of groups) {
    for (const score of scores) score.add(group.like, group.tasks.length);
    if (!group.like.isProtected && group.tasks.length > 0) candidates.add(new Candidates(group));
  }
  const chosen: T[] = [];
  while (chosen.length < count) {
    const from = worst(candidates, scores);
    if (!from) return chosen;
    for (const score of scores) score.remove(from.like);
    chosen.push(from.take());
    if (from.isEmpty) candidates.delete(from);
  }
  return chosen;
}

/** What is left of a group, first by ARN. Sorted as soon as one is taken: most groups are only looked at. */
class Candidates<T extends { readonly arn: string }> {
  readonly like: Omit<StoppableTask, 'arn'>;
  #left: readonly T[];
  #taken = 0;
  #isSorted = false;
  #first: string;

  constructor({ like, tasks }: AlikeTasks<T>) {
    this.like = like;
    this.#left = tasks;
    this.#first = tasks.reduce((first, { arn }) => (arn < first ? arn : first), tasks[0]?.arn ?? '');
  }

  get firstArn(): string {
    return this.#first;
  }

  get isEmpty(): boolean {
    return this.#taken === this.#left.length;
  }

  take(): T {
    if (!this.#isSorted) this.#left = this.#left.toSorted((a, b) => (a.arn < b.arn ? -1 : 1));
    this.#isSorted = true;
    const task = this.#left[this.#taken];
    assert(task, 'a group with tasks left has one to take');
    this.#taken += 1;
    this.#first = this.#left[this.#taken]?.arn ?? '';
    return task;
  }
}

/** How much a task should go; kept in step as tasks are chosen. */
interface Score {
  add(task: Place, count: number): void;
  remove(task: Place): void;
  of(task: Place): number;
}

type Place = Pick<StoppableTask, 'host' | 'availabilityZone' | 'cpuUnits' | 'memoryMiB'>;

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

function valueOf({ host, availabilityZone }: Place, attribute: string): string | undefined {
  return host?.attributes.get(attribute) ?? (attribute === 'ecs.availability-zone' ? availabilityZone : undefined);
}

/** Tasks without the value come last to a spread, so they are the first to leave it. */
function countScore(group: (task: Place) => string | undefined): Score {
  const counts = new Map<string, number>();
  const change = (task: Place, by: number): void => {
    const value = group(task);
    if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + by);
  };
  return {
    add: (task, count) => change(task, count),
    remove: (task) => change(task, -1),
    of: (task) => {
      const value = group(task);
      return value === undefined ? Number.POSITIVE_INFINITY : (counts.get(value) ?? 0);
    },
  };
}

function remainingScore(sizes: (task: Place) => readonly [free: number, own: number]): Score {
  const freed = new Map<string, number>();
  return {
    add: () => undefined,
    remove: (task) => {
      if (task.host) freed.set(task.host.arn, (freed.get(task.host.arn) ?? 0) + sizes(task)[1]);
    },
    of: (task) => {
      const [free, own] = sizes(task);
      return free + own + (freed.get(task.host?.arn ?? '') ?? 0);
    },
  };
}

function worst<T extends { readonly arn: string }>(
  candidates: Iterable<Candidates<T>>,
  scores: readonly Score[],
): Candidates<T> | undefined {
  let found: Candidates<T> | undefined;
  for (const group of candidates) if (!found || goesBefore(group, found, scores)) found = group;
  return found;
}

function goesBefore<T extends { readonly arn: string }>(
  group: Candidates<T>,
  other: Candidates<T>,
  scores: readonly Score[],
): boolean {
  const [one, two] = [group.like, other.like];
  if (one.isHealthy !== two.isHealthy) return !one.isHealthy;
  if (one.isDraining !== two.isDraining) return one.isDraining;
  for (const score of scores) {
    const own = score.of(one);
    const others = score.of(two);
    if (own !== others) return own > others;
  }
  return group.firstArn < other.firstArn;
}

/** Which tasks of a service go when it has too many: the reverse of placement, so that what is left is placed well. */
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

/**
 * At most `count` tasks, in the order in which they should stop: unhealthy ones, then those on draining instances, then
 * by strategy. Spread takes from where most are; binpack from the instance that has most left afterwards, to empty it.
 * Each choice counts for the next. Equals go by ARN, which is as good as chance and the same each time one asks.
 */
export function chooseToStop<T extends StoppableTask>(
  tasks: readonly T[],
  count: number,
  strategies: readonly Strategy[],
): readonly T[] {
  const left = new Set(tasks);
  const candidates = new Set(tasks.filter((task) => !task.isProtected).toSorted((a, b) => (a.arn < b.arn ? -1 : 1)));
  const scores = strategies.flatMap((strategy) => scoreOf(strategy) ?? []);
  for (const task of left) for (const score of scores) score.add(task);
  const chosen: T[] = [];
  while (chosen.length < count) {
    const task = worst(candidates, scores);
    if (!task) return chosen;
    for (const score of scores) score.remove(task);
    candidates.delete(task);
    chosen.push(task);
  }
  return chosen;
}

/** How much a task should go; kept in step as tasks are chosen. */
interface Score {
  add(task: StoppableTask): void;
  remove(task: StoppableTask): void;
  of(task: StoppableTask): number;
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

function valueOf({ host, availabilityZone }: StoppableTask, attribute: string): string | undefined {
  return host?.attributes.get(attribute) ?? (attribute === 'ecs.availability-zone' ? availabilityZone : undefined);
}

/** Tasks without the value come last to a spread, so they are the first to leave it. */
function countScore(group: (task: StoppableTask) => string | undefined): Score {
  const counts = new Map<string, number>();
  const change = (task: StoppableTask, by: number): void => {
    const value = group(task);
    if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + by);
  };
  return {
    add: (task) => change(task, 1),
    remove: (task) => change(task, -1),
    of: (task) => {
      const value = group(task);
      return value === undefined ? Number.POSITIVE_INFINITY : (counts.get(value) ?? 0);
    },
  };
}

function remainingScore(sizes: (task: StoppableTask) => readonly [free: number, own: number]): Score {
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

function worst<T extends StoppableTask>(candidates: Iterable<T>, scores: readonly Score[]): T | undefined {
  let found: T | undefined;
  for (const task of candidates) if (!found || goesBefore(task, found, scores)) found = task;
  return found;
}

function goesBefore(task: StoppableTask, other: StoppableTask, scores: readonly Score[]): boolean {
  if (task.isHealthy !== other.isHealthy) return !task.isHealthy;
  if (task.isDraining !== other.isDraining) return task.isDraining;
  for (const score of scores) {
    const own = score.of(task);
    const others = score.of(other);
    if (own !== others) return own > others;
  }
  return false;
}

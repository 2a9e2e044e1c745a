/** Availability zone rebalancing: tasks are started where fewest are, and when they are healthy stopped where most are. */
import type { ServiceTask } from './service-task.ts';

/** How many tasks each zone has; of the zones that tasks can run in, also those that have none. */
export function countByZone(tasks: Iterable<ServiceTask>, zones: Iterable<string>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const zone of [...zones].toSorted()) counts.set(zone, 0);
  for (const { availabilityZone, phase } of tasks) {
    if (availabilityZone === undefined || phase === 'STOPPING') continue;
    counts.set(availabilityZone, (counts.get(availabilityZone) ?? 0) + 1);
  }
  return counts;
}

/** As even as it can be: no zone has more than one task more than another. */
export function isBalanced(counts: ReadonlyMap<string, number>): boolean {
  return counts.size === 0 || Math.max(...counts.values()) - Math.min(...counts.values()) <= 1;
}

/**
 * How many tasks to start in which of the zones, at most `room` altogether: each goes to the one that has fewest, for one
 * of `tasks` that will go from where most are. One that is protected will not, and what is started for it would itself be
 * too much.
 */
export function zonesToFill(
  counts: ReadonlyMap<string, number>,
  zones: ReadonlySet<string>,
  tasks: readonly ServiceTask[],
  room: number,
): ReadonlyMap<string, number> {
  const fill = new Map<string, number>();
  const now = new Map(counts);
  const movable = new Map(
    countByZone(
      tasks.filter((task) => !task.isProtected),
      [],
    ),
  );
  for (let left = room; left > 0; left -= 1) {
    const to = extreme(now, (count, best) => count < best, zones);
    const from = extreme(now, (count, best) => count > best, movable);
    if (to === undefined || from === undefined || (now.get(from) ?? 0) - (now.get(to) ?? 0) <= 1) break;
    now.set(to, (now.get(to) ?? 0) + 1);
    now.set(from, (now.get(from) ?? 0) - 1);
    fill.set(to, (fill.get(to) ?? 0) + 1);
    const others = (movable.get(from) ?? 0) - 1;
    if (others > 0) movable.set(from, others);
    else movable.delete(from);
  }
  return fill;
}

/**
 * Which of too many tasks go while zones are being balanced: from where most are. A healthy one goes only when those that
 * replace it are healthy, too.
 */
export function chooseFromFullest(tasks: readonly ServiceTask[], count: number): readonly ServiceTask[] {
  const counts = new Map(countByZone(tasks, []));
  const left = new Set(tasks.filter((task) => !task.isProtected));
  const areAllHealthy = tasks.every((task) => task.health === 'HEALTHY');
  const chosen: ServiceTask[] = [];
  while (chosen.length < count) {
    let worst: ServiceTask | undefined;
    for (const task of left) if (!worst || goesBefore(task, worst, counts)) worst = task;
    if (!worst || (worst.health === 'HEALTHY' && !areAllHealthy)) return chosen;
    const zone = worst.availabilityZone ?? '';
    counts.set(zone, (counts.get(zone) ?? 0) - 1);
    left.delete(worst);
    chosen.push(worst);
  }
  return chosen;
}

function goesBefore(task: ServiceTask, other: ServiceTask, counts: ReadonlyMap<string, number>): boolean {
  const own = counts.get(task.availabilityZone ?? '') ?? 0;
  const others = counts.get(other.availabilityZone ?? '') ?? 0;
  if (own !== others) return own > others;
  const isMissedLess = Number(task.health !== 'HEALTHY') - Number(other.health !== 'HEALTHY');
  return isMissedLess > 0 || (isMissedLess === 0 && task.arn < other.arn);
}

function extreme(
  counts: ReadonlyMap<string, number>,
  isBetter: (count: number, best: number) => boolean,
  among?: Pick<ReadonlySet<string>, 'has'>,
): string | undefined {
  let found: string | undefined;
  let best = 0;
  for (const [zone, count] of counts) {
    if (among && !among.has(zone)) continue;
    if (found === undefined || isBetter(count, best)) {
      found = zone;
      best = count;
    }
  }
  return found;
}

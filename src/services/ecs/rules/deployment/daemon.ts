import type { Bounds } from './bounds.ts';
import type { Stop } from './keep-up.ts';
import type { ServiceTask } from './service-task.ts';

/** What is wanted of a DAEMON service and what is there. */
export interface DaemonState extends Bounds {
  /** ARNs of the ACTIVE instances that match: one task belongs on each. */
  readonly instances: readonly string[];
  /** Draining instances that still run tasks of other services: daemons are there until the last of those has gone. */
  readonly heldInstances: ReadonlySet<string>;
  /** All that are not STOPPED. */
  readonly tasks: readonly ServiceTask[];
  readonly isWanted: (task: ServiceTask) => boolean;
  readonly mayStart: boolean;
}

export interface DaemonDecision {
  /** ARNs of instances to start a task on. */
  readonly start: readonly string[];
  readonly stop: readonly Stop[];
  readonly isStuck: boolean;
  readonly isSettled: boolean;
}

/**
 * The next step toward one wanted task on each instance and none elsewhere. An instance's old task goes before its new
 * one comes, as both may need the same ports, unless the upper bound leaves room for both.
 */
export function daemon(state: DaemonState): DaemonDecision {
  const { instances, lower, upper, tasks, mayStart } = state;
  const matching = new Set(instances);
  const stop: Stop[] = [];
  const leaving: ServiceTask[] = [];
  const held = new Set<string>();
  const wantedOn = new Set<string>();
  const occupied = new Set<string>();
  let [healthy, counted, stopping, allHealthy] = [0, 0, 0, true];
  for (const task of tasks) {
    const instance = task.containerInstanceArn ?? '';
    if (task.isCounted) counted += 1;
    if (task.phase === 'STOPPING') {
      stopping += 1;
      occupied.add(instance);
      continue;
    }
    if (task.health === 'HEALTHY') healthy += 1;
    else allHealthy = false;
    if (state.isWanted(task) && state.heldInstances.has(instance)) {
      held.add(task.arn);
      continue;
    }
    occupied.add(instance);
    const isAtHome = matching.has(instance) && state.isWanted(task) && !wantedOn.has(instance);
    if (isAtHome && task.health === 'UNHEALTHY' && mayStart) stop.push({ task, why: 'UNHEALTHY' });
    else if (isAtHome) wantedOn.add(instance);
    else leaving.push(task);
  }

  const missing = instances.filter((arn) => !wantedOn.has(arn));
  const room = upper - counted;
  const beside = missing.filter((arn) => !occupied.has(arn));
  const over = upper > instances.length ? missing.filter((arn) => occupied.has(arn)) : [];
  const start = mayStart ? [...beside, ...over].slice(0, Math.max(room, 0)) : [];

  let budget = healthy - lower;
  const servedBySelf = new Set(start);
  for (const task of awayFirst(leaving, matching)) {
    const isUnserving = task.health === 'UNHEALTHY' || task.phase === 'STARTING';
    const instance = task.containerInstanceArn ?? '';
    // An old task stays while the new one beside it is on its way, and when nothing may follow it.
    const isNeeded = matching.has(instance) && (servedBySelf.has(instance) || (!mayStart && !wantedOn.has(instance)));
    if (task.isProtected && task.health !== 'UNHEALTHY') continue;
    if (!isUnserving && (isNeeded || isBesideUnready(task, state, wantedOn))) continue;
    if (task.health === 'HEALTHY') {
      if (budget <= 0) continue;
      budget -= 1;
    }
    stop.push({ task, why: task.health === 'UNHEALTHY' ? 'UNHEALTHY' : 'SCALING' });
  }
  const isStill = start.length === 0 && stop.length === 0 && stopping === 0;
  return {
    start,
    stop,
    isStuck: isStill && mayStart && allHealthy && missing.length > 0 && leaving.every((task) => !task.isProtected),
    isSettled: missing.length === 0 && leaving.length === 0 && allHealthy && held.size === 0 && stop.length === 0,
  };
}

/** What has to leave its instance in any case goes before what is only to be renewed there: the bound may allow only one. */
function awayFirst(leaving: readonly ServiceTask[], matching: ReadonlySet<string>): readonly ServiceTask[] {
  const isAway = ({ containerInstanceArn = '' }: ServiceTask): boolean => !matching.has(containerInstanceArn);
  return [...leaving.filter(isAway), ...leaving.filter((task) => !isAway(task))];
}

/** Whether the wanted task on the same instance has not become healthy yet, where both may run at once. */
function isBesideUnready(task: ServiceTask, state: DaemonState, wantedOn: ReadonlySet<string>): boolean {
  const instance = task.containerInstanceArn ?? '';
  if (!wantedOn.has(instance) || state.upper <= state.instances.length) return false;
  return !state.tasks.some(
    (other) => other.containerInstanceArn === instance && state.isWanted(other) && other.health === 'HEALTHY',
  );
}

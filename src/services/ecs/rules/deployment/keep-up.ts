import type { Bounds } from './bounds.ts';
import type { ServiceTask } from './service-task.ts';

/** What is wanted and what is there. */
export interface KeepUpState extends Bounds {
  readonly desiredCount: number;
  /** All that are not STOPPED. */
  readonly tasks: readonly ServiceTask[];
  /** Whether a task is of the deployment that is to have the tasks; the others are to go. */
  readonly isWanted: (task: ServiceTask) => boolean;
  /** False while launches wait (back-off) and for good after a failed deployment. */
  readonly mayStart: boolean;
  /** Wanted tasks are enough as they are: the others go though nothing may be started in their place. */
  readonly isEnough?: boolean;
  /** A deployment is under way: its failed tasks go at once. In a settled service their replacements come first. */
  readonly isRollout: boolean;
  /** How many tasks, of those it should start, have found no place in the cluster. */
  readonly unplaced: number;
  /** At most `count` of the tasks, those first that the service misses least. Takes none that are protected. */
  readonly chooseToStop: (tasks: readonly ServiceTask[], count: number) => readonly ServiceTask[];
  /** The same for wanted tasks that are too many, where other reasons decide. */
  readonly chooseExcess?: (tasks: readonly ServiceTask[], count: number) => readonly ServiceTask[];
}

export interface KeepUpDecision {
  readonly start: number;
  readonly stop: readonly Stop[];
  /** Neither side can move, by the bounds and nothing else. */
  readonly isStuck: boolean;
  /** Too many tasks, and all that could go are protected. */
  readonly isHeldByProtection: boolean;
  /** As many tasks as desired, all healthy, and no others. */
  readonly isSettled: boolean;
}

export interface Stop {
  readonly task: ServiceTask;
  readonly why: StopReason;
}

export type StopReason = 'SCALING' | 'UNHEALTHY';

/**
 * The next step toward `desiredCount` wanted tasks and no others, from the state alone. It breaks neither bound: with
 * what it starts no more than `upper` tasks are RUNNING or PENDING, and no healthy task is stopped unless `lower` healthy
 * ones remain. As many new tasks start as the upper bound and the cluster have room for, and as many old ones go as the
 * lower bound does not need: with 100 % at least, as new ones become healthy; with less, they make room at once.
 */
export function keepUp(state: KeepUpState): KeepUpDecision {
  const { desiredCount, lower, upper, tasks, isWanted, mayStart } = state;
  const sets = sortOut(tasks, isWanted);
  const { staying, unhealthy, leaving } = sets;
  const missing = desiredCount - staying.length;
  const start = mayStart ? Math.max(Math.min(missing, upper - sets.counted), 0) : 0;
  const stops = new Stops(sets.healthy - lower);

  stopUnserving(stops, leaving);
  if (mayStart) stopUnhealthy(stops, state, sets, start);
  stopLeaving(stops, state, sets);
  const excess = missing < 0 ? (state.chooseExcess ?? state.chooseToStop)(staying, -missing) : [];
  for (const task of excess) stops.add(task, 'SCALING');

  const protectedLeaving = leaving.some((task) => task.isProtected);
  const isHeldByProtection =
    stops.chosen.length === 0 &&
    ((missing < 0 && excess.length === 0 && staying.some((task) => task.isProtected)) ||
      (missing <= 0 && protectedLeaving));
  const isStill = stops.chosen.length === 0 && start === 0 && sets.stopping === 0;
  const areAllHealthy = sets.healthy === staying.length + leaving.length && unhealthy.length === 0;
  return {
    start,
    stop: stops.chosen,
    isStuck: isStill && mayStart && missing > 0 && state.unplaced === 0 && areAllHealthy && !protectedLeaving,
    isHeldByProtection,
    isSettled: missing === 0 && leaving.length === 0 && areAllHealthy && sets.countedStopping === 0,
  };
}

interface Sets {
  /** Wanted, and neither failed nor on an instance that is draining. */
  readonly staying: readonly ServiceTask[];
  /** Wanted, but its health check fails. */
  readonly unhealthy: readonly ServiceTask[];
  /** Not wanted, or on an instance that is draining. */
  readonly leaving: readonly ServiceTask[];
  readonly healthy: number;
  readonly counted: number;
  readonly stopping: number;
  readonly countedStopping: number;
}

function sortOut(tasks: readonly ServiceTask[], isWanted: KeepUpState['isWanted']): Sets {
  const staying: ServiceTask[] = [];
  const unhealthy: ServiceTask[] = [];
  const leaving: ServiceTask[] = [];
  let healthy = 0;
  let counted = 0;
  let stopping = 0;
  let countedStopping = 0;
  for (const task of tasks) {
    if (task.isCounted) counted += 1;
    if (task.phase === 'STOPPING') {
      stopping += 1;
      if (task.isCounted) countedStopping += 1;
      continue;
    }
    if (task.health === 'HEALTHY') healthy += 1;
    if (!isWanted(task) || task.isDraining) leaving.push(task);
    else if (task.health === 'UNHEALTHY') unhealthy.push(task);
    else staying.push(task);
  }
  return { staying, unhealthy, leaving, healthy, counted, stopping, countedStopping };
}

/** What is to stop, with the lower bound as a budget of healthy tasks that may. */
class Stops {
  readonly chosen: Stop[] = [];
  #budget: number;

  constructor(budget: number) {
    this.#budget = budget;
  }

  add(task: ServiceTask, why: StopReason): void {
    if (task.health === 'HEALTHY') {
      if (this.#budget <= 0) return;
      this.#budget -= 1;
    }
    this.chosen.push({ task, why });
  }
}

/** What is to go and serves nobody goes at once. A failed health check breaks protection. */
function stopUnserving(stops: Stops, leaving: readonly ServiceTask[]): void {
  for (const task of leaving) {
    if (task.health === 'UNHEALTHY') stops.add(task, 'UNHEALTHY');
    else if (task.phase === 'STARTING' && !task.isProtected) stops.add(task, 'SCALING');
  }
}

function stopUnhealthy(stops: Stops, state: KeepUpState, sets: Sets, start: number): void {
  const { unhealthy, staying } = sets;
  if (unhealthy.length === 0) return;
  if (state.isRollout) {
    for (const task of unhealthy) stops.add(task, 'UNHEALTHY');
    return;
  }
  const healthyStaying = staying.filter((task) => task.health === 'HEALTHY').length;
  const replaced = healthyStaying + unhealthy.length - state.desiredCount;
  // No room for a replacement beside it: one at a time makes room, the next when nothing is on its way any more.
  const isCramped = (start === 0 || state.unplaced > 0) && staying.length < state.desiredCount;
  const isInFlight = healthyStaying < staying.length || sets.stopping > 0;
  const count = Math.max(replaced, isCramped && !isInFlight ? 1 : 0);
  for (const task of unhealthy.slice(0, Math.max(count, 0))) stops.add(task, 'UNHEALTHY');
}

/**
 * Running tasks that are to go: all that the lower bound does not need, without waiting for the new ones, as AWS does. One
 * that has not shown yet whether it is healthy is held to serve like one that is: it is no reason to stop all at once.
 * While nothing may be started in their place, no more go than are too many.
 */
function stopLeaving(stops: Stops, state: KeepUpState, { staying, leaving }: Sets): void {
  const serving = leaving.filter((task) => task.phase === 'RUNNING' && task.health !== 'UNHEALTHY');
  if (serving.length === 0) return;
  const servingCount = serving.length + staying.filter((task) => task.health === 'HEALTHY').length;
  const kept = state.mayStart || state.isEnough ? state.lower : Math.max(state.lower, state.desiredCount);
  for (const task of state.chooseToStop(serving, Math.max(servingCount - kept, 0))) stops.add(task, 'SCALING');
}

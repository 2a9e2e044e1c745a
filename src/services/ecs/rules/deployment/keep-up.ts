import type { Bounds } from './bounds.ts';
import { byArn, type Cohort, firstTasks, sizeOf, type Traits } from './cohort.ts';
import type { ServiceTask } from './service-task.ts';
import { type Source, type SourceNeed, sourceNeeds } from './sources.ts';

/** What is wanted and what is there. */
export interface KeepUpState extends Bounds {
  readonly desiredCount: number;
  /** All tasks that are not STOPPED. */
  readonly cohorts: Iterable<Cohort>;
  /** Whether a task is of the deployment that is to have the tasks; the others are to go. */
  readonly isWanted: (task: Traits) => boolean;
  /** Of the deployments whose tasks are to go, those of which what fails is replaced. */
  readonly sources?: readonly Source[];
  /** False while launches wait (back-off) and for good after a failed deployment. */
  readonly mayStart: boolean;
  /** Wanted tasks are enough as they are: the others go though nothing may be started in their place. */
  readonly isEnough?: boolean;
  /** A deployment is under way: its failed tasks go at once. In a settled service their replacements come first. */
  readonly isRollout: boolean;
  /** How many tasks, of those it should start, have found no place in the cluster. */
  readonly unplaced: number;
  /** How many tasks of each kind the decision names at most: no more can be stopped in one step. */
  readonly most: number;
  /** At most `count` of the tasks, those first that the service misses least. Takes none that are protected. */
  readonly chooseToStop: (cohorts: readonly Cohort[], count: number) => readonly ServiceTask[];
  /** The same for wanted tasks that are too many, where other reasons decide. */
  readonly chooseExcess?: (tasks: readonly ServiceTask[], count: number) => readonly ServiceTask[];
}

export interface KeepUpDecision {
  /** Of the wanted deployment. */
  readonly start: number;
  /** Of its sources, in the place of tasks that have ended. */
  readonly startOfSources: readonly SourceStart[];
  readonly stop: readonly Stop[];
  /** Neither side can move, by the bounds and nothing else. */
  readonly isStuck: boolean;
  /** Too many tasks, and all that could go are protected. */
  readonly isHeldByProtection: boolean;
  /** As many tasks as desired, all healthy, and no others. */
  readonly isSettled: boolean;
}

export interface SourceStart {
  readonly deploymentId: string;
  readonly start: number;
}

export interface Stop {
  readonly task: ServiceTask;
  readonly why: StopReason;
}

export type StopReason = 'SCALING' | 'UNHEALTHY';

/**
 * The next step toward `desiredCount` wanted tasks and no others, from the state alone. It breaks neither bound: with
 * what it starts no more than `upper` tasks are RUNNING or PENDING, and no healthy task is stopped unless `lower` healthy
 * ones remain. What fails of a source is replaced first, as far as the lower bound needs it; then as many new tasks start
 * as the upper bound and the cluster have room for, and as many old ones go as the lower bound does not need: with 100 % at
 * least, as new ones become healthy; with less, they make room at once.
 */
export function keepUp(state: KeepUpState): KeepUpDecision {
  const { desiredCount, lower, upper, mayStart, most } = state;
  const sets = sortOut(state);
  const { staying, unhealthy, leaving, stayingCount } = sets;
  const missing = desiredCount - stayingCount;
  const needs = needsOf(state, sets);
  let room = Math.max(upper - sets.counted, 0);
  const startOfSources: SourceStart[] = [];
  for (const { deploymentId, missing: gone } of needs) {
    const startable = state.sources?.find((source) => source.deploymentId === deploymentId)?.mayStart ? gone : 0;
    const count = Math.min(startable, room);
    room -= count;
    if (count > 0) startOfSources.push({ deploymentId, start: count });
  }
  const start = mayStart ? Math.max(Math.min(missing, room), 0) : 0;
  const stops = new Stops(sets.healthy - lower);

  stopUnserving(stops, state, leaving, needs);
  if (mayStart) stopUnhealthy(stops, state, sets, start);
  stopLeaving(stops, state, sets);
  const excess = missing < 0 ? chooseExcess(state, staying, Math.min(-missing, most)) : [];
  for (const task of excess) stops.add(task, 'SCALING');

  const protectedLeaving = leaving.some((cohort) => cohort.isProtected);
  const isHeldByProtection =
    stops.chosen.length === 0 &&
    ((missing < 0 && excess.length === 0 && staying.some((cohort) => cohort.isProtected)) ||
      (missing <= 0 && protectedLeaving));
  const isStill = stops.chosen.length === 0 && start + startOfSources.length === 0 && sets.stopping === 0;
  const areAllHealthy = sets.healthy === stayingCount + sizeOf(leaving) && unhealthy.length === 0;
  return {
    start,
    startOfSources,
    stop: stops.chosen,
    isStuck: isStill && mayStart && missing > 0 && state.unplaced === 0 && areAllHealthy && !protectedLeaving,
    isHeldByProtection,
    isSettled: missing === 0 && leaving.length === 0 && areAllHealthy && sets.countedStopping === 0,
  };
}

/** How many tasks each source is to have as things stand. */
export function keptOfSources(state: KeepUpState): readonly SourceNeed[] {
  return needsOf(state, sortOut(state));
}

function needsOf(state: KeepUpState, { staying }: Sets): readonly SourceNeed[] {
  const { sources = [], cohorts, isWanted, mayStart } = state;
  const ofSources = [...cohorts].filter((cohort) => !isWanted(cohort));
  // Where nothing new may come, an instance that drains is left with the help of the source itself.
  return sourceNeeds(sources, ofSources, keptServing(state) - healthyOf(staying), { countsDraining: mayStart });
}

/** How many tasks serve at least. While nothing may be started in the place of those that go, none goes that is wanted. */
function keptServing({ mayStart, isEnough, lower, desiredCount }: KeepUpState): number {
  return mayStart || isEnough ? lower : Math.max(lower, desiredCount);
}

function chooseExcess(state: KeepUpState, staying: readonly Cohort[], count: number): readonly ServiceTask[] {
  if (!state.chooseExcess) return state.chooseToStop(staying, count);
  return state.chooseExcess(staying.flatMap(({ tasks }) => tasks).sort(byArn), count);
}

interface Sets {
  /** Wanted, and neither failed nor on an instance that is draining. */
  readonly staying: readonly Cohort[];
  readonly stayingCount: number;
  /** Wanted, but its health check fails. */
  readonly unhealthy: readonly Cohort[];
  /** Not wanted, or on an instance that is draining. */
  readonly leaving: readonly Cohort[];
  readonly healthy: number;
  readonly counted: number;
  readonly stopping: number;
  readonly countedStopping: number;
}

function sortOut({ cohorts, isWanted }: KeepUpState): Sets {
  const staying: Cohort[] = [];
  const unhealthy: Cohort[] = [];
  const leaving: Cohort[] = [];
  let healthy = 0;
  let counted = 0;
  let stopping = 0;
  let countedStopping = 0;
  for (const cohort of cohorts) {
    if (cohort.isCounted) counted += cohort.size;
    if (cohort.phase === 'STOPPING') {
      stopping += cohort.size;
      if (cohort.isCounted) countedStopping += cohort.size;
      continue;
    }
    if (cohort.health === 'HEALTHY') healthy += cohort.size;
    if (!isWanted(cohort) || cohort.isDraining) leaving.push(cohort);
    else if (cohort.health === 'UNHEALTHY') unhealthy.push(cohort);
    else staying.push(cohort);
  }
  const stayingCount = sizeOf(staying);
  return { staying, stayingCount, unhealthy, leaving, healthy, counted, stopping, countedStopping };
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
function stopUnserving(
  stops: Stops,
  { most }: KeepUpState,
  leaving: readonly Cohort[],
  needs: readonly SourceNeed[],
): void {
  const failed = leaving.filter(({ health }) => health === 'UNHEALTHY');
  for (const task of firstTasks(failed, most)) stops.add(task, 'UNHEALTHY');
  const starting = leaving.filter(
    ({ phase, health, isProtected }) => phase === 'STARTING' && health !== 'UNHEALTHY' && !isProtected,
  );
  const kept = (cohort: Cohort): SourceNeed | undefined =>
    cohort.isDraining ? undefined : needs.find(({ deploymentId }) => deploymentId === cohort.deploymentId);
  const going = [
    ...firstTasks(
      starting.filter((cohort) => !kept(cohort)),
      most,
    ),
  ];
  for (const need of needs) {
    const own = starting.filter((cohort) => kept(cohort) === need);
    going.push(...firstTasks(own, Math.min(sizeOf(own) - need.keptStarting, most)));
  }
  for (const task of going.sort(byArn).slice(0, most)) stops.add(task, 'SCALING');
}

function stopUnhealthy(stops: Stops, state: KeepUpState, sets: Sets, start: number): void {
  const { unhealthy, stayingCount } = sets;
  if (unhealthy.length === 0) return;
  const stop = (count: number): void => {
    for (const task of firstTasks(unhealthy, Math.min(count, state.most))) stops.add(task, 'UNHEALTHY');
  };
  const unhealthyCount = sizeOf(unhealthy);
  if (state.isRollout) {
    stop(unhealthyCount);
    return;
  }
  const healthyStaying = healthyOf(sets.staying);
  const replaced = healthyStaying + unhealthyCount - state.desiredCount;
  // No room for a replacement beside it: one at a time makes room, the next when nothing is on its way any more.
  const isCramped = (start === 0 || state.unplaced > 0) && stayingCount < state.desiredCount;
  const isInFlight = healthyStaying < stayingCount || sets.stopping > 0;
  stop(Math.max(replaced, isCramped && !isInFlight ? 1 : 0));
}

function healthyOf(cohorts: readonly Cohort[]): number {
  return sizeOf(cohorts.filter(({ health }) => health === 'HEALTHY'));
}

/**
 * Running tasks that are to go: all that the lower bound does not need, without waiting for the new ones, as AWS does. One
 * that has not shown yet whether it is healthy is held to serve like one that is: it is no reason to stop all at once.
 */
function stopLeaving(stops: Stops, state: KeepUpState, { staying, leaving }: Sets): void {
  const serving = leaving.filter(({ phase, health }) => phase === 'RUNNING' && health !== 'UNHEALTHY');
  if (serving.length === 0) return;
  const servingCount = sizeOf(serving) + healthyOf(staying);
  const count = Math.min(Math.max(servingCount - keptServing(state), 0), state.most);
  // What drains goes first, and until it may nothing goes in its stead: the source's replacement of it would go as it came.
  const draining = state.chooseToStop(
    serving.filter(({ isDraining }) => isDraining),
    count,
  );
  const others = state.chooseToStop(
    serving.filter(({ isDraining }) => !isDraining),
    count - draining.length,
  );
  for (const task of [...draining, ...others]) stops.add(task, 'SCALING');
}

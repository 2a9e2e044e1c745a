/**
 * How a blue/green, linear or canary deployment goes from one stage to the next, and back. Pure: from where it stands and
 * what is seen, the next step; the reconciler writes it and comes again. Blue is the source's fleet, green the target's.
 */
import type { DeploymentConfiguration, ServiceDeploymentLifecycleStage } from '@aws-sdk/client-ecs';
import type { Instant } from '../../../../core/instant.ts';
import type { StageState } from '../../service-tables.ts';
import type { Kept } from '../../tables.ts';
import { limits } from '../limits.ts';
import { endHooks, expireHooks, failedHook, type HookIds, nextExpiry, runHooks } from './hooks.ts';
import { isShifted, type ObservedTraffic, productionSteps } from './traffic.ts';

/** What is seen at one moment. */
export interface StageFacts {
  readonly configuration: Kept<DeploymentConfiguration>;
  /** Whether there is a fleet to go back to: a service's first deployment has none. */
  readonly hasSource: boolean;
  /** Whether test traffic has a way of its own. Without one its stage passes with nothing to shift. */
  readonly shiftsTestTraffic: boolean;
  /** Of the service, as it is now. */
  readonly desiredCount: number;
  readonly target: Fleet;
  readonly source: Fleet;
  /** Tasks of neither: what earlier deployments have left that did not finish. */
  readonly others: Fleet;
  /** What is left of the others cannot go yet: the service needs it to stay within its lower bound, or it is protected. */
  readonly areOthersHeld: boolean;
  /** Undefined where nothing carries traffic to the service: there is nothing to shift then. */
  readonly traffic: ObservedTraffic | undefined;
  /** Why it must not go on, seen from outside: an alarm, the circuit breaker, the user. Without a full stop. */
  readonly failure: string | undefined;
  /** Why what it goes back to will not come up: too many tasks of the source have failed. Without a full stop. */
  readonly sourceFailure: string | undefined;
}

/** The tasks of one revision. */
export interface Fleet {
  /** Pending and running. */
  readonly active: number;
  /** Of these the ones that count as healthy. */
  readonly healthy: number;
}

export interface StageMove {
  /** The same object where nothing has changed. */
  readonly state: StageState;
  /** Why a roll-back begins with this move. Without a full stop. */
  readonly rollback?: string;
  readonly end?: StageEnd;
  /** When something is due by time alone. */
  readonly lookAt?: Instant;
}

export interface StageEnd {
  readonly status: 'SUCCESSFUL' | 'ROLLBACK_SUCCESSFUL' | 'ROLLBACK_FAILED';
  /** Without a full stop. */
  readonly reason?: string;
  /** What was gone back to fails by itself: it stands still. */
  readonly failsSource?: true;
}

const stages = [
  'RECONCILE_SERVICE',
  'PRE_SCALE_UP',
  'SCALE_UP',
  'POST_SCALE_UP',
  'TEST_TRAFFIC_SHIFT',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
  'BAKE_TIME',
  'CLEAN_UP',
] as const satisfies readonly ServiceDeploymentLifecycleStage[];

/** Where a deployment begins; undefined for one that has no stages. `sources` counts the revisions it leaves. */
export function firstStage(
  configuration: Kept<DeploymentConfiguration>,
  sources: number,
  now: Instant,
): StageState | undefined {
  if ((configuration.strategy ?? 'ROLLING') === 'ROLLING') return undefined;
  return {
    stage: sources > 1 ? 'RECONCILE_SERVICE' : 'PRE_SCALE_UP',
    stageStartedAt: now,
    productionWeight: 0,
    testWeight: 0,
    step: 0,
    hooks: [],
    isRollingBack: false,
  };
}

/** Once the source's tasks are being stopped there is nothing to go back to: that is a new deployment's work then. */
export function canRollBack(state: StageState): boolean {
  return !state.isRollingBack && state.stage !== 'CLEAN_UP';
}

export function nextStage(before: StageState, facts: StageFacts, now: Instant, newHookId: HookIds): StageMove {
  const state = expireHooks(before, now);
  if (canRollBack(state)) {
    const failure = facts.failure ?? failedHook(state) ?? overdueReason(state, facts, now);
    if (failure !== undefined) return rollBack(state, facts, failure, now);
  }
  const moved = state.isRollingBack
    ? stepBack(state, facts, now, newHookId)
    : stepForward(state, facts, now, newHookId);
  if (moved.end || moved.state !== before) return moved;
  const lookAt = earliest(nextExpiry(state), overdueAt(state, facts), moved.lookAt);
  return { state: before, ...(lookAt !== undefined && { lookAt }) };
}

/** What is wanted of the fleets while a deployment stands where it does. */
export interface FleetWishes {
  readonly target: FleetWish;
  readonly source: FleetWish;
  readonly others: FleetWish;
}

/** `full`: as many tasks as the service desires; `hold`: those there are, no new ones; `none`: all stopped. */
export type FleetWish = 'full' | 'hold' | 'none';

/** No fleet is stopped before traffic is seen to have left it. */
export function fleetWishes(state: StageState, facts: Pick<StageFacts, 'traffic'>): FleetWishes {
  const isSettled = isShifted(state, facts.traffic);
  const isCleaningUp = state.stage === 'CLEAN_UP' && isSettled;
  const others = isSettled ? 'none' : 'hold';
  if (state.isRollingBack) return { target: isCleaningUp ? 'none' : 'hold', source: 'full', others };
  const isBeforeScaleUp = state.stage === 'RECONCILE_SERVICE' || state.stage === 'PRE_SCALE_UP';
  return { target: isBeforeScaleUp ? 'hold' : 'full', source: isCleaningUp ? 'none' : 'full', others };
}

// --- forward ----------------------------------------------------------------------------------------------------

function stepForward(state: StageState, facts: StageFacts, now: Instant, newHookId: HookIds): StageMove {
  switch (state.stage) {
    case 'SCALE_UP':
      return isFull(facts) ? enterNext(state, facts, now) : { state };
    case 'PRODUCTION_TRAFFIC_SHIFT':
      return shiftProduction(state, facts, now, newHookId);
    case 'BAKE_TIME': {
      const bakedAt = state.stageStartedAt + bakeTimeMs(facts);
      if (now < bakedAt) return { state, lookAt: bakedAt };
      return isFull(facts) ? enterNext(state, facts, now) : { state };
    }
    case 'CLEAN_UP':
      return facts.source.active + facts.others.active === 0 ? { state, end: { status: 'SUCCESSFUL' } } : { state };
    default: {
      const run = runHooks(state, facts.configuration, state.stage, now, newHookId);
      if (run.state !== state) return { state: run.state };
      // Others that are held go in whatever later stage lets them: were this one to wait for them, a service whose source
      // does not come up could never be deployed anew.
      const isReconciled = state.stage !== 'RECONCILE_SERVICE' || facts.others.active === 0 || facts.areOthersHeld;
      const isDone = run.areDone && isReconciled && isShifted(state, facts.traffic);
      return isDone ? enterNext(state, facts, now) : { state };
    }
  }
}

function enterNext(state: StageState, facts: StageFacts, now: Instant): StageMove {
  let stage = stages[stages.indexOf(state.stage) + 1] ?? 'CLEAN_UP';
  // Both fleets run while a deployment bakes. A first deployment has only one.
  if (stage === 'BAKE_TIME' && !facts.hasSource) stage = 'CLEAN_UP';
  const testWeight = stage === 'TEST_TRAFFIC_SHIFT' && facts.shiftsTestTraffic ? 100 : state.testWeight;
  return { state: { ...state, stage, stageStartedAt: now, testWeight } };
}

/** A step of traffic: its hooks before it, the shift with the hooks that go with it, then its bake time. */
function shiftProduction(state: StageState, facts: StageFacts, now: Instant, newHookId: HookIds): StageMove {
  const { configuration } = facts;
  if (state.step > 0 && state.stepShiftedAt === undefined) {
    const run = runHooks(state, configuration, 'PRODUCTION_TRAFFIC_SHIFT', now, newHookId);
    if (run.state !== state) return { state: run.state };
    if (!run.areDone || !isShifted(state, facts.traffic)) return { state };
    return { state: { ...state, stepShiftedAt: now } };
  }
  const { weights, bakeMs } = productionSteps(configuration);
  const weight = weights[state.step];
  if (weight === undefined) return enterNext(state, facts, now);
  const bakedAt = state.step > 0 ? (state.stepShiftedAt ?? now) + bakeMs : now;
  if (now < bakedAt) return { state, lookAt: bakedAt };
  const run = runHooks(state, configuration, 'PRE_PRODUCTION_TRAFFIC_SHIFT', now, newHookId);
  if (run.state !== state) return { state: run.state };
  // A task of green may have died since it was scaled up: traffic waits for the one that takes its place.
  if (!run.areDone || !isFull(facts)) return { state };
  const { stepShiftedAt: _shifted, ...rest } = state;
  return { state: { ...rest, step: state.step + 1, stepStartedAt: now, productionWeight: weight } };
}

function isFull({ target, desiredCount }: StageFacts): boolean {
  return target.healthy >= desiredCount;
}

function bakeTimeMs({ configuration }: StageFacts): number {
  return (configuration.bakeTimeInMinutes ?? 0) * 60_000;
}

// --- back -------------------------------------------------------------------------------------------------------

/** Traffic is asked back with the first move; green is stopped once it is seen to have left. */
function rollBack(state: StageState, facts: StageFacts, reason: string, now: Instant): StageMove {
  const ended = endHooks(state, now);
  if (!facts.hasSource) {
    return { state: ended, end: { status: 'ROLLBACK_FAILED', reason: `${reason}. ${noRollbackCandidate}` } };
  }
  const { stepStartedAt: _started, stepShiftedAt: _shifted, ...rest } = ended;
  const stage = firstStageBack(ended);
  return {
    state: { ...rest, stage, stageStartedAt: now, productionWeight: 0, testWeight: 0, step: 0, isRollingBack: true },
    rollback: reason,
  };
}

const noRollbackCandidate = 'No rollback candidate was found to run the rollback';

/** A shift that has begun is gone through in reverse, with its hooks. What has not been begun needs no way back. */
function firstStageBack(state: StageState): ServiceDeploymentLifecycleStage {
  if (state.step > 0) return 'PRODUCTION_TRAFFIC_SHIFT';
  return hasBegunTest(state) ? 'TEST_TRAFFIC_SHIFT' : 'CLEAN_UP';
}

function hasBegunTest(state: StageState): boolean {
  return stages.indexOf(state.stage) >= stages.indexOf('TEST_TRAFFIC_SHIFT');
}

function stepBack(state: StageState, facts: StageFacts, now: Instant, newHookId: HookIds): StageMove {
  const isOverdue = now >= (overdueAt(state, facts) ?? Infinity);
  if (isOverdue)
    return { state: endHooks(state, now), end: { status: 'ROLLBACK_FAILED', reason: stageOverdue(state) } };
  if (state.stage === 'CLEAN_UP') {
    const isBack = facts.target.active + facts.others.active === 0 && facts.source.healthy >= facts.desiredCount;
    if (isBack) return { state, end: { status: 'ROLLBACK_SUCCESSFUL' } };
    if (facts.sourceFailure === undefined) return { state };
    return { state, end: { status: 'ROLLBACK_FAILED', reason: facts.sourceFailure, failsSource: true } };
  }
  const hookStage = state.stage === 'PRODUCTION_TRAFFIC_SHIFT' ? state.stage : 'TEST_TRAFFIC_SHIFT';
  const run = runHooks(state, facts.configuration, hookStage, now, newHookId);
  if (run.state !== state) return { state: run.state };
  // What a hook says of the way back changes nothing: there is no other way to go.
  if (!run.areDone || !isShifted(state, facts.traffic)) return { state };
  const stage = state.stage === 'PRODUCTION_TRAFFIC_SHIFT' ? 'TEST_TRAFFIC_SHIFT' : 'CLEAN_UP';
  return { state: { ...state, stage, stageStartedAt: now } };
}

// --- how long a stage may last ----------------------------------------------------------------------------------

function overdueReason(state: StageState, facts: StageFacts, now: Instant): string | undefined {
  return now >= (overdueAt(state, facts) ?? Infinity) ? stageOverdue(state) : undefined;
}

function stageOverdue({ stage }: StageState): string {
  return `lifecycle stage ${stage} did not complete within 24 hours`;
}

/**
 * 24 hours for each stage and, within the shift of production traffic, for each step. What the deployment is configured
 * to wait (bake times, a PAUSE hook, which may last 14 days) is not counted. The clean-up after a shift has no limit: it
 * may have to wait for protected tasks, and there is no way back from it.
 */
function overdueAt(state: StageState, facts: StageFacts): Instant | undefined {
  if (state.stage === 'CLEAN_UP' && !state.isRollingBack) return undefined;
  if (state.hooks.some((hook) => hook.status === 'AWAITING_ACTION')) return undefined;
  const { bakeMs } = productionSteps(facts.configuration);
  const waitsSince = [
    state.stageStartedAt + (state.stage === 'BAKE_TIME' ? bakeTimeMs(facts) : 0),
    state.stepStartedAt ?? 0,
    state.stepShiftedAt === undefined ? 0 : state.stepShiftedAt + bakeMs,
    ...state.hooks.map((hook) => hook.endedAt ?? 0),
  ];
  return Math.max(...waitsSince) + limits.deploymentStageMs;
}

function earliest(...instants: readonly (Instant | undefined)[]): Instant | undefined {
  const known = instants.filter((instant) => instant !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

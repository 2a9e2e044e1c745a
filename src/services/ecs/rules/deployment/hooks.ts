/** Lifecycle hooks: what runs or waits at a stage, and how each ends. */
import type {
  DeploymentConfiguration,
  DeploymentLifecycleHook,
  DeploymentLifecycleHookStage,
} from '@aws-sdk/client-ecs';
import { assert } from '../../../../core/assert.ts';
import type { Instant } from '../../../../core/instant.ts';
import type { HookState, StageState } from '../../service-tables.ts';
import type { Kept } from '../../tables.ts';
import { limits } from '../limits.ts';
import { invalid, type Refusal } from '../refusal.ts';

type Hook = Kept<DeploymentLifecycleHook>;

/** Makes the id of a run of a hook. */
export type HookIds = (targetType: HookState['targetType']) => string;

export interface HookRun {
  /** The same object where no hook was begun. */
  readonly state: StageState;
  readonly areDone: boolean;
}

/** Begins the hooks that stand at this point and have not run at it yet, all at once. */
export function runHooks(
  state: StageState,
  { lifecycleHooks = [] }: Kept<DeploymentConfiguration>,
  stage: DeploymentLifecycleHookStage,
  now: Instant,
  newHookId: HookIds,
): HookRun {
  const here = state.hooks.filter(
    (hook) => hook.stage === stage && hook.step === state.step && hook.isRollingBack === state.isRollingBack,
  );
  const begun: HookState[] = [];
  for (const [index, hook] of lifecycleHooks.entries()) {
    if (!hook.lifecycleStages?.includes(stage) || here.some((present) => present.index === index)) continue;
    begun.push(begin(hook, { index, stage, step: state.step, isRollingBack: state.isRollingBack }, now, newHookId));
  }
  if (begun.length === 0) return { state, areDone: here.every((hook) => !isOpen(hook)) };
  return { state: { ...state, hooks: [...state.hooks, ...begun] }, areDone: false };
}

function begin(
  hook: Hook,
  place: Pick<HookState, 'index' | 'stage' | 'step' | 'isRollingBack'>,
  now: Instant,
  newHookId: HookIds,
): HookState {
  const { timeoutInMinutes = limits.hookTimeoutDefaultMinutes, action = 'ROLLBACK' } = hook.timeoutConfiguration ?? {};
  const targetType = hook.targetType ?? 'AWS_LAMBDA';
  const isPause = targetType === 'PAUSE';
  return {
    ...place,
    hookId: newHookId(targetType),
    targetType,
    ...(!isPause && hook.hookTargetArn !== undefined && { targetArn: hook.hookTargetArn }),
    status: isPause ? 'AWAITING_ACTION' : 'IN_PROGRESS',
    startedAt: now,
    expiresAt: now + timeoutInMinutes * 60_000,
    timeoutAction: action,
    ...(!isPause && { callAt: now }),
  };
}

export function isOpen({ status }: Pick<HookState, 'status'>): boolean {
  return status === 'IN_PROGRESS' || status === 'AWAITING_ACTION';
}

/** The state after one of its hooks has ended, by whoever had to say so. */
export function endHook(
  state: StageState,
  hookId: string,
  status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT',
  now: Instant,
): StageState {
  const hooks = state.hooks.map((hook): HookState => {
    if (hook.hookId !== hookId) return hook;
    assert(isOpen(hook), `hook ${hookId} ends once`);
    const { callAt: _callAt, ...rest } = hook;
    return { ...rest, status, endedAt: now };
  });
  return { ...state, hooks };
}

/** What a hook that was called came to: what it returned, or that it failed. */
export type HookAnswer = { readonly returned: unknown } | { readonly failed: string };

/**
 * The state after a hook was called. It may ask to be called again later, with details that are kept for then; anything
 * but one of the three statuses that AWS knows is a failure.
 */
export function answerHook(state: StageState, hookId: string, answer: HookAnswer, now: Instant): StageState {
  const returned = 'returned' in answer && isObject(answer.returned) ? answer.returned : {};
  const { hookStatus, hookDetails, callBackDelay } = returned;
  if (hookStatus === 'SUCCEEDED') return endHook(state, hookId, 'SUCCEEDED', now);
  if (hookStatus !== 'IN_PROGRESS') return endHook(state, hookId, 'FAILED', now);
  const isDelay = typeof callBackDelay === 'number' && callBackDelay >= 0;
  return callAgain(
    state,
    hookId,
    now + (isDelay ? callBackDelay * 1000 : callBackMs),
    isObject(hookDetails) ? hookDetails : {},
  );
}

/** The state after a hook that could not be reached: it is called again until its time is over. */
export function postponeHook(state: StageState, hookId: string, now: Instant): StageState {
  return callAgain(state, hookId, now + callBackMs, {});
}

/** How long a hook that does not say is left alone: AWS's own 30 seconds. */
const callBackMs = 30_000;

function callAgain(
  state: StageState,
  hookId: string,
  callAt: Instant,
  more: Readonly<Record<string, unknown>>,
): StageState {
  const hooks = state.hooks.map((hook): HookState => {
    if (hook.hookId !== hookId) return hook;
    const details = { ...hook.details, ...more };
    return { ...hook, callAt, ...(Object.keys(details).length > 0 && { details }) };
  });
  return { ...state, hooks };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Ends what has lasted longer than it may. */
export function expireHooks(state: StageState, now: Instant): StageState {
  const expired = state.hooks.filter((hook) => isOpen(hook) && hook.expiresAt <= now);
  return expired.reduce((next, { hookId }) => endHook(next, hookId, 'TIMED_OUT', now), state);
}

/** Ends all that still run or wait: nothing will be done with what they say. */
export function endHooks(state: StageState, now: Instant): StageState {
  return state.hooks.filter(isOpen).reduce((next, { hookId }) => endHook(next, hookId, 'FAILED', now), state);
}

/** Why the deployment cannot go on, in AWS's words where a hook failed. */
export function failedHook({ hooks }: StageState): string | undefined {
  for (const hook of hooks) {
    if (hook.status === 'FAILED') return hook.targetType === 'PAUSE' ? pauseRolledBack(hook) : hooksFailed;
    if (hook.status === 'TIMED_OUT' && hook.timeoutAction === 'ROLLBACK') {
      return `lifecycle hook at stage ${hook.stage} timed out`;
    }
  }
  return undefined;
}

const hooksFailed = 'hook execution failure(s) detected';

function pauseRolledBack({ stage }: HookState): string {
  return `rollback was requested at the lifecycle hook of stage ${stage}`;
}

/** When the next hook lasts too long. */
export function nextExpiry({ hooks }: StageState): Instant | undefined {
  const expiries = hooks.filter(isOpen).map((hook) => hook.expiresAt);
  return expiries.length === 0 ? undefined : Math.min(...expiries);
}

/**
 * Hooks whose targets nothing here can call. Without what calls them (`canCallOut`) such a hook would hang for its whole
 * time-out and then undo the deployment, so it is refused; validate/deployment-configuration.ts refuses the rest.
 */
export function* hookRefusals(
  { lifecycleHooks = [] }: Kept<DeploymentConfiguration>,
  canCallOut: boolean,
): Generator<Refusal> {
  const isCalling = lifecycleHooks.some(({ targetType = 'AWS_LAMBDA' }) => targetType === 'AWS_LAMBDA');
  if (isCalling && !canCallOut) yield invalid('Longshore does not support lifecycle hooks of type AWS_LAMBDA yet.');
}

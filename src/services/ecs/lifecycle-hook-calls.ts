/**
 * The seam between deployments and the targets of their AWS_LAMBDA hooks, and the edge that calls them: it finds hooks
 * that are due in the state, calls, and writes what they say. A crash loses nothing: a call that was under way is made
 * again, with the same execution id.
 */
import type { Reader, Store } from '../../store/store.ts';
import type { Clock, Log, Timer } from '../../world/world.ts';
import { answerHook, type HookAnswer, postponeHook } from './rules/deployment/hooks.ts';
import { isStaged, type StagedDeployment } from './service-steering.ts';
import { type HookState, serviceDeployments, services } from './service-tables.ts';
import { wantedTraffic } from './traffic.ts';

/** Calls the target of a hook. Rejects when it could not be reached; what it says or that it failed is an answer. */
export interface LifecycleHookCaller {
  call(target: HookTarget, event: HookEvent): Promise<HookAnswer>;
}

export interface HookTarget {
  readonly targetArn: string;
  /** The role to call it with. */
  readonly roleArn: string;
}

/** What AWS sends to a lifecycle hook; weights are percent by ARN of the service revision. */
export interface HookEvent {
  readonly executionId: string;
  readonly lifecycleStage: string;
  readonly resourceArn: string;
  readonly executionDetails: {
    readonly serviceArn: string;
    readonly targetServiceRevisionArn: string;
    readonly testTrafficWeights: Readonly<Record<string, number>>;
    readonly productionTrafficWeights: Readonly<Record<string, number>>;
  };
  readonly hookDetails?: unknown;
}

/** Live while the server runs: `start(store)` once the store is open, `stop()` before it closes. */
export class LifecycleHookCalls {
  readonly #parts: HookCallParts;
  /** By id of the hook, those that wait for their time or are being called. */
  readonly #waiting = new Map<string, Timer | 'calling'>();
  #store: Store | undefined;
  #stopWatching: (() => void) | undefined;

  constructor(parts: HookCallParts) {
    this.#parts = parts;
  }

  /** Whether there is anything to call hooks with. Without it they are refused. */
  get canCall(): boolean {
    return this.#parts.caller !== undefined;
  }

  start(store: Store): void {
    if (!this.canCall) return;
    this.#store = store;
    this.#stopWatching = store.watch(serviceDeployments, (arn) => this.#look(arn));
    for (const arn of store.view((reader) => Array.from(reader.list(serviceDeployments), (found) => found.arn))) {
      this.#look(arn);
    }
  }

  stop(): void {
    this.#store = undefined;
    this.#stopWatching?.();
    for (const timer of this.#waiting.values()) if (timer !== 'calling') timer.cancel();
    this.#waiting.clear();
  }

  #look(arn: string): void {
    const store = this.#store;
    if (!store) return;
    const deployment = store.view((reader) => openDeployment(reader, arn));
    for (const { hookId, callAt } of deployment?.stages.hooks ?? []) {
      if (callAt === undefined || this.#waiting.has(hookId)) continue;
      const delayMs = Math.max(callAt - this.#parts.clock.now(), 0);
      this.#waiting.set(
        hookId,
        this.#parts.clock.after(delayMs, () => void this.#call(store, arn, hookId)),
      );
    }
  }

  async #call(store: Store, arn: string, hookId: string): Promise<void> {
    const { caller, clock, log } = this.#parts;
    const wanted = store.view((reader) => invocationOf(reader, arn, hookId));
    this.#waiting.delete(hookId);
    if (!caller || !wanted || store !== this.#store) return;
    this.#waiting.set(hookId, 'calling');
    try {
      // What is told to the outside is durable first.
      await store.durable();
      const answer = await caller.call(wanted.target, wanted.event).catch((error: unknown) => {
        log.warn('lifecycle hook not reached', { hookId, targetArn: wanted.target.targetArn, error: String(error) });
        return undefined;
      });
      if (store !== this.#store) return;
      await store.update((tx, env) => {
        const deployment = openDeployment(tx, arn);
        if (!deployment?.stages.hooks.some((hook) => hook.hookId === hookId && hook.callAt !== undefined)) return;
        const stages = answer
          ? answerHook(deployment.stages, hookId, answer, env.now)
          : postponeHook(deployment.stages, hookId, env.now);
        tx.put(serviceDeployments, { ...deployment, stages, updatedAt: env.now });
      });
    } catch (error) {
      // The journal did not take it: the hook stands as it was and is called again.
      log.error('answer of lifecycle hook not kept', { hookId, error: String(error) });
      await clock.sleep(1000);
    }
    if (this.#waiting.get(hookId) === 'calling') this.#waiting.delete(hookId);
    this.#look(arn);
  }
}

export interface HookCallParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly caller?: LifecycleHookCaller;
}

function openDeployment(reader: Reader, arn: string): StagedDeployment | undefined {
  const deployment = reader.get(serviceDeployments, arn);
  return deployment && isStaged(deployment) && deployment.finishedAt === undefined ? deployment : undefined;
}

function invocationOf(
  reader: Reader,
  arn: string,
  hookId: string,
): { readonly target: HookTarget; readonly event: HookEvent } | undefined {
  const deployment = openDeployment(reader, arn);
  const hook = deployment?.stages.hooks.find((candidate) => candidate.hookId === hookId);
  const service = deployment && reader.get(services, deployment.serviceArn);
  if (!deployment || !service || hook?.callAt === undefined) return undefined;
  const configured = deployment.deploymentConfiguration.lifecycleHooks?.[hook.index];
  const traffic = wantedTraffic(reader, service);
  const hookDetails = detailsOf(hook, configured?.hookDetails);
  return {
    target: { targetArn: hook.targetArn ?? '', roleArn: configured?.roleArn ?? '' },
    event: {
      executionId: hookId,
      lifecycleStage: hook.stage,
      resourceArn: arn,
      executionDetails: {
        serviceArn: service.arn,
        targetServiceRevisionArn: deployment.targetRevisionArn,
        testTrafficWeights: Object.fromEntries(traffic.test),
        productionTrafficWeights: Object.fromEntries(traffic.production),
      },
      ...(hookDetails !== undefined && { hookDetails }),
    },
  };
}

/** What is configured, and over it what the hook has given back before. */
function detailsOf({ details }: HookState, configured: unknown): unknown {
  if (!details) return configured;
  return typeof configured === 'object' && configured !== null ? { ...configured, ...details } : details;
}

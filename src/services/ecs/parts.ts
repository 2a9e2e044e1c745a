import type { Clock, Hash, Log, Random } from '../../world/world.ts';
import { AgentSessions } from './agents/agent-sessions.ts';
import { noTaskCredentials, type TaskCredentials } from './agents/task-credentials.ts';
import { TaskMetrics } from './agents/task-metrics.ts';
import { type LifecycleHookCaller, LifecycleHookCalls } from './lifecycle-hook-calls.ts';
import { type EventInterest, everyEvent } from './outbox.ts';
import { limits } from './rules/limits.ts';

/** What ECS has besides the store; app/compose.ts gives it. */
export interface EcsParts {
  readonly hash: Hash;
  readonly log: Log;
  /** Live sessions of agents. `start(store)` once the store is open, `stop()` before the listener closes. */
  readonly agents: AgentSessions;
  /** Calls the lifecycle hooks of deployments. `start(store)` and `stop()` as for the agents. */
  readonly hooks: LifecycleHookCalls;
  /** What containers use, as their agents measured it last. */
  readonly metrics: TaskMetrics;
  /** How long after RUNNING a task without a health check counts toward the healthy tasks of its service. */
  readonly healthyAfterMs: number;
  /** How long stopped tasks can be described. */
  readonly stoppedTaskMs: number;
  /** Which events for EventBridge are written to the outbox. */
  readonly wantsEvent: EventInterest;
}

export function createEcsParts(given: EcsPartsSources): EcsParts {
  const { clock, random, hash, log, hookCaller } = given;
  const { credentials = noTaskCredentials, healthyAfterMs = limits.healthyAfterMs, wantsEvent = everyEvent } = given;
  const metrics = new TaskMetrics();
  return {
    hash,
    log,
    metrics,
    healthyAfterMs,
    // AWS promises an hour: waiters and scripts count on it.
    stoppedTaskMs: Math.max(given.stoppedTaskMs ?? 0, limits.stoppedTaskMs),
    wantsEvent,
    hooks: new LifecycleHookCalls({ clock, log, ...(hookCaller && { caller: hookCaller }) }),
    agents: new AgentSessions({ clock, random, log, credentials, metrics }),
  };
}

export interface EcsPartsSources {
  readonly clock: Clock;
  readonly random: Random;
  readonly hash: Hash;
  readonly log: Log;
  readonly credentials?: TaskCredentials;
  /** What calls the targets of AWS_LAMBDA lifecycle hooks. Without one such hooks are refused. */
  readonly hookCaller?: LifecycleHookCaller;
  /** AWS's 40 seconds where none is given. */
  readonly healthyAfterMs?: number;
  /** How long stopped tasks can be described: an hour at least, which is what they are where none is given. */
  readonly stoppedTaskMs?: number;
  /** Every one where nothing is given. */
  readonly wantsEvent?: EventInterest;
}

import type { Instant } from '../../../../core/instant.ts';

/** What a deployment and its service remember of tasks that failed. */
export interface FailureCounts {
  /** Consecutive ones, as DescribeServices shows: back to 0 when a task runs. */
  readonly failedTasks: number;
  /** The circuit breaker's own count. */
  readonly failureCount: number;
  readonly lastFailureAt?: Instant;
  /** Whether any task of the deployment has run: from then on only failed health checks count for the breaker. */
  readonly hasRun: boolean;
}

export interface Seen {
  /** When each failed: launches that ended before they ran and, where they are stopped now, failed health checks. */
  readonly failedLaunches: readonly Instant[];
  readonly failedHealthChecks: readonly Instant[];
  /** When tasks of the deployment began to run, and when they became healthy. */
  readonly ranAt: readonly Instant[];
  readonly healthyAt: readonly Instant[];
  /** resetOnHealthyTask of the circuit breaker. */
  readonly resetsOnHealthyTask: boolean;
}

/** The counts after what was seen since they were last taken, in the order in which it happened. */
export function countFailures(before: FailureCounts, seen: Seen): FailureCounts {
  let { failedTasks, failureCount, lastFailureAt } = before;
  const firstRunAt = before.hasRun ? Number.NEGATIVE_INFINITY : Math.min(...seen.ranAt, Number.POSITIVE_INFINITY);
  const forget = (until: Instant): void => {
    if (lastFailureAt === undefined) return;
    const since = lastFailureAt;
    // A replacement may run in the same millisecond; what is healthy then was so before.
    if (failedTasks > 0 && seen.ranAt.some((at) => at >= since && at <= until)) failedTasks = 0;
    const hasRecovered = seen.healthyAt.some((at) => at > since && at <= until);
    if (failureCount > 0 && seen.resetsOnHealthyTask && hasRecovered) failureCount = 0;
  };
  const failures = [
    ...seen.failedLaunches.map((at) => ({ at, isLaunch: true })),
    ...seen.failedHealthChecks.map((at) => ({ at, isLaunch: false })),
  ].sort((a, b) => a.at - b.at);
  for (const { at, isLaunch } of failures) {
    forget(at);
    failedTasks += 1;
    if (!isLaunch || firstRunAt > at) failureCount += 1;
    lastFailureAt = at;
  }
  forget(Number.POSITIVE_INFINITY);
  return {
    failedTasks,
    failureCount,
    ...(lastFailureAt !== undefined && { lastFailureAt }),
    hasRun: before.hasRun || Number.isFinite(firstRunAt),
  };
}

/** How long launches of a service wait that keep failing. */
export interface Backoff {
  /** Failed rounds in a row. */
  readonly failedLaunches: number;
  /** None is made before. */
  readonly launchesAfter?: Instant;
}

/** AWS publishes the last only (Amazon ECS service throttle logic). */
export const backoffDelays = { firstMs: 10_000, lastMs: 27 * 60_000 } as const;

/**
 * Each round of launches that fails doubles the wait before the next. What fails of tasks made before the last wait was
 * over belongs to the round that caused it, however many they are. A task that runs afterwards ends it all.
 */
export function backOff(
  before: Backoff,
  failed: readonly { readonly createdAt: Instant }[],
  hasRunSince: boolean,
  now: Instant,
): Backoff {
  if (failed.length === 0) return hasRunSince && before.failedLaunches > 0 ? { failedLaunches: 0 } : before;
  const isNewRound = failed.some(({ createdAt }) => createdAt >= (before.launchesAfter ?? 0));
  if (!isNewRound) return before;
  const failedLaunches = hasRunSince ? 1 : before.failedLaunches + 1;
  const delayMs = Math.min(backoffDelays.firstMs * 2 ** (failedLaunches - 1), backoffDelays.lastMs);
  return { failedLaunches, launchesAfter: now + delayMs };
}

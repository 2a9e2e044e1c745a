/** Launches that fail of deployments which are not PRIMARY: they wait as others do, and nothing else suffers for them. */
import type { Instant } from '../../core/instant.ts';
import type { Env, Transaction } from '../../store/store.ts';
import { backoffDelays, countFailures } from './rules/deployment/failures.ts';
import type { ServiceTask } from './rules/deployment/service-task.ts';
import { limits } from './rules/limits.ts';
import { type DeploymentRecord, deployments } from './service-tables.ts';
import { tasks } from './tables.ts';

/** The same for what is not PRIMARY as `countFailed` does for what is. Gives how many it has marked. */
export function countFailedSources(
  tx: Transaction,
  env: Env,
  serviceArn: string,
  tasksOf: (source: DeploymentRecord) => Iterable<ServiceTask>,
): number {
  let marked = 0;
  const sources = [...tx.find(deployments, 'service', serviceArn)].filter(({ status }) => status === 'ACTIVE');
  for (const source of sources) {
    const failed = Array.from(tx.find(tasks, 'failedLaunch', serviceArn))
      .filter(({ startedBy }) => startedBy === source.id)
      .slice(0, limits.failedSourcesPerStep - marked);
    if (failed.length === 0 && source.failedTasks === 0) continue;
    marked += failed.length;
    for (const task of failed) tx.put(tasks, { ...task, isFailureCounted: true });
    const { failedTasks, lastFailureAt } = countFailures(
      { ...source, failureCount: 0, hasRun: true },
      {
        failedLaunches: failed.flatMap(({ stoppedAt }) => stoppedAt ?? []),
        failedHealthChecks: [],
        ranAt: Array.from(tasksOf(source)).flatMap(({ startedAt }) => startedAt ?? []),
        healthyAt: [],
        resetsOnHealthyTask: true,
      },
    );
    if (failedTasks === source.failedTasks && lastFailureAt === source.lastFailureAt) continue;
    const times = { ...(lastFailureAt !== undefined && { lastFailureAt }), updatedAt: env.now };
    tx.put(deployments, { ...source, failedTasks, ...times });
  }
  return marked;
}

/** Before when none of its tasks is started. */
export function sourceLaunchesAfter({ failedTasks, lastFailureAt }: DeploymentRecord): Instant | undefined {
  if (failedTasks === 0 || lastFailureAt === undefined) return undefined;
  return lastFailureAt + Math.min(backoffDelays.firstMs * 2 ** (failedTasks - 1), backoffDelays.lastMs);
}

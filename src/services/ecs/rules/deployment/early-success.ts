import type { DeploymentEarlySuccessCriteria } from '@aws-sdk/client-ecs';
import type { Kept } from '../../tables.ts';
import type { ServiceTask } from './service-task.ts';

/**
 * How far a rolling deployment is that may succeed before all its tasks have come: `enough` of them are healthy, so that it
 * bakes and its source's tasks go; `complete` when nothing is left to wait for but the bake time.
 */
export type EarlySuccess = 'no' | 'enough' | 'complete';

/** At least one task has to show itself healthy, whatever the percentage, where the service has any. */
export function earlySuccess(
  criteria: Kept<DeploymentEarlySuccessCriteria> | undefined,
  desiredCount: number,
  tasks: readonly ServiceTask[],
  isWanted: (task: ServiceTask) => boolean,
): EarlySuccess {
  if (!criteria?.enable) return 'no';
  const { healthyPercent = 100, sourceServiceRevisionCleanup } = criteria;
  const required = Math.max(Math.ceil((desiredCount * healthyPercent) / 100), Math.min(desiredCount, 1));
  const healthy = tasks.filter((task) => isWanted(task) && !task.isDraining && task.health === 'HEALTHY').length;
  if (healthy < required) return 'no';
  const isCleanedUp = !tasks.some((task) => task.isCounted && !isWanted(task));
  return isCleanedUp || sourceServiceRevisionCleanup === 'DEFERRED' ? 'complete' : 'enough';
}

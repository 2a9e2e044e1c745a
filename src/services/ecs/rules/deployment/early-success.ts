import type { DeploymentEarlySuccessCriteria } from '@aws-sdk/client-ecs';
import type { Kept } from '../../tables.ts';
import { type Cohort, sizeOf, type Traits } from './cohort.ts';

/**
 * How far a rolling deployment is that may succeed before all its tasks have come: `enough` of them are healthy, so that it
 * bakes and its source's tasks go; `complete` when nothing is left to wait for but the bake time.
 */
export type EarlySuccess = 'no' | 'enough' | 'complete';

/** At least one task has to show itself healthy, whatever the percentage, where the service has any. */
export function earlySuccess(
  criteria: Kept<DeploymentEarlySuccessCriteria> | undefined,
  desiredCount: number,
  cohorts: Iterable<Cohort>,
  isWanted: (task: Traits) => boolean,
): EarlySuccess {
  if (!criteria?.enable) return 'no';
  const { healthyPercent = 100, sourceServiceRevisionCleanup } = criteria;
  const required = Math.max(Math.ceil((desiredCount * healthyPercent) / 100), Math.min(desiredCount, 1));
  const all = [...cohorts];
  const healthy = sizeOf(all.filter((each) => isWanted(each) && !each.isDraining && each.health === 'HEALTHY'));
  if (healthy < required) return 'no';
  const isCleanedUp = !all.some((each) => each.isCounted && !isWanted(each));
  return isCleanedUp || sourceServiceRevisionCleanup === 'DEFERRED' ? 'complete' : 'enough';
}

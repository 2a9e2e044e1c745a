import type { Instant } from '../../core/instant.ts';
import type { Reader } from '../../store/store.ts';
import { drainingInstances } from './service-projections.ts';
import { limits } from './rules/limits.ts';
import { taskCountsOf } from './service-projections.ts';
import { deployments, type ServiceRecord } from './service-tables.ts';
import { tasks } from './tables.ts';

/**
 * Whether sums alone say that there is nothing to do for a service: it has what it desires, and was told so. No task is
 * looked at, so an unchanged service costs the same whatever its size.
 */
export function isQuiet(reader: Reader, service: ServiceRecord, now: Instant): boolean {
  const { arn, desiredCount, steadyAt } = service;
  if (!service.isSteady || service.schedulingStrategy === 'DAEMON') return false;
  if (steadyAt === undefined || steadyAt + limits.repeatedEventMs <= now) return false;
  const { running, pending, unhealthy } = taskCountsOf(reader, arn);
  if (running !== desiredCount || pending > 0 || unhealthy > 0) return false;
  let shown = 0;
  for (const deployment of reader.find(deployments, 'service', arn)) {
    shown += 1;
    const { status, rolloutState } = deployment;
    if (status !== 'PRIMARY' || rolloutState !== 'COMPLETED' || deployment.desiredCount !== desiredCount) return false;
  }
  if (shown !== 1 || reader.count(tasks, 'failedLaunch', arn) > 0) return false;
  return !hasDrainingTasks(reader, service);
}

function hasDrainingTasks(reader: Reader, { arn, clusterArn }: ServiceRecord): boolean {
  for (const instanceArn of reader.projected(drainingInstances).get(clusterArn) ?? []) {
    for (const task of reader.find(tasks, 'occupying', instanceArn)) if (task.serviceArn === arn) return true;
  }
  return false;
}

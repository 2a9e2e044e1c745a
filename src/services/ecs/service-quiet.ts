import type { Instant } from '../../core/instant.ts';
import type { Reader } from '../../store/store.ts';
import { readRolling } from './rolling-deployment.ts';
import { limits } from './rules/limits.ts';
import { drainingInstances, taskCountsOf } from './service-projections.ts';
import { deployments, type ServiceRecord, serviceRevisions } from './service-tables.ts';
import { tasks } from './tables.ts';
import { looksBalanced } from './zone-rebalancing.ts';

/**
 * What sums alone say of a service, so that no task is looked at and the answer costs the same whatever its size: it has
 * what it desires and was told so, or its first tasks are on their way, or this many are still to be started. Undefined
 * where its tasks have to be looked at.
 */
export function glance(reader: Reader, service: ServiceRecord, now: Instant): { readonly missing: number } | undefined {
  if (service.schedulingStrategy === 'DAEMON') return undefined;
  if (reader.count(deployments, 'service', service.arn) !== 1) return undefined;
  if (reader.count(tasks, 'failedLaunch', service.arn) > 0 || hasDrainingTasks(reader, service)) return undefined;
  if (isSteady(reader, service, now)) return { missing: 0 };
  return comingUp(reader, service);
}

function isSteady(reader: Reader, service: ServiceRecord, now: Instant): boolean {
  const { arn, desiredCount, steadyAt } = service;
  if (!service.isSteady || steadyAt === undefined || steadyAt + limits.repeatedEventMs <= now) return false;
  const { running, pending, unhealthy } = taskCountsOf(reader, arn);
  if (running !== desiredCount || pending > 0 || unhealthy > 0) return false;
  const primary = readRolling(reader, service)?.primary;
  if (primary?.rolloutState !== 'COMPLETED' || primary.desiredCount !== desiredCount) return false;
  return looksBalanced(reader, service);
}

/** A deployment without a predecessor and without a failure has nothing to decide until all its tasks run. */
function comingUp(reader: Reader, service: ServiceRecord): { readonly missing: number } | undefined {
  const { arn, desiredCount, isUnplaced, failedLaunches, isSteady: wasSteady } = service;
  const rolling = readRolling(reader, service);
  if (!rolling?.open || isUnplaced || failedLaunches > 0 || wasSteady) return undefined;
  const { primary, open } = rolling;
  const { running, pending, live, unhealthy } = taskCountsOf(reader, arn);
  const own = taskCountsOf(reader, primary.id);
  const missing = desiredCount - running - pending;
  const isUneventful =
    primary.rolloutState === 'IN_PROGRESS' &&
    primary.failedTasks === 0 &&
    primary.desiredCount === desiredCount &&
    open.status === 'IN_PROGRESS' &&
    open.alarms.status !== 'MONITORING' &&
    open.circuitBreaker.failureCount === 0;
  // What the first task that runs is to be noted for has been noted.
  const isNoted = running === 0 || (open.circuitBreaker.hasRun && isPinned(reader, primary.revisionArn));
  const areAllComing = live === running + pending && own.live === live && unhealthy === 0;
  if (!isUneventful || !isNoted || !areAllComing || missing < 0 || running >= desiredCount) return undefined;
  return { missing };
}

function isPinned(reader: Reader, revisionArn: string): boolean {
  return (reader.get(serviceRevisions, revisionArn)?.containerImages.length ?? 0) > 0;
}

function hasDrainingTasks(reader: Reader, { arn, clusterArn }: ServiceRecord): boolean {
  for (const instanceArn of reader.projected(drainingInstances).get(clusterArn) ?? []) {
    for (const task of reader.find(tasks, 'occupying', instanceArn)) if (task.serviceArn === arn) return true;
  }
  return false;
}

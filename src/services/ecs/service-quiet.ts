import type { Instant } from '../../core/instant.ts';
import type { Reader } from '../../store/store.ts';
import { readRolling } from './rolling-deployment.ts';
import { boundsOf } from './rules/deployment/bounds.ts';
import { limits } from './rules/limits.ts';
import { drainingInstances, taskCountsOf } from './service-projections.ts';
import { deployments, type ServiceRecord, serviceRevisions } from './service-tables.ts';
import { sourceRecords } from './sources.ts';
import { tasks } from './tables.ts';
import { looksBalanced } from './zone-rebalancing.ts';

/** What is to be done at once; nothing where `start` is 0. */
export interface Glance {
  readonly start: number;
}

/**
 * What sums alone say of a service, so that no task is looked at and the answer costs the same whatever its size: it has
 * what it desires and was told so, or its first tasks are on their way, or this many are to be started before anything
 * else. Undefined where its tasks have to be looked at.
 */
export function glance(reader: Reader, service: ServiceRecord, now: Instant): Glance | undefined {
  if (service.schedulingStrategy === 'DAEMON') return undefined;
  if (reader.count(tasks, 'failedLaunch', service.arn) > 0 || hasDrainingTasks(reader, service)) return undefined;
  if (reader.count(deployments, 'service', service.arn) !== 1) return startsOfRollOut(reader, service);
  if (isSteady(reader, service, now)) return { start: 0 };
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
function comingUp(reader: Reader, service: ServiceRecord): Glance | undefined {
  const { desiredCount } = service;
  const own = startsOfUneventful(reader, service);
  if (!own) return undefined;
  const { running, live } = taskCountsOf(reader, service.arn);
  if (own.live !== live || running >= desiredCount || own.missing < 0) return undefined;
  const start = Math.min(own.missing, own.room);
  return start > 0 || own.missing === 0 ? { start: Math.max(start, 0) } : undefined;
}

/** What a roll-out may start it starts first; which old tasks go is looked at when nothing is left to start. */
function startsOfRollOut(reader: Reader, service: ServiceRecord): Glance | undefined {
  const own = startsOfUneventful(reader, service);
  if (!own) return undefined;
  const start = Math.min(own.missing, own.room);
  return start > 0 ? { start } : undefined;
}

interface Starts {
  readonly missing: number;
  /** Under the upper bound. */
  readonly room: number;
  /** Tasks of the deployment that are not STOPPED. */
  readonly live: number;
}

/** Of a deployment under way of which nothing has failed, and nothing is to be noted, told or found. */
function startsOfUneventful(reader: Reader, service: ServiceRecord): Starts | undefined {
  const { arn, desiredCount, isUnplaced, failedLaunches, isSteady: wasSteady } = service;
  const rolling = readRolling(reader, service);
  if (!rolling?.open || isUnplaced || failedLaunches > 0 || wasSteady) return undefined;
  const { primary, open } = rolling;
  const all = taskCountsOf(reader, arn);
  const own = taskCountsOf(reader, primary.id);
  const isUneventful =
    primary.rolloutState === 'IN_PROGRESS' &&
    primary.failedTasks === 0 &&
    primary.desiredCount === desiredCount &&
    open.status === 'IN_PROGRESS' &&
    !open.deploymentConfiguration.earlySuccessCriteria?.enable &&
    open.alarms.status !== 'MONITORING' &&
    open.circuitBreaker.failureCount === 0;
  // What the first task that runs is to be noted for has been noted.
  const isNoted = own.running === 0 || (open.circuitBreaker.hasRun && isPinned(reader, primary.revisionArn));
  const areAllComing = own.live === own.running + own.pending && all.unhealthy === 0;
  if (!isUneventful || !isNoted || !areAllComing || missesSourceTasks(reader, service)) return undefined;
  const { upper } = boundsOf(desiredCount, service.schedulingStrategy, service.deploymentConfiguration);
  return {
    missing: desiredCount - own.running - own.pending,
    room: upper - all.running - all.pending,
    live: own.live,
  };
}

/** Of what is left: such tasks are replaced before others are started. */
function missesSourceTasks(reader: Reader, service: ServiceRecord): boolean {
  return sourceRecords(reader, service).some(({ id, desiredCount }) => {
    const { running, pending } = taskCountsOf(reader, id);
    return running + pending < desiredCount;
  });
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

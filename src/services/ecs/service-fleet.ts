/** The tasks of one deployment or task set, and keeping them as many as they are to be. */
import type { Instant } from '../../core/instant.ts';
import type { Env, Reader, Transaction } from '../../store/store.ts';
import type { Bounds } from './rules/deployment/bounds.ts';
import { cohortsOf } from './rules/deployment/cohort.ts';
import { keepUp, type KeepUpState, type Stop } from './rules/deployment/keep-up.ts';
import type { ServiceTask } from './rules/deployment/service-task.ts';
import type { FleetWish } from './rules/deployment/stages.ts';
import { limits } from './rules/limits.ts';
import { addServiceEvent, serviceMessage } from './service-events.ts';
import {
  failedHealthCheckCause,
  type LaunchSource,
  scalingCause,
  startTasks,
  stopTasks,
  tellOfTasks,
} from './service-launch.ts';
import { stopChooser } from './service-state.ts';
import type { ServiceRecord } from './service-tables.ts';
import { type TaskRecord, tasks } from './tables.ts';
import { tasksOfService } from './task-ledger.ts';

export interface ServiceFleet {
  readonly tasks: readonly ServiceTask[];
  /** Pending and running. */
  readonly active: number;
  readonly healthy: number;
  /** When the health of one of them changes by time alone. */
  readonly changesAt?: Instant;
}

export const noFleet: ServiceFleet = { tasks: [], active: 0, healthy: 0 };

/** The tasks that are not STOPPED, by the deployment or task set they were started for. */
export function serviceFleets(
  reader: Reader,
  service: ServiceRecord,
  healthyAfterMs: number,
  now: Instant,
): ReadonlyMap<string, ServiceFleet> {
  const byId = Map.groupBy(tasksOfService(reader, service, healthyAfterMs, now), ({ deploymentId }) => deploymentId);
  return new Map(Array.from(byId, ([id, found]) => [id, fleetOf(found)]));
}

function fleetOf(found: readonly ServiceTask[]): ServiceFleet {
  const changes = found.flatMap(({ changesAt }) => changesAt ?? []);
  const staying = found.filter(({ phase }) => phase !== 'STOPPING');
  return {
    tasks: found,
    active: found.filter(({ isCounted }) => isCounted).length,
    healthy: staying.filter(({ health }) => health === 'HEALTHY').length,
    ...(changes.length > 0 && { changesAt: Math.min(...changes) }),
  };
}

export interface FleetOrder {
  readonly wish: FleetWish;
  /** How many tasks it is to have when they are all wanted. */
  readonly desiredCount: number;
  /** Of this fleet: what the bounds of the service leave for it. */
  readonly bounds: Bounds;
  /** False while its launches fail and wait. */
  readonly mayStart: boolean;
  /** Whether it is being deployed: failed tasks go at once then; in a settled fleet their replacements come first. */
  readonly isRollout: boolean;
  /** Tasks that may be started and stopped: what is left of what the transaction holds. */
  readonly room: number;
}

export interface FleetStep {
  /** How much of the room it took. */
  readonly changed: number;
  /** Tasks that were stopped because their health checks failed. */
  readonly failedHealthChecks: readonly TaskRecord[];
  /** How many healthy tasks were stopped. */
  readonly healthyStopped: number;
  /** Whether tasks it should have started found no place. */
  readonly isUnplaced: boolean;
  /** When to look again though nothing has changed. */
  readonly lookAt?: Instant;
}

/** Starts and stops what brings the fleet nearer to what is wanted, within its bounds. */
export function keepFleet(
  tx: Transaction,
  env: Env,
  source: LaunchSource,
  fleet: ServiceFleet,
  order: FleetOrder,
): FleetStep {
  if (order.wish === 'hold') return { changed: 0, failedHealthChecks: [], healthyStopped: 0, isUnplaced: false };
  const { service, deploymentId } = source;
  const desiredCount = order.wish === 'none' ? 0 : order.desiredCount;
  const state: KeepUpState = {
    desiredCount,
    ...order.bounds,
    cohorts: cohortsOf(fleet.tasks),
    isWanted: () => order.wish === 'full',
    mayStart: order.wish === 'full' && order.mayStart,
    isRollout: order.isRollout,
    unplaced: 0,
    most: limits.tasksPerServiceStep,
    chooseToStop: stopChooser(tx, service),
  };
  const decision = keepUp(state);
  const toStart = Math.min(decision.start, Math.max(order.room, 0));
  const { started, refusal } = toStart > 0 ? startTasks(tx, env, source, toStart) : { started: [] };
  const unplaced = toStart - started.length;
  // Where the cluster has no room, tasks that are to go make it first.
  const { stop } = unplaced > 0 ? keepUp({ ...state, unplaced }) : decision;
  const left = Math.max(order.room - started.length, 0);
  // Each of these is told of, which is two writes more.
  const failed = tasksOf(stop, 'UNHEALTHY').slice(0, Math.ceil(left / 3));
  const scaled = tasksOf(stop, 'SCALING').slice(0, Math.max(left - failed.length * 3, 0));
  const stoppedFailed = stopTasks(tx, env, failed, failedHealthCheckCause);
  for (const { id } of stoppedFailed) {
    addServiceEvent(tx, env, service, serviceMessage.failedContainerHealthChecks(service.name, id));
  }
  const stopped = [...stoppedFailed, ...stopTasks(tx, env, scaled, scalingCause(deploymentId))];
  tellOfTasks(tx, env, service, started, stopped);
  // What is told of one task goes for all until they have found their places.
  if (refusal !== undefined) addServiceEvent(tx, env, service, refusal, { isNew: !service.isUnplaced });
  if (decision.isHeldByProtection) {
    addServiceEvent(tx, env, service, serviceMessage.protectedTasks(service.name, deploymentId));
  }
  const lookAt = earliest([
    fleet.changesAt,
    unplaced > 0 ? env.now + limits.unplacedRetryMs : undefined,
    decision.isHeldByProtection ? endOfProtection(tx, fleet, env.now) : undefined,
  ]);
  const changed = started.length + stopped.length + stoppedFailed.length * 2;
  return {
    changed,
    failedHealthChecks: stoppedFailed,
    healthyStopped: scaled.filter(({ health }) => health === 'HEALTHY').length,
    isUnplaced: refusal !== undefined,
    ...(lookAt !== undefined && { lookAt }),
  };
}

/** The service as it is remembered whether tasks of it wait for room. */
export function withUnplaced(service: ServiceRecord, isUnplaced: boolean): ServiceRecord {
  const { isUnplaced: _before, ...rest } = service;
  return isUnplaced ? { ...rest, isUnplaced } : rest;
}

function tasksOf(stop: readonly Stop[], reason: Stop['why']): readonly ServiceTask[] {
  return stop.filter(({ why }) => why === reason).map(({ task }) => task);
}

function endOfProtection(reader: Reader, { tasks: found }: ServiceFleet, now: Instant): Instant | undefined {
  const ends = found.flatMap(({ arn }) => reader.get(tasks, arn)?.protectedUntil ?? []);
  return earliest(ends.filter((end) => end > now));
}

export function earliest(instants: readonly (Instant | undefined)[]): Instant | undefined {
  const known = instants.filter((instant) => instant !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

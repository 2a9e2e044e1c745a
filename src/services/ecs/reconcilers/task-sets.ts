/** Gives the task sets of services that others deploy (EXTERNAL, CODE_DEPLOY) their tasks: one service is one key. */
import type { Reconciler } from '../../../control/reconciler.ts';
import type { Instant } from '../../../core/instant.ts';
import type { Env, Reader, Transaction } from '../../../store/store.ts';
import { boundsOf } from '../rules/deployment/bounds.ts';
import { backOff } from '../rules/deployment/failures.ts';
import {
  earliest,
  type FleetStep,
  keepFleet,
  noFleet,
  type ServiceFleet,
  serviceFleets,
  withUnplaced,
} from '../service-fleet.ts';
import { addServiceEvent, serviceMessage } from '../service-events.ts';
import { tasksPerStep } from '../service-state.ts';
import { type ServiceRecord, services, type TaskSetRecord, taskSets } from '../service-tables.ts';
import { computedDesiredCount } from '../service-view.ts';
import { arnsOf, servicesOfInstance, servicesOfTask } from '../service-wakes.ts';
import { containerInstances, tasks } from '../tables.ts';

export function serviceTaskSets(settings: { readonly healthyAfterMs: number }): Reconciler {
  return {
    name: 'ecs.task-sets',
    wakes: [
      { table: services, keys: ownedKey },
      { table: taskSets, keys: (reader, arn) => ownedKey(reader, reader.get(taskSets, arn)?.serviceArn) },
      { table: tasks, keys: (reader, arn) => ownedKeys(reader, servicesOfTask(reader, arn)) },
      { table: containerInstances, keys: (reader, arn) => ownedKeys(reader, servicesOfInstance(reader, arn)) },
    ],
    all: (reader) => ownedKeys(reader, arnsOf(reader.list(services))),
    reconcile: (tx, env, serviceArn) => {
      const service = tx.get(services, serviceArn);
      if (!service || service.deploymentController === 'ECS') return undefined;
      if (service.status !== 'ACTIVE') {
        drain(tx, service);
        return undefined;
      }
      const lookAt = step(tx, env, service, settings.healthyAfterMs);
      return lookAt === undefined ? undefined : { afterMs: Math.max(lookAt - env.now, 0) };
    },
  };
}

function ownedKeys(reader: Reader, serviceArns: Iterable<string>): readonly string[] {
  return Array.from(serviceArns).flatMap((arn) => ownedKey(reader, arn));
}

function ownedKey(reader: Reader, serviceArn: string | undefined): readonly string[] {
  const service = serviceArn === undefined ? undefined : reader.get(services, serviceArn);
  return service && service.deploymentController !== 'ECS' ? [service.arn] : [];
}

/** The tasks of a deleted service are stopped as those of any other; its task sets go with it. */
function drain(tx: Transaction, service: ServiceRecord): void {
  const own = [...tx.find(taskSets, 'service', service.arn)];
  for (const taskSet of own) {
    if (service.status === 'INACTIVE') tx.delete(taskSets, taskSet.arn);
    else tx.put(taskSets, { ...taskSet, status: 'DRAINING' });
  }
}

function step(tx: Transaction, env: Env, before: ServiceRecord, healthyAfterMs: number): Instant | undefined {
  const fleets = serviceFleets(tx, before, healthyAfterMs, env.now);
  const service = waitAfterFailures(tx, env, before, fleets);
  const own = [...tx.find(taskSets, 'service', service.arn)];
  const looks: (Instant | undefined)[] = [];
  const [first] = own;
  let isUnplaced = false;
  let room = first ? tasksPerStep(tx, service, first.settings) : 0;
  for (const taskSet of own) {
    const kept = keepTaskSet(tx, env, service, taskSet, fleets.get(taskSet.id) ?? noFleet, room);
    room -= kept?.changed ?? 0;
    isUnplaced ||= kept?.isUnplaced === true;
    looks.push(kept?.lookAt);
  }
  tx.put(services, withSteadiness(tx, env, withUnplaced(service, isUnplaced)));
  const isWaiting = service.launchesAfter !== undefined && service.launchesAfter > env.now;
  return earliest([...looks, isWaiting ? service.launchesAfter : undefined]);
}

/** The user is told when all task sets have come to what is wanted of them. */
function withSteadiness(tx: Transaction, env: Env, service: ServiceRecord): ServiceRecord {
  const own = [...tx.find(taskSets, 'service', service.arn)];
  const isSteady = own.length > 0 && own.every(({ stabilityStatus }) => stabilityStatus === 'STEADY_STATE');
  if (isSteady && !service.isSteady) addServiceEvent(tx, env, service, serviceMessage.steadyState(service.name));
  return { ...service, isSteady };
}

/** Failed launches that one step counts: each is marked, which is a write of its own. */
const countedPerStep = 24;

/** Launches that keep failing wait longer each time, for all task sets of the service together. */
function waitAfterFailures(
  tx: Transaction,
  env: Env,
  service: ServiceRecord,
  fleets: ReadonlyMap<string, ServiceFleet>,
): ServiceRecord {
  const failed = Array.from(tx.find(tasks, 'failedLaunch', service.arn)).slice(0, countedPerStep);
  for (const task of failed) tx.put(tasks, { ...task, isFailureCounted: true });
  const since = Math.max(service.launchesAfter ?? 0, ...failed.map(({ stoppedAt }) => stoppedAt ?? 0));
  const hasRunSince = Array.from(fleets.values()).some((fleet) =>
    fleet.tasks.some(({ startedAt = 0 }) => startedAt > since),
  );
  const { failedLaunches, launchesAfter, ...rest } = service;
  const before = { failedLaunches, ...(launchesAfter !== undefined && { launchesAfter }) };
  return { ...rest, ...backOff(before, failed, hasRunSince, env.now) };
}

/** One that drains is gone when its last task is. */
function keepTaskSet(
  tx: Transaction,
  env: Env,
  service: ServiceRecord,
  taskSet: TaskSetRecord,
  fleet: ServiceFleet,
  room: number,
): FleetStep | undefined {
  const isLeaving = taskSet.status === 'DRAINING';
  if (isLeaving && fleet.tasks.length === 0) {
    tx.delete(taskSets, taskSet.arn);
    return undefined;
  }
  const desiredCount = computedDesiredCount(service, taskSet);
  const launch = { service, settings: taskSet.settings, deploymentId: taskSet.id };
  const kept = keepFleet(tx, env, launch, fleet, {
    wish: isLeaving ? 'none' : 'full',
    desiredCount,
    bounds: boundsOf(isLeaving ? 0 : desiredCount, 'REPLICA', service.deploymentConfiguration),
    mayStart: (service.launchesAfter ?? 0) <= env.now,
    isRollout: false,
    room,
  });
  const stabilityStatus = isSteady(fleet, desiredCount) ? 'STEADY_STATE' : 'STABILIZING';
  const isSame = stabilityStatus === taskSet.stabilityStatus;
  tx.put(taskSets, isSame ? taskSet : { ...taskSet, stabilityStatus, stabilityStatusAt: env.now });
  return kept;
}

/** As many run as are wanted, none is on its way or on an instance that drains, and all report health that is good. */
function isSteady({ tasks: found }: ServiceFleet, desiredCount: number): boolean {
  const staying = found.filter(({ phase }) => phase !== 'STOPPING');
  return (
    staying.length === desiredCount &&
    staying.every(({ phase, health, isDraining }) => phase === 'RUNNING' && health === 'HEALTHY' && !isDraining) &&
    found.every(({ phase, isCounted }) => phase !== 'STOPPING' || !isCounted)
  );
}

/** Brings blue/green, linear and canary deployments through their stages: one service is one key. */
import type { Reconciler } from '../../../control/reconciler.ts';
import { assert } from '../../../core/assert.ts';
import type { Instant } from '../../../core/instant.ts';
import type { Env, Reader, Transaction } from '../../../store/store.ts';
import { alarms } from '../../cloudwatch/public.ts';
import { countFailedSources, sourceLaunchesAfter } from '../failed-sources.ts';
import {
  countFailed,
  countFailedChecks,
  failuresToCount,
  pinImages,
  readRolling,
  watchAlarms,
} from '../rolling-deployment.ts';
import { type Bounds, boundsOf, type FleetSize, lowerOfFleet, upperOfFleet } from '../rules/deployment/bounds.ts';
import { failureOf } from '../rules/deployment/outcome.ts';
import type { ServiceTask } from '../rules/deployment/service-task.ts';
import { type FleetWishes, fleetWishes, nextStage, type StageFacts } from '../rules/deployment/stages.ts';
import { earliest, keepFleet, noFleet, type ServiceFleet, serviceFleets, withUnplaced } from '../service-fleet.ts';
import { newHookId } from '../service-ids.ts';
import { tasksPerStep } from '../service-state.ts';
import { type StagedDeployment, stagedDeployment, steeringOf } from '../service-steering.ts';
import {
  type DeploymentRecord,
  deployments,
  type RevisionSettings,
  type ServiceRecord,
  serviceDeployments,
  serviceRevisions,
  services,
  type StageState,
  trafficReports,
} from '../service-tables.ts';
import { applyMove, endCarrier } from '../staged-moves.ts';
import { arnsOf, servicesOfInstance, servicesOfTask } from '../service-wakes.ts';
import { containerInstances, type TaskRecord, tasks } from '../tables.ts';
import { carriesTestTraffic, carriesTraffic, type DeploymentFleets, fleetsOf, observedTraffic } from '../traffic.ts';

export interface FleetSettings {
  /** How long after RUNNING a task without a health check counts as healthy. */
  readonly healthyAfterMs: number;
}

export function deploymentStages(settings: FleetSettings): Reconciler {
  return {
    name: 'ecs.deployment-stages',
    wakes: [
      { table: services, keys: ownedKey },
      { table: trafficReports, keys: ownedKey },
      {
        table: serviceDeployments,
        keys: (reader, arn) => ownedKey(reader, reader.get(serviceDeployments, arn)?.serviceArn),
      },
      { table: tasks, keys: (reader, arn) => ownedKeys(reader, servicesOfTask(reader, arn)) },
      { table: containerInstances, keys: (reader, arn) => ownedKeys(reader, servicesOfInstance(reader, arn)) },
      { table: alarms, keys: allKeys },
    ],
    all: allKeys,
    reconcile: (tx, env, serviceArn) => {
      const lookAt = step(tx, env, serviceArn, settings);
      return lookAt === undefined ? undefined : { afterMs: Math.max(lookAt - env.now, 0) };
    },
  };
}

function allKeys(reader: Reader): readonly string[] {
  return ownedKeys(reader, arnsOf(reader.list(services)));
}

function ownedKeys(reader: Reader, serviceArns: Iterable<string>): readonly string[] {
  return Array.from(serviceArns).flatMap((arn) => ownedKey(reader, arn));
}

function ownedKey(reader: Reader, serviceArn: string | undefined): readonly string[] {
  const service = serviceArn === undefined ? undefined : reader.get(services, serviceArn);
  return service && steeringOf(reader, service) === 'stages' ? [service.arn] : [];
}

interface Scene {
  readonly service: ServiceRecord;
  readonly deployment: StagedDeployment;
  readonly fleets: DeploymentFleets;
  readonly seen: ReadonlyMap<string, ServiceFleet>;
  /** Tasks that this step may start and stop, of all fleets, beside the failed ones that it has counted. */
  readonly room: number;
}

/** One move of the stages, and what the fleets need where they stand then. Gives when to look again, by time alone. */
function step(tx: Transaction, env: Env, serviceArn: string, { healthyAfterMs }: FleetSettings): Instant | undefined {
  const present = tx.get(services, serviceArn);
  if (!present || steeringOf(tx, present) !== 'stages') return undefined;
  const seen = serviceFleets(tx, present, healthyAfterMs, env.now);
  const counting = failuresToCount(tx, present);
  const countedOfSources = countFailedSources(tx, env, serviceArn, ({ id }) => seen.get(id)?.tasks ?? []);
  const rolling = readRolling(tx, present);
  if (rolling) pinImages(tx, rolling);
  const service = rolling ? countFailed(tx, env, rolling, tasksOf(seen)).service : present;
  const staged = stagedDeployment(tx, serviceArn);
  assert(staged, 'what steers a service is there');
  const deployment = { ...watchAlarms(tx, staged), stages: staged.stages };
  const room = Math.max(tasksPerStep(tx, service, service.settings) - counting - countedOfSources, 1);
  const scene = { service, deployment, fleets: fleetsOf(tx, service, deployment), seen, room };
  const facts = factsOf(tx, scene);
  const move = nextStage(deployment.stages, facts, env.now, (targetType) => newHookId(env, targetType));
  applyMove(tx, env, scene, move);
  if (move.end) return undefined;
  return earliest([move.lookAt, ...keepFleets(tx, env, scene, move.state, fleetWishes(move.state, facts))]);
}

function tasksOf(seen: ReadonlyMap<string, ServiceFleet>): readonly ServiceTask[] {
  return Array.from(seen.values()).flatMap((fleet) => fleet.tasks);
}

function factsOf(reader: Reader, scene: Scene): StageFacts {
  const { service, deployment, seen } = scene;
  const { target, source } = scene.fleets;
  const settings = settingsOf(reader, deployment.targetRevisionArn);
  const fleet = (of: DeploymentRecord | undefined): ServiceFleet => (of && seen.get(of.id)) ?? noFleet;
  const { isRollingBack } = deployment.stages;
  const failure = failureOf(
    deployment,
    (isRollingBack ? source : target)?.failedTasks ?? 0,
    deployment.alarms.triggeredAlarmNames,
  )?.reason;
  const known = new Set([target?.id, source?.id]);
  const strays = [...seen].filter(([id]) => !known.has(id)).map(([, found]) => found);
  return {
    configuration: deployment.deploymentConfiguration,
    hasSource: source !== undefined,
    shiftsTestTraffic: carriesTestTraffic(settings),
    desiredCount: service.desiredCount,
    target: fleet(target),
    source: fleet(source),
    others: {
      active: strays.reduce((total, { active }) => total + active, 0),
      healthy: strays.reduce((total, { healthy }) => total + healthy, 0),
    },
    areOthersHeld: healthyOf(seen) <= boundsOfService(service).lower || strays.every(isProtected),
    traffic: carriesTraffic(settings)
      ? observedTraffic(reader, service.arn, deployment.targetRevisionArn, source?.revisionArn)
      : undefined,
    failure: isRollingBack ? undefined : failure,
    sourceFailure: isRollingBack ? failure : undefined,
  };
}

function boundsOfService({ desiredCount, deploymentConfiguration }: ServiceRecord): Bounds {
  return boundsOf(desiredCount, 'REPLICA', deploymentConfiguration);
}

function healthyOf(seen: ReadonlyMap<string, ServiceFleet>): number {
  let total = 0;
  for (const { healthy } of seen.values()) total += healthy;
  return total;
}

function isProtected({ tasks: found }: ServiceFleet): boolean {
  return found.every((task) => task.isProtected && task.phase !== 'STOPPING');
}

function settingsOf(reader: Reader, revisionArn: string): RevisionSettings {
  const revision = reader.get(serviceRevisions, revisionArn);
  assert(revision, `service revision ${revisionArn} is kept while a deployment uses it`);
  return revision.settings;
}

/** What each fleet needs, and what is to be remembered of those that failed. Gives when to look again. */
function keepFleets(
  tx: Transaction,
  env: Env,
  scene: Scene,
  { isRollingBack }: StageState,
  wishes: FleetWishes,
): readonly (Instant | undefined)[] {
  const { seen } = scene;
  const { target, source, others } = scene.fleets;
  const { arn } = scene.service;
  const service = tx.get(services, arn);
  assert(service, `service ${arn} stays while a deployment of it is under way`);
  const looks: (Instant | undefined)[] = [];
  const bounds = boundsOfService(service);
  const sizeOf = (of: DeploymentRecord | undefined, isClaiming: boolean): FleetSize => ({
    active: (of && seen.get(of.id)?.active) ?? 0,
    claim: of && isClaiming ? service.desiredCount : 0,
  });
  let { room } = scene;
  let healthy = healthyOf(seen);
  let isUnplaced = false;
  const failedHealthChecks: TaskRecord[] = [];
  const parts = [
    // Each with the other of the two that it shares the upper bound with. What is left of others starts nothing.
    [target, wishes.target, sizeOf(source, wishes.source === 'full')],
    [source, wishes.source, sizeOf(target, !isRollingBack)],
    ...others.map((other) => [other, wishes.others, sizeOf(undefined, false)] as const),
  ] as const;
  for (const [part, wish, beside] of parts) {
    const record = part && tx.get(deployments, part.id);
    if (!record) continue;
    const revision = tx.get(serviceRevisions, record.revisionArn);
    assert(revision, `service revision ${record.revisionArn} is kept while a deployment uses it`);
    const desiredCount = { full: service.desiredCount, none: 0, hold: record.desiredCount }[wish];
    if (desiredCount !== record.desiredCount) tx.put(deployments, { ...record, desiredCount, updatedAt: env.now });
    const fleet = seen.get(record.id) ?? noFleet;
    const isPrimary = record.status === 'PRIMARY';
    // Failed launches of what is PRIMARY make the service wait: what it came from is not to suffer for them.
    const launchesAfter = isPrimary ? service.launchesAfter : sourceLaunchesAfter(record);
    const mayStart = (launchesAfter ?? 0) <= env.now;
    const launch = { service, settings: revision.settings, deploymentId: record.id, revision };
    const kept = keepFleet(tx, env, launch, fleet, {
      wish,
      desiredCount,
      bounds: {
        lower: lowerOfFleet(bounds, wish === 'none', healthy - fleet.healthy),
        upper: upperOfFleet(service.desiredCount, bounds, beside),
      },
      mayStart,
      isRollout: part === target,
      room,
    });
    room -= kept.changed;
    healthy -= kept.healthyStopped;
    isUnplaced ||= kept.isUnplaced;
    failedHealthChecks.push(...kept.failedHealthChecks);
    looks.push(kept.lookAt, mayStart ? undefined : launchesAfter);
    const isLeftOver = part !== target && part !== source;
    if (isLeftOver && wish === 'none' && fleet.tasks.length === 0) endCarrier(tx, env, record);
  }
  const after = withUnplaced(service, isUnplaced);
  tx.put(services, after);
  const rolling = readRolling(tx, after);
  if (rolling) countFailedChecks(tx, env, rolling, tasksOf(seen), failedHealthChecks);
  return looks;
}

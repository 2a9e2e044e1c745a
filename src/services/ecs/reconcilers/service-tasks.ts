import type { Reconciler } from '../../../control/reconciler.ts';
import { assert } from '../../../core/assert.ts';
import type { Instant } from '../../../core/instant.ts';
import type { Env, Reader, Transaction } from '../../../store/store.ts';
import { alarms } from '../../cloudwatch/public.ts';
import {
  bakedAt,
  completeIfBaked,
  countFailed,
  countFailedChecks,
  earlySuccessCriteriaOf,
  failIfDue,
  failuresToCount,
  launchSourceOf,
  mayLaunch,
  pinImages,
  readRolling,
  retireEmpty,
  type Rolling,
  sourceOf,
} from '../rolling-deployment.ts';
import { boundsOf } from '../rules/deployment/bounds.ts';
import { daemon } from '../rules/deployment/daemon.ts';
import { type EarlySuccess, earlySuccess } from '../rules/deployment/early-success.ts';
import {
  keepUp,
  type KeepUpDecision,
  type KeepUpState,
  keptOfSources,
  type Stop,
} from '../rules/deployment/keep-up.ts';
import type { Traits } from '../rules/deployment/cohort.ts';
import { chooseFromFullest } from '../rules/deployment/zone-balance.ts';
import { limits } from '../rules/limits.ts';
import { addServiceEvent, serviceMessage } from '../service-events.ts';
import {
  failedHealthCheckCause,
  type Launched,
  type LaunchSource,
  rebalancingCause,
  scalingCause,
  startTasks,
  startTasksOn,
  stopTasks,
  tellOfTasks,
} from '../service-launch.ts';
import { daemonInstances } from '../daemon-instances.ts';
import { countFailedSources } from '../failed-sources.ts';
import { glance } from '../service-quiet.ts';
import { stopChooser, tasksPerStep } from '../service-state.ts';
import { steeringOf } from '../service-steering.ts';
import { sourcesLaunchAfter, sourcesOf, writeSources } from '../sources.ts';
import {
  type DeploymentRecord,
  deployments,
  type ServiceRecord,
  serviceDeployments,
  services,
} from '../service-tables.ts';
import { arnsOf, servicesOfInstance, servicesOfTask } from '../service-wakes.ts';
import { containerInstances, type TaskRecord, tasks } from '../tables.ts';
import { forgetTasks, type SeenTasks, tasksOfService } from '../task-ledger.ts';
import { looksBalanced, startForBalance, tellOfBalance, tellOfBalanceReached } from '../zone-rebalancing.ts';

export interface ServiceTasksSettings {
  readonly healthyAfterMs: number;
}

/**
 * Keeps as many tasks of a service as it desires, of the revision it is to have, through rolling deployments, failures
 * and instances that go. One key is one service's ARN. Each step starts and stops no more tasks than a transaction can
 * hold; what it writes wakes it again.
 */
export function serviceTasks(settings: ServiceTasksSettings): Reconciler {
  return {
    name: 'ecs.service-tasks',
    wakes: [
      { table: services, keys: (_reader, arn) => [arn] },
      { table: deployments, keys: (reader, id) => present(reader.get(deployments, id)?.serviceArn) },
      { table: serviceDeployments, keys: (reader, arn) => present(reader.get(serviceDeployments, arn)?.serviceArn) },
      { table: tasks, keys: servicesOfTask },
      { table: containerInstances, keys: servicesOfInstance },
      { table: alarms, keys: (reader) => arnsOf(reader.list(services)) },
    ],
    all: (reader) => arnsOf(reader.list(services)),
    reconcile: (tx, env, arn) => {
      const service = tx.get(services, arn);
      const steering = service?.status === 'ACTIVE' ? steeringOf(tx, service) : undefined;
      if (steering !== 'rolling' && steering !== 'stages') forgetTasks(tx, arn);
      if (!service || steering !== 'rolling') return undefined;
      const at = step(tx, env, service, settings);
      return at === undefined ? undefined : { afterMs: Math.max(at - env.now, 0) };
    },
  };
}

function present(arn: string | undefined): readonly string[] {
  return arn === undefined ? [] : [arn];
}

/** The one next step. Returns when to look again though nothing has changed. */
function step(tx: Transaction, env: Env, service: ServiceRecord, { healthyAfterMs }: ServiceTasksSettings) {
  const glanced = glance(tx, service, env.now);
  if (glanced?.start === 0) return undefined;
  const read = readRolling(tx, service);
  if (!read) return undefined;
  if (glanced) return startOnly(tx, env, read, glanced.start);
  const look = (): SeenTasks => tasksOfService(tx, service, healthyAfterMs, env.now);
  const counting = failuresToCount(tx, service);
  pinImages(tx, read);
  const seen = look();
  const ofSource = ({ id }: DeploymentRecord) => Array.from(seen).filter(({ deploymentId }) => deploymentId === id);
  const countedOfSources = countFailedSources(tx, env, service.arn, ofSource);
  const rolling = failIfDue(tx, env, countFailed(tx, env, read, seen));
  const decision = decide(tx, env, rolling, seen, 0);
  const room = tasksPerStep(tx, service, sourceOf(tx, rolling).settings) - counting - countedOfSources;
  const slice = Math.max(room, 1);
  // Each of these is told of by name, which is two records more.
  const failing = decision.stop.filter(({ why }) => why === 'UNHEALTHY').slice(0, Math.ceil(slice / 3));
  if (failing.length === 0) return keepSources(tx, env, rolling, look, act(tx, env, rolling, seen, decision, slice));
  // Counted before anything is started: the last failure that a breaker takes is followed by no launch.
  const counted = countFailedChecks(tx, env, rolling, seen, stopFailing(tx, env, rolling, failing));
  const judged = failIfDue(tx, env, counted);
  const left = look();
  const next = decide(tx, env, judged, left, 0);
  return keepSources(tx, env, judged, look, act(tx, env, judged, left, next, slice - failing.length * 3));
}

/**
 * What the step has taken away from the deployments that are left, and what is needed of them no more, does not come back;
 * those that have come to nothing are shown no more.
 */
function keepSources<Then>(tx: Transaction, env: Env, rolling: Rolling, look: () => SeenTasks, lookAt: Then): Then {
  const { service } = rolling;
  if (service.schedulingStrategy === 'REPLICA' && sourcesOf(tx, service, env.now).length > 0) {
    writeSources(tx, env, keptOfSources(replicaState(tx, env, rolling, look(), 0)));
  }
  retireEmpty(tx, env, service);
  return lookAt;
}

/** Where sums have said what to start: no task is looked at. */
function startOnly(tx: Transaction, env: Env, rolling: Rolling, start: number): Instant | undefined {
  const { desiredCount } = rolling.service;
  const decision = { start, stop: [], desiredCount, ...nothingElse };
  return act(tx, env, rolling, noTasks, decision, tasksPerStep(tx, rolling.service, sourceOf(tx, rolling).settings));
}

const noTasks: SeenTasks = {
  cohorts: [],
  changesAt: undefined,
  protectedUntil: undefined,
  [Symbol.iterator]: () => [].values(),
};

const nothingElse = {
  startOfSources: [],
  isStuck: false,
  isHeldByProtection: false,
  isSettled: false,
  early: 'no',
} as const;

/** The same for both kinds of service; a DAEMON starts its tasks on instances by name. */
interface Decision
  extends Pick<KeepUpDecision, 'startOfSources' | 'stop' | 'isStuck' | 'isHeldByProtection' | 'isSettled'> {
  readonly start: number | readonly string[];
  readonly desiredCount: number;
  readonly early: EarlySuccess;
}

function decide(reader: Reader, env: Env, rolling: Rolling, seen: SeenTasks, unplaced: number): Decision {
  const { service, primary } = rolling;
  if (service.schedulingStrategy === 'REPLICA') {
    const state = replicaState(reader, env, rolling, seen, unplaced);
    const { desiredCount } = service;
    return { ...keepUp(state), desiredCount, early: earlyOf(rolling, desiredCount, seen) };
  }
  const { matching, held } = daemonInstances(reader, sourceOf(reader, rolling));
  const desiredCount = matching.length;
  const decision = daemon({
    ...boundsOf(desiredCount, 'DAEMON', service.deploymentConfiguration),
    tasks: [...seen],
    isWanted: ({ deploymentId }) => deploymentId === primary.id,
    mayStart: mayLaunch(rolling, env.now),
    instances: matching,
    heldInstances: held,
  });
  const early = earlyOf(rolling, desiredCount, seen);
  return { ...decision, startOfSources: [], isHeldByProtection: false, desiredCount, early };
}

function earlyOf(rolling: Rolling, desiredCount: number, seen: SeenTasks): EarlySuccess {
  const isWanted = ({ deploymentId }: Traits): boolean => deploymentId === rolling.primary.id;
  return earlySuccess(earlySuccessCriteriaOf(rolling), desiredCount, seen.cohorts, isWanted);
}

function replicaState(reader: Reader, env: Env, rolling: Rolling, seen: SeenTasks, unplaced: number): KeepUpState {
  const { service, primary } = rolling;
  const { desiredCount } = service;
  return {
    ...boundsOf(desiredCount, 'REPLICA', service.deploymentConfiguration),
    desiredCount,
    cohorts: seen.cohorts,
    isWanted: ({ deploymentId }) => deploymentId === primary.id,
    sources: sourcesOf(reader, service, env.now),
    mayStart: mayLaunch(rolling, env.now),
    isEnough: earlyOf(rolling, desiredCount, seen) !== 'no',
    isRollout: primary.rolloutState !== 'COMPLETED',
    unplaced,
    most: limits.tasksPerServiceStep,
    ...(service.isRebalancing && { chooseExcess: chooseFromFullest }),
    chooseToStop: stopChooser(reader, service),
  };
}

function act(
  tx: Transaction,
  env: Env,
  rolling: Rolling,
  seen: SeenTasks,
  decision: Decision,
  slice: number,
): Instant | undefined {
  const { service, primary } = rolling;
  const { started, refusal, unplaced } = startAll(tx, env, rolling, decision, slice);
  // Where the cluster has no room, old tasks make it, as far as the lower bound lets them.
  const { stop } = unplaced > 0 ? decide(tx, env, rolling, seen, unplaced) : decision;
  const scaling = stop.flatMap(({ task, why }) => (why === 'SCALING' ? [task] : []));
  // A new deployment has its own reasons to stop what an earlier one was moving.
  const isRebalancing = service.isRebalancing === true && primary.rolloutState === 'COMPLETED';
  const cause = isRebalancing ? rebalancingCause(primary.id) : scalingCause(primary.id);
  const stopped = stopTasks(tx, env, scaling.slice(0, Math.max(slice - started.length, 0)), cause);
  if (isRebalancing) tellOfBalance(tx, env, service, stopped);
  tellOfTasks(tx, env, service, started, isRebalancing ? [] : stopped);
  // What is told of one task goes for all until they have found their places.
  if (refusal !== undefined) addServiceEvent(tx, env, service, refusal, { isNew: !service.isUnplaced });
  if (decision.isStuck && primary.rolloutState === 'IN_PROGRESS') {
    addServiceEvent(tx, env, service, serviceMessage.unableToDeploy(service.name));
  }
  if (decision.isHeldByProtection) {
    addServiceEvent(tx, env, service, serviceMessage.protectedTasks(service.name, primary.id));
  }
  const isSettled = decision.isSettled && started.length + stopped.length === 0;
  const { early } = decision;
  const isBaking = isSettled || early !== 'no';
  const isComplete = isSettled || early === 'complete';
  const ended = isBaking ? completeIfBaked(tx, env, rolling, isComplete) : rolling;
  const isSteady = isSettled && ended.primary.rolloutState === 'COMPLETED';
  const isBalanced = isSteady && isRebalancing && tellOfBalanceReached(tx, env, service, seen);
  const isMoving = isSteady && startForBalance(tx, env, ended, seen, slice).length > 0;
  const isGivenUp = service.isRebalancing === true && (isRebalancing ? isSteady && !isBalanced && !isMoving : true);
  // Tasks that are protected now may be moved later.
  const isUneven = isSteady && !isMoving && !looksBalanced(tx, service);
  if (isGivenUp) addServiceEvent(tx, env, service, serviceMessage.stoppedRebalancing(service.name));
  const steadyAt = writeService(tx, env, ended, decision.desiredCount, {
    isSteady: isSteady && !isMoving,
    isUnplaced: refusal !== undefined,
    isRebalancing: isMoving || (isRebalancing && !isSteady),
  });
  if (isSteady && !isMoving) forgetTasks(tx, service.arn);
  const { launchesAfter = 0 } = ended.service;
  return earliest(env.now, [
    seen.changesAt,
    decision.isHeldByProtection || isUneven ? seen.protectedUntil : undefined,
    launchesAfter,
    ...sourcesLaunchAfter(tx, ended.service),
    isBaking ? bakedAt(tx, ended, env.now) : undefined,
    refusal === undefined ? undefined : env.now + limits.unplacedRetryMs,
    steadyAt === undefined ? undefined : steadyAt + limits.repeatedEventMs,
  ]);
}

interface Start extends Launched {
  /** How many found no place. */
  readonly unplaced: number;
}

/** What fails of what serves is replaced before anything new comes. */
function startAll(
  tx: Transaction,
  env: Env,
  rolling: Rolling,
  { start, startOfSources }: Pick<Decision, 'start' | 'startOfSources'>,
  slice: number,
): Start {
  const all: Start[] = [];
  let left = slice;
  for (const { deploymentId, start: count } of startOfSources) {
    const record = tx.get(deployments, deploymentId);
    assert(record, `deployment ${deploymentId} is there to start tasks for`);
    all.push(startSome(tx, env, launchSourceOf(tx, rolling.service, record), count, left));
    left -= all.at(-1)?.started.length ?? 0;
  }
  all.push(startSome(tx, env, sourceOf(tx, rolling), start, left));
  const refusal = all.find((each) => each.refusal !== undefined)?.refusal;
  return {
    started: all.flatMap(({ started }) => started),
    unplaced: all.reduce((total, each) => total + each.unplaced, 0),
    ...(refusal !== undefined && { refusal }),
  };
}

function startSome(tx: Transaction, env: Env, source: LaunchSource, wanted: Decision['start'], slice: number): Start {
  const count = typeof wanted === 'number' ? wanted : wanted.length;
  const now = Math.min(count, slice);
  if (now <= 0) return { started: [], unplaced: 0 };
  const launched =
    typeof wanted === 'number' ? startTasks(tx, env, source, now) : startTasksOn(tx, env, source, wanted.slice(0, now));
  return { ...launched, unplaced: launched.refusal === undefined ? 0 : count - launched.started.length };
}

function stopFailing(tx: Transaction, env: Env, { service }: Rolling, failing: readonly Stop[]): readonly TaskRecord[] {
  const stopped = stopTasks(
    tx,
    env,
    failing.map(({ task }) => task),
    failedHealthCheckCause,
  );
  for (const { id } of stopped) {
    addServiceEvent(tx, env, service, serviceMessage.failedContainerHealthChecks(service.name, id));
  }
  tellOfTasks(tx, env, service, [], stopped);
  return stopped;
}

/** Writes what the step has found of the service as a whole. Returns when the user was last told that it is steady. */
function writeService(
  tx: Transaction,
  env: Env,
  { service, primary }: Rolling,
  desiredCount: number,
  found: { readonly isSteady: boolean; readonly isUnplaced: boolean; readonly isRebalancing: boolean },
): Instant | undefined {
  const { isUnplaced: _unplaced, isRebalancing: _rebalancing, steadyAt: toldAt, ...rest } = service;
  const isDue =
    found.isSteady && (!service.isSteady || toldAt === undefined || toldAt + limits.repeatedEventMs <= env.now);
  if (isDue) addServiceEvent(tx, env, service, serviceMessage.steadyState(service.name));
  const steadyAt = isDue ? env.now : toldAt;
  tx.put(services, {
    ...rest,
    desiredCount,
    isSteady: found.isSteady,
    ...(found.isUnplaced && { isUnplaced: true }),
    ...(found.isRebalancing && { isRebalancing: true }),
    ...(steadyAt !== undefined && { steadyAt }),
  });
  if (primary.desiredCount !== desiredCount) tx.put(deployments, { ...primary, desiredCount, updatedAt: env.now });
  return found.isSteady ? steadyAt : undefined;
}

/** The first of the times that is still to come. */
function earliest(now: Instant, times: readonly (Instant | undefined)[]): Instant | undefined {
  let first: Instant | undefined;
  for (const at of times) if (at !== undefined && at > now && (first === undefined || at < first)) first = at;
  return first;
}

/**
 * What becomes of a rolling deployment, inside the transaction of the service's step: its failures are counted, its
 * images pinned, and it completes, fails or goes back.
 */
import { assert } from '../../core/assert.ts';
import type { Instant } from '../../core/instant.ts';
import type { Env, Reader, Transaction } from '../../store/store.ts';
import { alarmSpanMs, alarmState } from '../cloudwatch/public.ts';
import { beginDeployment } from './deployment-start.ts';
import { backOff, countFailures, type Seen } from './rules/deployment/failures.ts';
import { type DeploymentFailure, failureOf, rollingBackReason } from './rules/deployment/outcome.ts';
import type { ServiceTask } from './rules/deployment/service-task.ts';
import { endedDeployment } from './service-deployment-end.ts';
import { addServiceEvent, serviceMessage } from './service-events.ts';
import type { LaunchSource } from './service-launch.ts';
import { isSource } from './sources.ts';
import { taskCountsOf } from './service-projections.ts';
import {
  type DeploymentRecord,
  deployments,
  type ServiceDeploymentRecord,
  type ServiceRecord,
  type ServiceRevisionRecord,
  serviceDeployments,
  serviceRevisions,
  services,
} from './service-tables.ts';
import { taskDefinitions, type TaskRecord, tasks } from './tables.ts';

/** A service with what is PRIMARY in it, as one step reads and writes them. */
export interface Rolling {
  readonly service: ServiceRecord;
  readonly primary: DeploymentRecord;
  /** The service deployment of the primary while it is under way. */
  readonly open?: ServiceDeploymentRecord;
}

/** The rolling state as it is now, undefined for a service that has nothing to roll to. */
export function readRolling(reader: Reader, service: ServiceRecord): Rolling | undefined {
  for (const primary of reader.find(deployments, 'service', service.arn)) {
    if (primary.status !== 'PRIMARY') continue;
    const open = reader.get(serviceDeployments, primary.serviceDeploymentArn);
    return { service, primary, ...(open?.finishedAt === undefined && open && { open }) };
  }
  return undefined;
}

/** What the tasks of the primary deployment are made from. */
export function sourceOf(reader: Reader, { service, primary }: Rolling): LaunchSource {
  return launchSourceOf(reader, service, primary);
}

/** The same for any deployment that is shown. */
export function launchSourceOf(reader: Reader, service: ServiceRecord, deployment: DeploymentRecord): LaunchSource {
  const revision = reader.get(serviceRevisions, deployment.revisionArn);
  assert(revision, `the revision of deployment ${deployment.id} is kept while it is shown`);
  return { service, settings: revision.settings, deploymentId: deployment.id, revision };
}

/** Writes what has changed of the three records; what has not is no write. */
function write(tx: Transaction, env: Env, { service, primary, open }: Rolling): Rolling {
  const deployment = touched(tx.get(deployments, primary.id), primary, env);
  const serviceDeployment = open && touched(tx.get(serviceDeployments, open.arn), open, env);
  tx.put(services, service);
  tx.put(deployments, deployment);
  if (serviceDeployment) tx.put(serviceDeployments, serviceDeployment);
  return { service, primary: deployment, ...(serviceDeployment && { open: serviceDeployment }) };
}

/** `updatedAt` moves only when something else does. */
function touched<R extends { readonly updatedAt: Instant }>(before: R | undefined, after: R, env: Env): R {
  return before === after ? after : { ...after, updatedAt: env.now };
}

/** Failed tasks that one step counts. Each is marked, which is a write of its own. */
const countedPerStep = 24;

/** How many failed launches of the service the next step counts: these records are not left for others. */
export function failuresToCount(reader: Reader, { arn }: ServiceRecord): number {
  return Math.min(reader.count(tasks, 'failedLaunch', arn), countedPerStep);
}

/** Counts the launches that ended before they ran since the last step, each once. */
export function countFailed(tx: Transaction, env: Env, rolling: Rolling, seen: Iterable<ServiceTask>): Rolling {
  const failed: TaskRecord[] = [];
  for (const task of tx.find(tasks, 'failedLaunch', rolling.service.arn)) {
    failed.push(task);
    if (failed.length === countedPerStep) break;
  }
  for (const task of failed) tx.put(tasks, { ...task, isFailureCounted: true });
  const own = failed.filter((task) => task.startedBy === rolling.primary.id);
  const failedLaunches = own.flatMap(({ stoppedAt }) => stoppedAt ?? []);
  const counted = withCounts(rolling, seen, { failedLaunches, failedHealthChecks: [] });
  return write(tx, env, { ...counted, service: withBackoff(tx, env, rolling, own, seen) });
}

/** Counts the tasks that were stopped in this step because their health checks failed. */
export function countFailedChecks(
  tx: Transaction,
  env: Env,
  rolling: Rolling,
  seen: Iterable<ServiceTask>,
  stopped: readonly TaskRecord[],
): Rolling {
  const own = stopped.filter((task) => task.startedBy === rolling.primary.id);
  const failedHealthChecks = own.map(() => env.now);
  return write(tx, env, withCounts(rolling, seen, { failedLaunches: [], failedHealthChecks }));
}

function withCounts(
  rolling: Rolling,
  seen: Iterable<ServiceTask>,
  failures: Pick<Seen, 'failedLaunches' | 'failedHealthChecks'>,
): Rolling {
  const { primary, open } = rolling;
  const before = {
    failedTasks: primary.failedTasks,
    failureCount: open?.circuitBreaker.failureCount ?? 0,
    ...(primary.lastFailureAt !== undefined && { lastFailureAt: primary.lastFailureAt }),
    hasRun: open?.circuitBreaker.hasRun ?? true,
  };
  const hasFailures = failures.failedLaunches.length + failures.failedHealthChecks.length > 0;
  // Nothing to count and nothing to forget: what the tasks have come through says nothing new.
  if (!hasFailures && before.failedTasks + before.failureCount === 0 && before.hasRun) return rolling;
  const own = Array.from(seen).filter((task) => task.deploymentId === primary.id);
  const after = countFailures(before, {
    ...failures,
    ranAt: own.flatMap(({ startedAt }) => startedAt ?? []),
    healthyAt: own.flatMap(({ healthyAt }) => healthyAt ?? []),
    resetsOnHealthyTask: open?.deploymentConfiguration.deploymentCircuitBreaker?.resetOnHealthyTask ?? true,
  });
  const { failedTasks, lastFailureAt } = after;
  const isSame = failedTasks === primary.failedTasks && lastFailureAt === primary.lastFailureAt;
  return {
    ...rolling,
    primary: isSame ? primary : { ...primary, failedTasks, ...(lastFailureAt !== undefined && { lastFailureAt }) },
    ...(open && { open: withBreaker(open, after) }),
  };
}

function withBreaker(
  open: ServiceDeploymentRecord,
  after: { readonly failureCount: number; readonly hasRun: boolean },
): ServiceDeploymentRecord {
  const { circuitBreaker } = open;
  // A breaker that has tripped keeps the count it tripped at.
  const failureCount = circuitBreaker.status === 'MONITORING' ? after.failureCount : circuitBreaker.failureCount;
  if (failureCount === circuitBreaker.failureCount && after.hasRun === circuitBreaker.hasRun) return open;
  return { ...open, circuitBreaker: { ...circuitBreaker, failureCount, hasRun: after.hasRun } };
}

/** Rounds of failed launches after which the user is told. */
const toldAfterRounds = 3;

function withBackoff(
  tx: Transaction,
  env: Env,
  { service, primary }: Rolling,
  ownFailed: readonly TaskRecord[],
  present: Iterable<ServiceTask>,
): ServiceRecord {
  const { failedLaunches, launchesAfter, ...rest } = service;
  if (ownFailed.length === 0 && failedLaunches === 0) return service;
  const lastFailedAt = Math.max(...ownFailed.map((task) => task.stoppedAt ?? 0), primary.lastFailureAt ?? 0);
  const hasRunSince = Array.from(present).some(
    (task) => task.deploymentId === primary.id && task.startedAt !== undefined && task.startedAt > lastFailedAt,
  );
  const before = { failedLaunches, ...(launchesAfter !== undefined && { launchesAfter }) };
  const after = backOff(before, ownFailed, hasRunSince, env.now);
  if (after === before) return service;
  if (after.failedLaunches >= toldAfterRounds) {
    const isNew = failedLaunches < toldAfterRounds;
    addServiceEvent(tx, env, service, serviceMessage.unableToStartTasksConsistently(service.name), { isNew });
  }
  return { ...rest, ...after };
}

/**
 * Pins the images of the revision to what its first task that runs has reported, so that a tag which moves meanwhile
 * does not give one revision two contents. A definition can ask for the tag as it is at each start.
 */
export function pinImages(tx: Transaction, { primary }: Rolling): void {
  const revision = tx.get(serviceRevisions, primary.revisionArn);
  if (!revision || revision.containerImages.length > 0) return;
  const counts = taskCountsOf(tx, primary.id);
  if (counts.running === 0) return;
  const definition = tx.get(taskDefinitions, revision.settings.taskDefinitionArn)?.definition;
  const unpinned = new Set<string>();
  for (const { name = '', versionConsistency } of definition?.containerDefinitions ?? []) {
    if (versionConsistency === 'disabled') unpinned.add(name);
  }
  for (const task of tx.find(tasks, 'service', primary.serviceArn)) {
    if (task.startedBy !== primary.id || task.lastStatus !== 'RUNNING') continue;
    const containerImages = task.containers.map(({ name, image, imageDigest }) => ({
      containerName: name,
      image,
      ...(imageDigest !== undefined && !unpinned.has(name) && { imageDigest }),
    }));
    tx.put(serviceRevisions, { ...revision, containerImages });
    return;
  }
}

/** Whether launches may be made now: not after a failure for good, and not before the back-off is over. */
export function mayLaunch({ service, primary }: Rolling, now: Instant): boolean {
  return primary.rolloutState !== 'FAILED' && (service.launchesAfter === undefined || service.launchesAfter <= now);
}

/** Ends the deployment under way if something has failed it: it stands still from then on, or goes back. */
export function failIfDue(tx: Transaction, env: Env, rolling: Rolling): Rolling {
  if (!rolling.open) return rolling;
  const watched = watchAlarms(tx, rolling.open);
  const open = touched(rolling.open, watched, env);
  tx.put(serviceDeployments, open);
  const failure = failureOf(open, rolling.primary.failedTasks, open.alarms.triggeredAlarmNames);
  return failure ? fail(tx, env, { ...rolling, open }, failure) : { ...rolling, open };
}

/** Which of the alarms of a deployment have gone into ALARM since it began. */
export function watchAlarms(reader: Reader, open: ServiceDeploymentRecord): ServiceDeploymentRecord {
  const { alarms } = open;
  if (alarms.status !== 'MONITORING') return open;
  const triggeredAlarmNames = alarms.alarmNames.filter((name) => alarmState(reader, open, name) === 'ALARM');
  return triggeredAlarmNames.length === 0
    ? open
    : { ...open, alarms: { ...alarms, status: 'TRIGGERED', triggeredAlarmNames } };
}

function fail(
  tx: Transaction,
  env: Env,
  { service, primary, open }: Rolling & Required<Pick<Rolling, 'open'>>,
  failure: DeploymentFailure,
): Rolling {
  const { rolloutStateReason, reason } = failure;
  addServiceEvent(tx, env, service, serviceMessage.deploymentFailed(service.name, primary.id, reason));
  const failed: DeploymentRecord = { ...primary, rolloutState: 'FAILED', rolloutStateReason };
  const isTripped = failure.cause === 'CIRCUIT_BREAKER' && open.circuitBreaker.status === 'MONITORING';
  const stopped: ServiceDeploymentRecord = {
    ...open,
    ...(isTripped && { circuitBreaker: { ...open.circuitBreaker, status: 'TRIGGERED' } }),
    statusReason: rolloutStateReason,
  };
  const steady =
    service.steadyRevisionArn === undefined ? undefined : tx.get(serviceRevisions, service.steadyRevisionArn);
  if (!failure.rollsBack || !steady || steady.arn === primary.revisionArn) {
    const status = open.status === 'ROLLBACK_IN_PROGRESS' ? 'ROLLBACK_FAILED' : 'STOPPED';
    const ended = { ...endedDeployment(tx, stopped), status, stoppedAt: env.now, finishedAt: env.now } as const;
    const { service: left, primary: stalled } = write(tx, env, { service, primary: failed, open: ended });
    return { service: left, primary: stalled };
  }
  write(tx, env, { service, primary: failed, open: stopped });
  return goBack(tx, env, { service, of: stopped, failure, steady });
}

/**
 * Back to the revision that was steady. Its deployment is made PRIMARY again while it is still shown, so that the tasks
 * it has left stay; where it has gone, a new one brings its tasks back.
 */
function goBack(
  tx: Transaction,
  env: Env,
  back: {
    readonly service: ServiceRecord;
    readonly of: ServiceDeploymentRecord;
    readonly failure: DeploymentFailure;
    readonly steady: ServiceRevisionRecord;
  },
): Rolling {
  const { service, of, failure, steady } = back;
  const { rolloutStateReason: reason, cause } = failure;
  const shown = [...tx.find(deployments, 'service', service.arn)];
  const earlier = shown.find((deployment) => deployment.revisionArn === steady.arn);
  if (!earlier) {
    const begun = beginDeployment(tx, env, service, steady.settings, { rollback: { reason, of, cause } });
    addServiceEvent(tx, env, service, serviceMessage.rollingBack(service.name, begun.deployment.id));
    return { service: begun.service, primary: begun.deployment, open: begun.serviceDeployment };
  }
  for (const deployment of shown) {
    if (deployment.status !== 'PRIMARY') continue;
    tx.put(deployments, { ...deployment, status: 'ACTIVE', desiredCount: 0, updatedAt: env.now });
  }
  const primary: DeploymentRecord = {
    ...earlier,
    status: 'PRIMARY',
    serviceDeploymentArn: of.arn,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: rollingBackReason(cause, earlier.id),
    desiredCount: service.desiredCount,
    failedTasks: 0,
  };
  const open: ServiceDeploymentRecord = {
    ...of,
    status: 'ROLLBACK_IN_PROGRESS',
    rollback: { reason, startedAt: env.now, serviceRevisionArn: steady.arn },
  };
  const { launchesAfter: _reset, ...rest } = service;
  addServiceEvent(tx, env, service, serviceMessage.rollingBack(service.name, primary.id));
  return write(tx, env, {
    service: { ...rest, settings: steady.settings, isSteady: false, failedLaunches: 0 },
    primary,
    open,
  });
}

/** When the bake time of a deployment whose tasks have all come is over; undefined for one without. */
export function bakedAt(reader: Reader, { open }: Rolling, now: Instant): Instant | undefined {
  if (!open || open.alarms.status !== 'MONITORING' || open.status === 'ROLLBACK_IN_PROGRESS') return undefined;
  const { bakeTimeInMinutes = 0 } = open.deploymentConfiguration;
  const spans = open.alarms.alarmNames.map((name) => alarmSpanMs(reader, open, name) ?? 0);
  return (open.bakeStartedAt ?? now) + (bakeTimeInMinutes > 0 ? bakeTimeInMinutes * 60_000 : Math.max(0, ...spans));
}

/** When a deployment under way may succeed early; one that goes back may not. */
export function earlySuccessCriteriaOf({ open }: Rolling) {
  return open?.status === 'IN_PROGRESS' ? open.deploymentConfiguration.earlySuccessCriteria : undefined;
}

/** Its tasks have come. The deployment bakes where alarms are watched, and completes if nothing else is waited for. */
export function completeIfBaked(tx: Transaction, env: Env, rolling: Rolling, isComplete: boolean): Rolling {
  const { service, primary, open } = rolling;
  if (primary.rolloutState !== 'IN_PROGRESS') return rolling;
  const until = bakedAt(tx, rolling, env.now);
  if (open && until !== undefined && until > env.now) {
    return write(tx, env, {
      ...rolling,
      open: open.bakeStartedAt === undefined ? { ...open, bakeStartedAt: env.now } : open,
    });
  }
  if (!isComplete) return rolling;
  addServiceEvent(tx, env, service, serviceMessage.deploymentCompleted(service.name, primary.id));
  const completed: DeploymentRecord = {
    ...primary,
    rolloutState: 'COMPLETED',
    rolloutStateReason: `ECS deployment ${primary.id} completed.`,
  };
  const isBack = open?.status === 'ROLLBACK_IN_PROGRESS';
  const { service: left, primary: done } = write(tx, env, {
    service: { ...service, steadyRevisionArn: primary.revisionArn },
    primary: completed,
    ...(open && {
      open: {
        ...endedDeployment(tx, open),
        status: isBack ? 'ROLLBACK_SUCCESSFUL' : 'SUCCESSFUL',
        finishedAt: env.now,
      },
    }),
  });
  return { service: left, primary: done };
}

/** Deployments that are left and have no tasks any more are shown no more. */
export function retireEmpty(tx: Transaction, env: Env, service: ServiceRecord): void {
  const empty = [...tx.find(deployments, 'service', service.arn)].filter((deployment) => {
    const { running, pending } = taskCountsOf(tx, deployment.id);
    return deployment.status === 'ACTIVE' && running + pending === 0 && !isSource(deployment);
  });
  for (const deployment of empty.slice(0, retiredPerStep)) {
    tx.put(deployments, { ...deployment, status: 'INACTIVE', desiredCount: 0, updatedAt: env.now });
  }
}

const retiredPerStep = 8;

import type { Env, Reader, Transaction } from '../../store/store.ts';
import { equal } from '../../core/equal.ts';
import { alarmState } from '../cloudwatch/public.ts';
import { ecsArn } from './references.ts';
import { circuitBreakerThreshold } from './rules/deployment/circuit-breaker.ts';
import { type DeploymentFailure, rollingBackReason } from './rules/deployment/outcome.ts';
import { firstStage } from './rules/deployment/stages.ts';
import { limits } from './rules/limits.ts';
import { endedDeployment } from './service-deployment-end.ts';
import { newDeploymentId, newRevisionId, newServiceDeploymentId } from './service-ids.ts';
import { serviceDeploymentArns, taskCountsOf } from './service-projections.ts';
import {
  type DeploymentRecord,
  deployments,
  type RevisionSettings,
  type ServiceDeploymentRecord,
  type ServiceRecord,
  type ServiceRevisionRecord,
  serviceDeployments,
  serviceRevisions,
  services,
} from './service-tables.ts';

const superseded = 'The service deployment was stopped because a new service deployment was started.';

export interface Rollback {
  /** What DescribeServiceDeployments shows as rollback.reason. */
  readonly reason: string;
  /** The service deployment that goes back: it stays the one under way, as ROLLBACK_IN_PROGRESS. */
  readonly of: ServiceDeploymentRecord;
  readonly cause: DeploymentFailure['cause'];
}

export interface BegunDeployment {
  readonly service: ServiceRecord;
  readonly revision: ServiceRevisionRecord;
  readonly deployment: DeploymentRecord;
  readonly serviceDeployment: ServiceDeploymentRecord;
}

/**
 * Starts bringing the tasks of a service (controller ECS) to `settings`: writes the revision, the service deployment
 * (IN_PROGRESS) and the deployment that is PRIMARY from now on, and the service with them. What was PRIMARY becomes
 * ACTIVE; under a rolling strategy it is to have no tasks, under the others its tasks stay until the stages take them
 * away. A service deployment that was under way is STOPPED. Failures of launches before count no more.
 *
 * A roll-back is no service deployment of its own: it gives the one that failed another PRIMARY, of the revision that
 * was steady (the same record, so the images it has pinned stay pinned).
 */
export function beginDeployment(
  tx: Transaction,
  env: Env,
  service: ServiceRecord,
  settings: RevisionSettings,
  options: { readonly rollback?: Rollback } = {},
): BegunDeployment {
  const { rollback } = options;
  const shown = [...tx.find(deployments, 'service', service.arn)];
  const revision = rollback ? steadyRevision(tx, env, service, settings) : newRevision(env, service, settings);
  const id = newDeploymentId(env.random);
  const serviceDeployment = rollback
    ? rolledBack(env, rollback, revision)
    : newServiceDeployment(tx, env, service, { id, revision, shown });
  const deployment: DeploymentRecord = {
    accountId: service.accountId,
    region: service.region,
    id,
    serviceArn: service.arn,
    revisionArn: revision.arn,
    serviceDeploymentArn: serviceDeployment.arn,
    status: 'PRIMARY',
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: rollback ? rollingBackReason(rollback.cause, id) : `ECS deployment ${id} in progress.`,
    desiredCount: service.desiredCount,
    failedTasks: 0,
    createdAt: env.now,
    updatedAt: env.now,
  };
  const underWay = [...tx.find(serviceDeployments, 'open', service.arn)];
  for (const open of underWay) {
    if (open.arn !== serviceDeployment.arn) tx.put(serviceDeployments, stoppedDeployment(tx, open, env, superseded));
  }
  const keepsSourceTasks = serviceDeployment.stages !== undefined && !rollback;
  for (const older of shown) {
    const desiredCount = keepsSourceTasks ? older.desiredCount : keptOf(tx, service, older, rollback);
    if (older.status === 'PRIMARY' || older.desiredCount !== desiredCount) {
      tx.put(deployments, { ...older, status: 'ACTIVE', desiredCount, updatedAt: env.now });
    }
  }
  tx.put(serviceRevisions, revision);
  tx.put(serviceDeployments, serviceDeployment);
  tx.put(deployments, deployment);
  const { launchesAfter: _reset, ...rest } = service;
  const begun: ServiceRecord = { ...rest, settings, isSteady: false, failedLaunches: 0 };
  tx.put(services, begun);
  forgetOldest(tx, begun);
  return { service: begun, revision, deployment, serviceDeployment };
}

/**
 * How many tasks what is left still has to keep: of the one that was PRIMARY those that run, as what has not come up is no
 * loss; of one that was left before, what it had then. What is gone back from keeps none.
 */
function keptOf(
  reader: Reader,
  { schedulingStrategy }: ServiceRecord,
  { id, status, rolloutState, desiredCount }: DeploymentRecord,
  rollback: Rollback | undefined,
): number {
  if (schedulingStrategy === 'DAEMON') return 0;
  if (status === 'ACTIVE') return desiredCount;
  return rollback || rolloutState === 'FAILED' ? 0 : Math.min(desiredCount, taskCountsOf(reader, id).running);
}

function newRevision(env: Env, service: ServiceRecord, settings: RevisionSettings): ServiceRevisionRecord {
  const id = newRevisionId(env.random);
  return {
    accountId: service.accountId,
    region: service.region,
    arn: ecsArn(service, `service-revision/${service.clusterName}/${service.name}/${id}`),
    serviceArn: service.arn,
    clusterArn: service.clusterArn,
    settings,
    containerImages: [],
    createdAt: env.now,
  };
}

function steadyRevision(
  reader: Reader,
  env: Env,
  service: ServiceRecord,
  settings: RevisionSettings,
): ServiceRevisionRecord {
  const steady =
    service.steadyRevisionArn === undefined ? undefined : reader.get(serviceRevisions, service.steadyRevisionArn);
  return steady && equal(steady.settings, settings) ? steady : newRevision(env, service, settings);
}

function newServiceDeployment(
  reader: Reader,
  env: Env,
  service: ServiceRecord,
  begun: {
    readonly id: string;
    readonly revision: ServiceRevisionRecord;
    readonly shown: readonly DeploymentRecord[];
  },
): ServiceDeploymentRecord {
  const { deploymentConfiguration } = service;
  const { deploymentCircuitBreaker, alarms } = deploymentConfiguration;
  const id = newServiceDeploymentId(env.random);
  const sourceRevisionArns = sourcesOf(reader, begun.shown);
  const stages = firstStage(deploymentConfiguration, sourceRevisionArns.length, env.now);
  return {
    accountId: service.accountId,
    region: service.region,
    arn: ecsArn(service, `service-deployment/${service.clusterName}/${service.name}/${id}`),
    serviceArn: service.arn,
    clusterArn: service.clusterArn,
    status: 'IN_PROGRESS',
    sourceRevisionArns,
    targetRevisionArn: begun.revision.arn,
    deploymentId: begun.id,
    deploymentConfiguration,
    circuitBreaker: {
      status: deploymentCircuitBreaker?.enable ? 'MONITORING' : 'DISABLED',
      failureCount: 0,
      threshold: circuitBreakerThreshold(service.desiredCount, deploymentCircuitBreaker),
      hasRun: false,
    },
    alarms: {
      status: watches(reader, service) ? 'MONITORING' : 'DISABLED',
      alarmNames: alarms?.alarmNames ?? [],
      triggeredAlarmNames: [],
    },
    ...(stages && { stages }),
    createdAt: env.now,
    startedAt: env.now,
    updatedAt: env.now,
  };
}

/**
 * One alarm in ALARM when a deployment begins turns off all of them for it, as in AWS: what was wrong before may be what
 * the deployment is to mend.
 */
function watches(reader: Reader, service: ServiceRecord): boolean {
  const { enable = false, alarmNames = [] } = service.deploymentConfiguration.alarms ?? {};
  return enable && alarmNames.every((name) => alarmState(reader, service, name) !== 'ALARM');
}

/** Revisions that have tasks, or that the service had come to: with no tasks wanted, it is still what is deployed. */
function sourcesOf(reader: Reader, shown: readonly DeploymentRecord[]): readonly string[] {
  const deployed = shown.filter(
    ({ id, status, rolloutState }) =>
      taskCountsOf(reader, id).live > 0 || (status === 'PRIMARY' && rolloutState === 'COMPLETED'),
  );
  return [...new Set(deployed.map(({ revisionArn }) => revisionArn))];
}

function rolledBack(env: Env, { reason, of }: Rollback, revision: ServiceRevisionRecord): ServiceDeploymentRecord {
  return {
    ...of,
    status: 'ROLLBACK_IN_PROGRESS',
    rollback: { reason, startedAt: env.now, serviceRevisionArn: revision.arn },
    updatedAt: env.now,
  };
}

/**
 * A service deployment under way that something else has put an end to. STOP_REQUESTED and STOPPED are one step: nothing
 * can be seen between two writes of one transaction.
 */
export function stoppedDeployment(
  reader: Reader,
  open: ServiceDeploymentRecord,
  env: Env,
  statusReason: string,
): ServiceDeploymentRecord {
  const { now } = env;
  const ended = endedDeployment(reader, open);
  return { ...ended, status: 'STOPPED', statusReason, stoppedAt: now, finishedAt: now, updatedAt: now };
}

/** Keeps the history of a service from growing for ever: the oldest goes when there is one too many. */
function forgetOldest(tx: Transaction, service: ServiceRecord): void {
  const arns = serviceDeploymentArns(tx, service.arn);
  if (arns.length <= limits.serviceDeploymentsPerService) return;
  const inUse = new Set([service.steadyRevisionArn]);
  for (const { revisionArn } of tx.find(deployments, 'service', service.arn)) inUse.add(revisionArn);
  const [oldest, ...kept] = arns.flatMap((arn) => tx.get(serviceDeployments, arn) ?? []);
  if (!oldest) return;
  for (const { sourceRevisionArns, targetRevisionArn } of kept) {
    inUse.add(targetRevisionArn);
    for (const arn of sourceRevisionArns) inUse.add(arn);
  }
  const carriers = [...tx.find(deployments, 'serviceDeployment', oldest.arn)];
  // Tasks that will not go keep it in the history: the next deployment tries again.
  if (carriers.some(({ status }) => status !== 'INACTIVE')) return;
  for (const { id } of carriers) tx.delete(deployments, id);
  for (const arn of [...oldest.sourceRevisionArns, oldest.targetRevisionArn]) {
    if (!inUse.has(arn)) tx.delete(serviceRevisions, arn);
  }
  tx.delete(serviceDeployments, oldest.arn);
}

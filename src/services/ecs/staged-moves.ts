/** What one move of a deployment in stages writes, inside the transaction of whoever decided it. */
import { assert } from '../../core/assert.ts';
import { equal } from '../../core/equal.ts';
import type { Env, Transaction } from '../../store/store.ts';
import type { StageEnd, StageMove } from './rules/deployment/stages.ts';
import { endedDeployment } from './service-deployment-end.ts';
import { addServiceEvent, serviceMessage } from './service-events.ts';
import type { StagedDeployment } from './service-steering.ts';
import {
  type DeploymentRecord,
  deployments,
  type ServiceDeploymentRecord,
  type ServiceRecord,
  serviceDeployments,
  serviceRevisions,
  services,
} from './service-tables.ts';
import type { DeploymentFleets } from './traffic.ts';

/** What moves. */
export interface MovedScene {
  readonly service: ServiceRecord;
  readonly deployment: StagedDeployment;
  readonly fleets: DeploymentFleets;
}

/** Writes the deployment as the move leaves it, and what begins or ends with it. */
export function applyMove(tx: Transaction, env: Env, scene: MovedScene, move: StageMove): void {
  const { service, fleets } = scene;
  const moved = { ...scene.deployment, stages: move.state };
  const isSame = equal(moved, tx.get(serviceDeployments, moved.arn));
  const deployment = isSame ? moved : { ...moved, updatedAt: env.now };
  if (move.rollback !== undefined) beginRollback(tx, env, service, deployment, fleets, move.rollback);
  else if (move.end) finish(tx, env, service, deployment, fleets, move.end);
  else tx.put(serviceDeployments, deployment);
}

function beginRollback(
  tx: Transaction,
  env: Env,
  service: ServiceRecord,
  deployment: ServiceDeploymentRecord,
  { target, source }: DeploymentFleets,
  reason: string,
): void {
  assert(source, 'a roll-back has something to go back to');
  if (target) fail(tx, env, target, 'ACTIVE', reason);
  tx.put(deployments, {
    ...source,
    status: 'PRIMARY',
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment ${source.id} in progress.`,
    failedTasks: 0,
    updatedAt: env.now,
  });
  const { circuitBreaker } = deployment;
  const isTripped = circuitBreaker.status === 'MONITORING' && circuitBreaker.failureCount >= circuitBreaker.threshold;
  tx.put(serviceDeployments, {
    ...deployment,
    ...(isTripped && { circuitBreaker: { ...circuitBreaker, status: 'TRIGGERED' } }),
    status: 'ROLLBACK_IN_PROGRESS',
    statusReason: `${capitalized(reason)}.`,
    rollback: { reason: `${capitalized(reason)}.`, startedAt: env.now, serviceRevisionArn: source.revisionArn },
  });
  addServiceEvent(tx, env, service, serviceMessage.deploymentFailed(service.name, deployment.deploymentId, reason));
  addServiceEvent(tx, env, service, serviceMessage.rollingBack(service.name, source.id));
  const { launchesAfter: _reset, ...rest } = service;
  const revision = tx.get(serviceRevisions, source.revisionArn);
  assert(revision, `service revision ${source.revisionArn} is kept while a deployment uses it`);
  tx.put(services, { ...rest, settings: revision.settings, isSteady: false, failedLaunches: 0 });
}

function finish(
  tx: Transaction,
  env: Env,
  service: ServiceRecord,
  deployment: ServiceDeploymentRecord,
  fleets: DeploymentFleets,
  { status, reason, failsSource }: StageEnd,
): void {
  const { target, source, others } = fleets;
  tx.put(serviceDeployments, {
    ...endedDeployment(tx, deployment),
    status,
    ...(reason !== undefined && { statusReason: `${capitalized(reason)}.` }),
    finishedAt: env.now,
  });
  if (status === 'ROLLBACK_FAILED') {
    // What is left of the target goes as the tasks of any deployment that is not PRIMARY; without a source it stays.
    if (target) fail(tx, env, target, source ? 'ACTIVE' : 'PRIMARY', reason ?? '');
    if (source && failsSource) fail(tx, env, source, 'PRIMARY', reason ?? '');
    return;
  }
  const kept = status === 'SUCCESSFUL' ? target : source;
  assert(kept, `a deployment that ends ${status} has what it ends with`);
  for (const other of [target, source, ...others]) if (other && other !== kept) endCarrier(tx, env, other);
  const present = tx.get(deployments, kept.id) ?? kept;
  tx.put(deployments, {
    ...present,
    status: 'PRIMARY',
    rolloutState: 'COMPLETED',
    rolloutStateReason: `ECS deployment ${kept.id} completed.`,
    updatedAt: env.now,
  });
  tx.put(services, { ...service, steadyRevisionArn: kept.revisionArn });
  addServiceEvent(tx, env, service, serviceMessage.deploymentCompleted(service.name, kept.id));
}

function fail(tx: Transaction, env: Env, record: DeploymentRecord, status: 'PRIMARY' | 'ACTIVE', reason: string): void {
  const present = tx.get(deployments, record.id) ?? record;
  tx.put(deployments, {
    ...present,
    status,
    rolloutState: 'FAILED',
    rolloutStateReason: `ECS deployment failed: ${reason}.`,
    updatedAt: env.now,
  });
}

/** A deployment record whose tasks have gone: it is shown no more. */
export function endCarrier(tx: Transaction, env: Env, record: DeploymentRecord): void {
  const present = tx.get(deployments, record.id) ?? record;
  tx.put(deployments, { ...present, status: 'INACTIVE', desiredCount: 0, updatedAt: env.now });
}

function capitalized(sentence: string): string {
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}`;
}

/** The deployments that a rolling one leaves, inside the transaction of the service's step. */
import type { Instant } from '../../core/instant.ts';
import type { Env, Reader, Transaction } from '../../store/store.ts';
import { sourceLaunchesAfter } from './failed-sources.ts';
import type { Source, SourceNeed } from './rules/deployment/sources.ts';
import { type DeploymentRecord, deployments, type ServiceRecord } from './service-tables.ts';

/** Those that still have tasks to keep: a deployment that has failed gets no more. */
export function sourceRecords(reader: Reader, service: Pick<ServiceRecord, 'arn'>): readonly DeploymentRecord[] {
  return Array.from(reader.find(deployments, 'service', service.arn)).filter(isSource);
}

export function isSource({ status, desiredCount, rolloutState }: DeploymentRecord): boolean {
  return status === 'ACTIVE' && desiredCount > 0 && rolloutState !== 'FAILED';
}

/** As the rules see them. */
export function sourcesOf(reader: Reader, service: ServiceRecord, now: Instant): readonly Source[] {
  return sourceRecords(reader, service).map((record) => ({
    deploymentId: record.id,
    desiredCount: record.desiredCount,
    mayStart: (sourceLaunchesAfter(record) ?? 0) <= now,
  }));
}

/**
 * What more a service is to have while it is being rolled, its source is to have as well, as in AWS: load that has come
 * does not wait for a new revision that may never work. Of several it is the one with most tasks.
 */
export function scaleOutSource(tx: Transaction, env: Env, service: ServiceRecord, more: number): void {
  const [largest] = sourceRecords(tx, service).toSorted((one, other) => other.desiredCount - one.desiredCount);
  if (!largest || more <= 0) return;
  tx.put(deployments, { ...largest, desiredCount: largest.desiredCount + more, updatedAt: env.now });
}

/** When launches of one of them may be made again. */
export function sourcesLaunchAfter(reader: Reader, service: ServiceRecord): readonly (Instant | undefined)[] {
  return sourceRecords(reader, service).map(sourceLaunchesAfter);
}

/** Remembers how many tasks each is still to have. */
export function writeSources(tx: Transaction, env: Env, needs: readonly SourceNeed[]): void {
  let written = 0;
  for (const { deploymentId, desiredCount } of needs) {
    const record = tx.get(deployments, deploymentId);
    if (!record || record.desiredCount === desiredCount) continue;
    tx.put(deployments, { ...record, desiredCount, updatedAt: env.now });
    written += 1;
    if (written === writtenPerStep) return;
  }
}

/** What is left wakes the service again. */
const writtenPerStep = 8;

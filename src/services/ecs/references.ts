/** What callers write to name a resource (a short name or an ARN) turned into the keys of the tables. */
import type { Call } from '../../aws/operation.ts';
import { formatArn, parseArn } from '../../core/arn.ts';
import type { Scope } from '../../core/scope.ts';
import type { Reader } from '../../store/store.ts';
import { clientError, clusterInactive, clusterNotFound, invalidParameter, serviceNotFound } from './errors.ts';
import { afterFamily, parseRevisionKey, revisionsIn } from './projections.ts';
import { isName } from './rules/names.ts';
import { type ServiceRecord, services } from './service-tables.ts';
import { type ClusterRecord, clusters, type TaskDefinitionRecord, taskDefinitions } from './tables.ts';

export const defaultClusterName = 'default';

/** The ACTIVE cluster that a request names; without a name the one called `default`. Throws ClusterNotFoundException. */
export function findCluster(reader: Reader, call: Call, reference: string = defaultClusterName): ClusterRecord {
  const cluster = reader.get(clusters, clusterArnOf(call, reference));
  if (!cluster) throw clusterNotFound();
  if (cluster.status === 'INACTIVE') throw clusterInactive();
  return cluster;
}

/** ARN of the cluster that a short name or ARN stands for, whether or not there is one. Throws on a malformed one. */
export function clusterArnOf(scope: Scope, reference: string = defaultClusterName): string {
  const name = shortName(scope, reference, 'cluster');
  if (!isName(name)) throw invalidParameter('Invalid identifier: Unexpected number of separators');
  return ecsArn(scope, `cluster/${name}`);
}

export function clusterNameOf(clusterArn: string): string {
  return clusterArn.slice(clusterArn.lastIndexOf('/') + 1);
}

/** ARN of the task that an id or ARN stands for. */
export function taskArnOf(scope: Scope, clusterArn: string, reference: string): string {
  return memberArnOf(scope, clusterArn, reference, 'task', 'taskId');
}

/** ARN of the container instance that an id or ARN stands for. */
export function containerInstanceArnOf(scope: Scope, clusterArn: string, reference: string): string {
  return memberArnOf(scope, clusterArn, reference, 'container-instance', 'instanceId');
}

/** The service of the cluster that a name or ARN stands for, in whatever status. Throws ServiceNotFoundException. */
export function findService(
  reader: Reader,
  cluster: Pick<ClusterRecord, 'arn' | 'name' | 'accountId' | 'region'>,
  reference: string,
): ServiceRecord {
  const service = reader.get(services, serviceArnOf(cluster, cluster.arn, reference));
  if (!service) throw serviceNotFound();
  return service;
}

/** ARN of the service that a name or ARN stands for; an ARN may leave out the cluster, as AWS's short ones did. */
export function serviceArnOf(scope: Scope, clusterArn: string, reference: string): string {
  const parts = shortName(scope, reference, 'service').split('/');
  const name = parts.at(-1) ?? '';
  if (parts.length > 2 || (parts.length === 2 && !reference.startsWith('arn:')) || !isName(name)) {
    throw invalidParameter('Invalid identifier: Unexpected number of separators');
  }
  if (parts.length === 2 && parts[0] !== clusterNameOf(clusterArn)) {
    throw invalidParameter('Identifiers must be in the same cluster as the request.');
  }
  return ecsArn(scope, `service/${clusterNameOf(clusterArn)}/${name}`);
}

/** Throws on what is no ARN of the kind in the caller's own scope: a service deployment or revision has no other name. */
export function checkOwnArn(scope: Scope, arn: string, kind: 'service-deployment' | 'service-revision'): void {
  if (!arn.startsWith('arn:')) throw invalidParameter(`Invalid identifier: ${arn} is not the ARN of a ${kind}.`);
  shortName(scope, arn, kind);
}

/** `family`, `family:revision` or the ARN of a revision. */
export interface TaskDefinitionReference {
  readonly family: string;
  readonly revision?: number;
}

/** Throws ClientException on what cannot be a task definition's name. */
export function parseTaskDefinition(scope: Scope, reference: string): TaskDefinitionReference {
  const text = shortName(scope, reference, 'task-definition');
  const [family = '', revision, ...rest] = text.split(':');
  if (!isName(family) || rest.length > 0) throw clientError('Invalid task definition name or ARN.');
  if (revision === undefined) return { family };
  if (!/^[1-9][0-9]{0,9}$/.test(revision)) throw invalidParameter(`Invalid revision number. Number: ${revision}`);
  return { family, revision: Number(revision) };
}

/** The revision named, in whatever state, or the latest ACTIVE one of the family; undefined when there is none. */
export function findTaskDefinition(reader: Reader, scope: Scope, reference: string): TaskDefinitionRecord | undefined {
  const { family, revision } = parseTaskDefinition(scope, reference);
  if (revision !== undefined) return reader.get(taskDefinitions, taskDefinitionArn(scope, family, revision));
  for (const key of revisionsIn(reader, scope, 'ACTIVE').before(afterFamily(family))) {
    const latest = parseRevisionKey(key);
    if (latest.family !== family) return undefined;
    return reader.get(taskDefinitions, taskDefinitionArn(scope, family, latest.revision));
  }
  return undefined;
}

export function taskDefinitionArn(scope: Scope, family: string, revision: number): string {
  return ecsArn(scope, `task-definition/${family}:${revision}`);
}

/** ARN of the capacity provider that a name or ARN stands for, whether or not there is one. */
export function capacityProviderArnOf(scope: Scope, reference: string): string {
  return ecsArn(scope, `capacity-provider/${shortName(scope, reference, 'capacity-provider')}`);
}

export function ecsArn(scope: Scope, resource: string): string {
  return formatArn({ service: 'ecs', region: scope.region, accountId: scope.accountId, resource });
}

/** What is left of an ARN of the wanted kind, or the text itself when it is no ARN. */
function shortName(scope: Scope, reference: string, kind: string): string {
  if (!reference.startsWith('arn:')) return reference;
  const arn = parseArn(reference);
  if (!arn || arn.service !== 'ecs' || !arn.resource.startsWith(`${kind}/`)) {
    throw invalidParameter(`Invalid identifier: ${reference} is not the ARN of a ${kind}.`);
  }
  if (arn.region !== scope.region) {
    throw invalidParameter(`Invalid identifier: Identifier is for ${arn.region}. Your region is ${scope.region}`);
  }
  if (arn.accountId !== scope.accountId) {
    throw invalidParameter(
      `Invalid identifier: Identifier is for ${arn.accountId}. Your accountId is ${scope.accountId}`,
    );
  }
  return arn.resource.slice(kind.length + 1);
}

/** Tasks and container instances: the id alone, `cluster/id` in an ARN. An ARN of another cluster names nothing here. */
function memberArnOf(scope: Scope, clusterArn: string, reference: string, kind: string, idName: string): string {
  const parts = shortName(scope, reference, kind).split('/');
  const id = parts.at(-1) ?? '';
  if (parts.length > 2 || (parts.length === 2 && !reference.startsWith('arn:'))) {
    throw invalidParameter('Invalid identifier: Unexpected number of separators');
  }
  if (!/^([0-9a-f]{32}|[0-9a-f-]{36})$/.test(id)) {
    throw invalidParameter(`${idName} length should be one of [32,36]`);
  }
  const [clusterName] = parts;
  if (parts.length === 2 && clusterName !== clusterNameOf(clusterArn)) {
    throw invalidParameter('Identifiers must be in the same cluster as the request.');
  }
  return ecsArn(scope, `${kind}/${clusterNameOf(clusterArn)}/${id}`);
}

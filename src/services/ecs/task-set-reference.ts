/** The services that have task sets, and the task sets that requests name. */
import type { Call } from '../../aws/operation.ts';
import { parseArn } from '../../core/arn.ts';
import type { Reader } from '../../store/store.ts';
import { invalidParameter, serviceNotActive, taskSetNotFound } from './errors.ts';
import { ecsArn, findCluster, findService } from './references.ts';
import { type ServiceRecord, type TaskSetRecord, taskSets } from './service-tables.ts';
import type { ClusterRecord } from './tables.ts';

export interface TaskSetOwner {
  readonly cluster: ClusterRecord;
  readonly service: ServiceRecord;
}

/** The service that a request names. Throws unless it has task sets and one of the statuses. */
export function findTaskSetOwner(
  reader: Reader,
  call: Call,
  input: { readonly cluster: string; readonly service: string },
  statuses: readonly ServiceRecord['status'][] = ['ACTIVE'],
): TaskSetOwner {
  const cluster = findCluster(reader, call, input.cluster);
  const service = findService(reader, cluster, input.service);
  if (!statuses.includes(service.status)) throw serviceNotActive();
  // Differs from AWS: task sets of a CODE_DEPLOY service may be managed by anybody, not by CodeDeploy alone.
  if (service.deploymentController === 'ECS') {
    throw invalidParameter(
      'Amazon ECS only supports task set management on services configured to use external deployment controllers.',
    );
  }
  return { cluster, service };
}

/** The task set of the service that an id (ecs-svc/…) or ARN stands for. Throws TaskSetNotFoundException. */
export function findTaskSet(reader: Reader, service: ServiceRecord, reference: string): TaskSetRecord {
  const taskSet = reader.get(taskSets, taskSetArnOf(service, reference));
  if (taskSet?.serviceArn !== service.arn) throw taskSetNotFound();
  return taskSet;
}

/** ARN of the task set, whether or not there is one. An ARN of another service's names nothing here. */
export function taskSetArnOf(
  service: Pick<ServiceRecord, 'accountId' | 'region' | 'clusterName' | 'name'>,
  reference: string,
): string {
  if (!reference.startsWith('arn:')) {
    return ecsArn(service, `task-set/${service.clusterName}/${service.name}/${reference}`);
  }
  const arn = parseArn(reference);
  if (arn?.service !== 'ecs' || !arn.resource.startsWith('task-set/')) {
    throw invalidParameter(`Invalid identifier: ${reference} is not the ARN of a task set.`);
  }
  return reference;
}

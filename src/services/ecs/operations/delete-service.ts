import type { DeleteServiceRequest, DeleteServiceResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import type { Env, Transaction } from '../../../store/store.ts';
import { stoppedDeployment } from '../deployment-start.ts';
import { invalidParameter, serviceNotFound } from '../errors.ts';
import type { EcsParts } from '../parts.ts';
import { findCluster, findService } from '../references.ts';
import { taskCountsOf } from '../service-projections.ts';
import { deployments, type ServiceRecord, serviceDeployments, services, taskSets } from '../service-tables.ts';
import { showService } from '../service-view.ts';

/**
 * Makes a service DRAINING: listed no more, described still, its tasks stopped by the controller, which makes it
 * INACTIVE when the last is gone.
 */
export const deleteService: Operation<DeleteServiceRequest, DeleteServiceResponse, EcsParts> = async (
  input,
  { call, store },
) =>
  await store.update((tx, env) => {
    const cluster = findCluster(tx, call, input.cluster);
    const service = findService(tx, cluster, input.service);
    if (service.status === 'INACTIVE') throw serviceNotFound();
    if (service.status === 'DRAINING') return { service: showService(tx, service) };
    const { running, pending } = taskCountsOf(tx, service.arn);
    const hasTasks = service.desiredCount > 0 || running + pending > 0;
    if (hasTasks && !input.force && service.schedulingStrategy === 'REPLICA') {
      throw invalidParameter('The service cannot be stopped while it is scaled above 0.');
    }
    if (tx.count(taskSets, 'service', service.arn) > 0 && !input.force) {
      throw invalidParameter('The service cannot be stopped while deployments are active.');
    }
    const drained: ServiceRecord = { ...service, status: 'DRAINING', desiredCount: 0, tags: [] };
    tx.put(services, drained);
    endDeployments(tx, env, drained);
    return { service: showService(tx, drained) };
  });

function endDeployments(tx: Transaction, env: Env, service: ServiceRecord): void {
  const shown = [...tx.find(deployments, 'service', service.arn)];
  for (const deployment of shown) tx.put(deployments, { ...deployment, desiredCount: 0, updatedAt: env.now });
  const underWay = [...tx.find(serviceDeployments, 'open', service.arn)];
  const reason = 'The service deployment was stopped because the service was deleted.';
  for (const open of underWay) tx.put(serviceDeployments, stoppedDeployment(tx, open, env, reason));
}

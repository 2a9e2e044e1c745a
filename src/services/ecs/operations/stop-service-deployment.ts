import type { StopServiceDeploymentRequest, StopServiceDeploymentResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { deploymentConflict, serviceDeploymentNotFound, throwFirst } from '../errors.ts';
import type { EcsParts } from '../parts.ts';
import { checkOwnArn } from '../references.ts';
import { canRollBack } from '../rules/deployment/stages.ts';
import { notOneOf } from '../rules/refusal.ts';
import { type ServiceDeploymentRecord, serviceDeployments, services } from '../service-tables.ts';

/**
 * Asks for the end of a deployment under way: ROLLBACK goes back to the revision that was steady before, whether or not
 * the service rolls back by itself; ABORT leaves its tasks as they are. The controller does it.
 */
export const stopServiceDeployment: Operation<
  StopServiceDeploymentRequest,
  StopServiceDeploymentResponse,
  EcsParts
> = async (input, { call, store }) => {
  const { serviceDeploymentArn, stopType = 'ROLLBACK' } = input;
  throwFirst(notOneOf('stopType', stopType, ['ABORT', 'ROLLBACK']));
  checkOwnArn(call, serviceDeploymentArn, 'service-deployment');
  return await store.update((tx, env) => {
    const deployment = tx.get(serviceDeployments, serviceDeploymentArn);
    if (!deployment) throw serviceDeploymentNotFound();
    const goesOn = stopType === 'ABORT' ? ['STOP_REQUESTED'] : stoppingAlready;
    if (goesOn.includes(deployment.status)) return { serviceDeploymentArn };
    if (!stoppable.includes(deployment.status)) {
      throw deploymentConflict(`The service deployment cannot be stopped while its status is ${deployment.status}.`);
    }
    if (deployment.stages && !canRollBack(deployment.stages)) {
      throw deploymentConflict(`The service deployment cannot be stopped at the stage ${deployment.stages.stage}.`);
    }
    if (stopType === 'ROLLBACK' && tx.get(services, deployment.serviceArn)?.steadyRevisionArn === undefined) {
      throw deploymentConflict('The service has no earlier service revision to roll back to.');
    }
    const status = stopType === 'ABORT' ? 'STOP_REQUESTED' : 'ROLLBACK_REQUESTED';
    tx.put(serviceDeployments, { ...deployment, status, updatedAt: env.now });
    return { serviceDeploymentArn };
  });
};

/** What is on its way to its end already goes on there: AWS takes a second request as the first. */
const stoppingAlready: readonly ServiceDeploymentRecord['status'][] = [
  'STOP_REQUESTED',
  'ROLLBACK_REQUESTED',
  'ROLLBACK_IN_PROGRESS',
];

const stoppable: readonly ServiceDeploymentRecord['status'][] = ['PENDING', 'IN_PROGRESS'];

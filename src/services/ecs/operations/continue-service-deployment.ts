import type { ContinueServiceDeploymentRequest, ContinueServiceDeploymentResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { invalidParameter, serviceDeploymentNotFound, throwFirst } from '../errors.ts';
import type { EcsParts } from '../parts.ts';
import { checkOwnArn } from '../references.ts';
import { endHook } from '../rules/deployment/hooks.ts';
import { notOneOf } from '../rules/refusal.ts';
import { serviceDeployments } from '../service-tables.ts';

/** Answers a lifecycle hook that pauses a deployment: on to the next stage, or back to the revision before. */
export const continueServiceDeployment: Operation<
  ContinueServiceDeploymentRequest,
  ContinueServiceDeploymentResponse,
  EcsParts
> = async (input, { call, store }) => {
  const { serviceDeploymentArn, hookId, action = 'CONTINUE' } = input;
  throwFirst(notOneOf('action', action, ['CONTINUE', 'ROLLBACK']));
  checkOwnArn(call, serviceDeploymentArn, 'service-deployment');
  return await store.update((tx, env) => {
    const deployment = tx.get(serviceDeployments, serviceDeploymentArn);
    if (!deployment) throw serviceDeploymentNotFound();
    const hook = deployment.stages?.hooks.find((candidate) => candidate.hookId === hookId);
    if (!deployment.stages || !hook) {
      throw invalidParameter(`The service deployment has no lifecycle hook with the ID ${hookId}.`);
    }
    const isWaiting = hook.status === 'AWAITING_ACTION' && deployment.finishedAt === undefined;
    if (!isWaiting || hook.expiresAt <= env.now) {
      throw invalidParameter(`The lifecycle hook ${hookId} is not awaiting an action.`);
    }
    const stages = endHook(deployment.stages, hookId, action === 'CONTINUE' ? 'SUCCEEDED' : 'FAILED', env.now);
    tx.put(serviceDeployments, { ...deployment, stages, updatedAt: env.now });
    return { serviceDeploymentArn };
  });
};

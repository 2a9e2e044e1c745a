import type { ContinueServiceDeploymentRequest, ContinueServiceDeploymentResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { parseArn } from '../../../core/arn.ts';
import { invalidParameter, serviceDeploymentNotFound, throwFirst } from '../errors.ts';
import type { EcsParts } from '../parts.ts';
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
  const arn = parseArn(serviceDeploymentArn);
  if (arn?.service !== 'ecs' || !arn.resource.startsWith('service-deployment/')) {
    throw invalidParameter(`Invalid identifier: ${serviceDeploymentArn} is not the ARN of a service deployment.`);
  }
  return await store.update((tx, env) => {
    const deployment = tx.get(serviceDeployments, serviceDeploymentArn);
    if (!deployment || deployment.accountId !== call.accountId || deployment.region !== call.region) {
      throw serviceDeploymentNotFound();
    }
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

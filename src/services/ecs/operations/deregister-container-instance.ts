import type { DeregisterContainerInstanceRequest, DeregisterContainerInstanceResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { invalidParameter } from '../errors.ts';
import type { EcsParts } from '../parts.ts';
import { usageOf } from '../projections.ts';
import { containerInstanceArnOf, findCluster } from '../references.ts';
import { findInstance } from '../instance-reference.ts';
import { instanceView } from '../rules/instance-view.ts';
import { containerInstances } from '../tables.ts';

/**
 * Takes an instance out of its cluster for good. With tasks on it only by force: their containers go on running, as on
 * AWS, but nobody reports on them any more, so their tasks are ended by the one that looks for tasks of lost instances.
 */
export const deregisterContainerInstance: Operation<
  DeregisterContainerInstanceRequest,
  DeregisterContainerInstanceResponse,
  EcsParts
> = async (input, { call, store }) => {
  const containerInstance = await store.update((tx, env) => {
    const { arn: clusterArn } = findCluster(tx, call, input.cluster);
    const instance = findInstance(tx, containerInstanceArnOf(call, clusterArn, input.containerInstance));
    if (!instance) throw invalidParameter('The referenced container instance was not found.');
    const usage = usageOf(tx, instance.arn);
    if (instance.status === 'INACTIVE') return instanceView(instance, usage);
    if (!input.force && usage.runningTasks + usage.pendingTasks > 0) {
      throw invalidParameter('Found running tasks on the instance.');
    }
    const inactive = {
      ...instance,
      status: 'INACTIVE' as const,
      deregisteredAt: env.now,
      version: instance.version + 1,
    };
    tx.put(containerInstances, inactive);
    return instanceView(inactive, usage);
  });
  return { containerInstance };
};

import type {
  ContainerInstance,
  Failure,
  UpdateContainerInstancesStateRequest,
  UpdateContainerInstancesStateResponse,
} from '@aws-sdk/client-ecs';
import type { Answer, Operation } from '../../../aws/operation.ts';
import { invalidParameter } from '../errors.ts';
import { findInstance } from '../instance-reference.ts';
import type { EcsParts } from '../parts.ts';
import { usageOf } from '../projections.ts';
import { containerInstanceArnOf, findCluster } from '../references.ts';
import { instanceView } from '../rules/instance-view.ts';
import { limits } from '../rules/limits.ts';
import { containerInstances as table } from '../tables.ts';

/** Drains instances or takes them back. A DRAINING instance gets no new tasks; its services move theirs away. */
export const updateContainerInstancesState: Operation<
  UpdateContainerInstancesStateRequest,
  UpdateContainerInstancesStateResponse,
  EcsParts
> = async (input, { call, store }) => {
  const { status } = input;
  if (status !== 'ACTIVE' && status !== 'DRAINING') {
    throw invalidParameter('Container instance status should be one of [ACTIVE, DRAINING]');
  }
  if (input.containerInstances.length === 0) throw invalidParameter('Container instances cannot be empty.');
  if (input.containerInstances.length > limits.instancesPerStateUpdate) {
    throw invalidParameter(`containerInstances can have at most ${limits.instancesPerStateUpdate} items.`);
  }
  return store.update((tx) => {
    const { arn: clusterArn } = findCluster(tx, call, input.cluster);
    const containerInstances: Answer<ContainerInstance>[] = [];
    const failures: Failure[] = [];
    for (const reference of input.containerInstances) {
      const arn = containerInstanceArnOf(call, clusterArn, reference);
      const instance = findInstance(tx, arn);
      if (!instance || (instance.status !== 'ACTIVE' && instance.status !== 'DRAINING')) {
        failures.push({ arn, reason: instance ? 'INACTIVE' : 'MISSING' });
        continue;
      }
      const next = instance.status === status ? instance : { ...instance, status, version: instance.version + 1 };
      tx.put(table, next);
      containerInstances.push(instanceView(next, usageOf(tx, arn)));
    }
    return { containerInstances, failures };
  });
};

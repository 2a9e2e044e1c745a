import type { UpdateContainerAgentRequest, UpdateContainerAgentResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { invalidParameter, noUpdateAvailable } from '../errors.ts';
import { findInstance } from '../instance-reference.ts';
import type { EcsParts } from '../parts.ts';
import { containerInstanceArnOf, findCluster } from '../references.ts';

/**
 * Differs from AWS: there is never an update to give. AWS hands out its own agent's images; here an agent is updated by
 * whoever installed it.
 */
export const updateContainerAgent: Operation<UpdateContainerAgentRequest, UpdateContainerAgentResponse, EcsParts> = (
  input,
  { call, store },
) => {
  const instance = store.view((reader) => {
    const { arn: clusterArn } = findCluster(reader, call, input.cluster);
    return findInstance(reader, containerInstanceArnOf(call, clusterArn, input.containerInstance));
  });
  if (!instance) throw invalidParameter('The referenced container instance was not found.');
  throw noUpdateAvailable();
};

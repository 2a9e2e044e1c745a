import type { Attribute } from '@aws-sdk/client-ecs';
import type { Call } from '../../aws/operation.ts';
import type { Reader } from '../../store/store.ts';
import { invalidParameter, targetNotFound } from './errors.ts';
import { containerInstanceArnOf } from './references.ts';
import { type ClusterRecord, type ContainerInstanceRecord, containerInstances, type Kept } from './tables.ts';

/** The container instance of the cluster that an attribute is about. Throws TargetNotFoundException. */
export function attributeTarget(
  reader: Reader,
  call: Call,
  cluster: ClusterRecord,
  attribute: Kept<Attribute>,
): ContainerInstanceRecord {
  const { targetId } = attribute;
  if (!targetId) throw invalidParameter('targetId should not be null or empty.');
  if (!targetId.startsWith('arn:') && !attribute.targetType) {
    throw invalidParameter('targetType must be specified when targetId is the short form of an ID.');
  }
  const instance = reader.get(containerInstances, containerInstanceArnOf(call, cluster.arn, targetId));
  if (!instance || instance.status === 'INACTIVE' || instance.clusterArn !== cluster.arn) {
    throw targetNotFound(`Unable to find the target ${targetId}.`);
  }
  return instance;
}

/** What an agent is told of tasks, from the state alone: all that it has, and one as it is to run it. */
import type { PayloadTask, TaskManifestMessage } from '../../../agent/contract.ts';
import type { Reader } from '../../../store/store.ts';
import { findSubnet, zoneIdOf } from '../../ec2/public.ts';
import { registryHost } from '../../ecr/public.ts';
import { fileSystemMount } from '../../efs/public.ts';
import { effectiveSetting, rootArn } from '../effective-setting.ts';
import { isWithAgent } from '../rules/lifecycle.ts';
import { payloadTask } from '../rules/payload.ts';
import { clusters, type ContainerInstanceRecord, type TaskRecord, tasks } from '../tables.ts';
import { definitionOf, type TaskRoleCredentials } from './role-credential-feed.ts';

/** Every task that the agent of the instance is to have. */
export function manifest(
  reader: Reader,
  instance: ContainerInstanceRecord,
  message: Pick<TaskManifestMessage, 'messageId' | 'generatedAt' | 'timeline'>,
): TaskManifestMessage {
  const listed = [...reader.find(tasks, 'occupying', instance.arn)].filter(isWithAgent);
  return {
    ...message,
    clusterArn: instance.clusterArn,
    containerInstanceArn: instance.arn,
    tasks: listed.map((task) => ({
      taskArn: task.arn,
      taskClusterArn: task.clusterArn,
      desiredStatus: task.desiredStatus,
    })),
  };
}

export interface Audience {
  /** Whether the agent is ours and reads what we add to the protocol. */
  readonly speaksLongshore: boolean;
  /** The URL by which the agent reached us. */
  readonly endpoint: string;
}

/** One task as its agent is told to run it. */
export function taskInPayload(
  reader: Reader,
  task: TaskRecord,
  { speaksLongshore, endpoint }: Audience,
  { roleCredentials, executionRoleCredentials }: TaskRoleCredentials,
): PayloadTask {
  const definition = definitionOf(reader, task);
  const subnet = task.networkInterface && findSubnet(reader, task, task.networkInterface.subnetId);
  const zoneId = zoneIdOf(task.region, task.availabilityZone);
  return payloadTask({
    task,
    definition,
    speaksLongshore,
    endpoint,
    registryHost: registryHost(endpoint),
    logDriverMode: effectiveSetting(reader, task, rootArn(task.accountId), 'defaultLogDriverMode'),
    clusterTags: reader.get(clusters, task.clusterArn)?.tags ?? [],
    ...(zoneId === undefined ? {} : { zoneId }),
    ...(subnet
      ? {
          subnet: {
            subnetId: subnet.subnetId,
            cidrBlock: subnet.cidrBlock,
            gateway: subnet.gateway,
            vpcId: subnet.vpcId,
            vpcCidrBlock: subnet.vpcCidrBlock,
          },
        }
      : {}),
    fileSystemOf: (id, accessPointId) => fileSystemMount(reader, task, id, accessPointId),
    ...(roleCredentials ? { roleCredentials } : {}),
    ...(executionRoleCredentials ? { executionRoleCredentials } : {}),
  });
}

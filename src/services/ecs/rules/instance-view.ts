import type { ContainerInstance, Resource } from '@aws-sdk/client-ecs';
import type { Answer } from '../../../aws/operation.ts';
import { toDate } from '../../../core/instant.ts';
import type { ContainerInstanceRecord, Kept } from '../tables.ts';
import type { InstanceUsage } from './placement/capacity.ts';

/** A container instance as the API shows it, without what has to be asked for (tags, health). */
export function instanceView(instance: ContainerInstanceRecord, usage: InstanceUsage): Answer<ContainerInstance> {
  return {
    containerInstanceArn: instance.arn,
    ec2InstanceId: instance.ec2InstanceId,
    version: instance.version,
    versionInfo: instance.versionInfo,
    remainingResources: instance.registeredResources.map((resource) => allMembers(remaining(resource, usage))),
    registeredResources: instance.registeredResources.map(allMembers),
    status: instance.status,
    agentConnected: instance.agentConnected,
    runningTasksCount: usage.runningTasks,
    pendingTasksCount: usage.pendingTasks,
    attributes: instance.attributes,
    registeredAt: toDate(instance.registeredAt),
    attachments: [],
    tags: [],
  };
}

/** AWS shows all three numbers of every resource, 0 where they mean nothing. */
function allMembers(resource: Kept<Resource>): Kept<Resource> {
  return { doubleValue: 0, longValue: 0, integerValue: 0, ...resource };
}

/** Amounts get less as tasks take of them; ports are listed while they are taken, so they get more. */
function remaining(resource: Kept<Resource>, usage: InstanceUsage): Kept<Resource> {
  return takeFrom[resource.name ?? '']?.(resource, usage) ?? resource;
}

const takeFrom: Readonly<Record<string, (resource: Kept<Resource>, usage: InstanceUsage) => Kept<Resource>>> = {
  CPU: (resource, usage) => less(resource, usage.cpuUnits),
  MEMORY: (resource, usage) => less(resource, usage.memoryMiB),
  PORTS: (resource, usage) => withPorts(resource, usage.tcpPorts),
  PORTS_UDP: (resource, usage) => withPorts(resource, usage.udpPorts),
  // Which device a task has is its agent's choice and not known here; how many are left is.
  GPU: (resource, usage) => ({ ...resource, stringSetValue: (resource.stringSetValue ?? []).slice(usage.gpus) }),
};

function less(resource: Kept<Resource>, taken: number): Kept<Resource> {
  if (resource.integerValue) return { ...resource, integerValue: resource.integerValue - taken };
  if (resource.longValue) return { ...resource, longValue: resource.longValue - taken };
  return { ...resource, doubleValue: (resource.doubleValue ?? 0) - taken };
}

function withPorts(resource: Kept<Resource>, taken: ReadonlySet<number>): Kept<Resource> {
  const ports = new Set([...(resource.stringSetValue ?? []), ...[...taken].map(String)]);
  return { ...resource, stringSetValue: [...ports].toSorted((a, b) => Number(a) - Number(b)) };
}

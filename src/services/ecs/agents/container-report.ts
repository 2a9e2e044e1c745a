import type { ContainerStateChange, NetworkBinding } from '@aws-sdk/client-ecs';
import type { Parsed } from '../../../aws/operation.ts';
import { invalidParameter } from '../errors.ts';
import type { ContainerReport } from '../rules/lifecycle.ts';
import type { ContainerStatus, NetworkBindingRecord } from '../tables.ts';
import { longestReason } from './reported-task.ts';

/** One container of a Submit request, checked. */
export function readContainerReport(change: Parsed<ContainerStateChange>): ContainerReport {
  const { containerName, status, runtimeId, imageDigest, exitCode, reason, networkBindings } = change;
  if (!containerName) throw invalidParameter('Container name cannot be empty.');
  return {
    name: containerName,
    status: readStatus(status),
    ...(runtimeId && { runtimeId }),
    ...(imageDigest && { imageDigest }),
    ...(exitCode !== undefined && { exitCode }),
    ...(reason && { reason: reason.slice(0, longestReason) }),
    ...(networkBindings && { networkBindings: networkBindings.map(readBinding) }),
  };
}

const statuses: readonly ContainerStatus[] = ['PENDING', 'RUNNING', 'STOPPED'];

export function readStatus(text: string | undefined): ContainerStatus {
  const status = statuses.find((known) => known === text);
  if (!status) throw invalidParameter(`status should be one of [${statuses.join(', ')}]`);
  return status;
}

function readBinding(binding: Parsed<NetworkBinding>): NetworkBindingRecord {
  const { bindIP, containerPort, hostPort, protocol, containerPortRange, hostPortRange } = binding;
  return {
    bindIP: bindIP ?? '0.0.0.0',
    protocol: protocol ?? 'tcp',
    ...(containerPort !== undefined && { containerPort }),
    ...(hostPort !== undefined && { hostPort }),
    ...(containerPortRange !== undefined && { containerPortRange }),
    ...(hostPortRange !== undefined && { hostPortRange }),
  };
}

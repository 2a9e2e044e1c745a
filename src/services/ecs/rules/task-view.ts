/** A task as the API shows it. */
import type { Attachment, Container, Task, TaskOverride } from '@aws-sdk/client-ecs';
import type { Answer } from '../../../aws/operation.ts';
import { toDate } from '../../../core/instant.ts';
import { containerArnOf } from './container-arn.ts';
import { volumeAttachment } from './managed-volumes.ts';
import type { Kept, TaskContainer, TaskNetworkInterface, TaskRecord } from '../tables.ts';

/** Tags are shown by whoever made the task, and by others only when they are asked for. */
export function taskView(task: TaskRecord, show: { readonly tags: boolean }): Answer<Task> {
  const isFargate = task.launchType === 'FARGATE';
  return {
    attachments: [
      ...(task.networkInterface ? [attachment(task.networkInterface)] : []),
      ...(task.managedVolumes ?? []).map(volumeAttachment),
    ],
    attributes: task.attributes,
    availabilityZone: task.availabilityZone,
    capacityProviderName: task.capacityProviderName,
    clusterArn: task.clusterArn,
    connectivity: task.connectivity,
    connectivityAt: toDate(task.connectivityAt),
    // A Fargate task has an instance here, which is ours to know: AWS shows none.
    containerInstanceArn: isFargate ? undefined : task.containerInstanceArn,
    containers: task.containers.map((container) => containerView(task, container)),
    cpu: task.cpu,
    createdAt: toDate(task.createdAt),
    desiredStatus: task.desiredStatus,
    enableExecuteCommand: task.enableExecuteCommand,
    executionStoppedAt: toDate(task.executionStoppedAt),
    group: task.group,
    healthStatus: task.healthStatus,
    inferenceAccelerators: [],
    lastStatus: task.lastStatus,
    launchType: task.launchType,
    memory: task.memory,
    overrides: overridesView(task),
    platformVersion: task.platformVersion,
    platformFamily: task.platformFamily,
    pullStartedAt: toDate(task.pullStartedAt),
    pullStoppedAt: toDate(task.pullStoppedAt),
    startedAt: toDate(task.startedAt),
    startedBy: task.startedBy,
    stopCode: task.stopCode,
    stoppedAt: toDate(task.stoppedAt),
    stoppedReason: task.stoppedReason,
    stoppingAt: toDate(task.stoppingAt),
    tags: show.tags ? task.tags : [],
    taskArn: task.arn,
    taskDefinitionArn: task.taskDefinitionArn,
    version: task.version,
    ...(task.ephemeralStorageGiB !== undefined && {
      ephemeralStorage: { sizeInGiB: task.ephemeralStorageGiB },
      fargateEphemeralStorage: { sizeInGiB: task.ephemeralStorageGiB },
    }),
  };
}

function containerView(task: TaskRecord, container: TaskContainer): Answer<Container> {
  return {
    containerArn: containerArnOf(task, container),
    taskArn: task.arn,
    name: container.name,
    image: container.image,
    imageDigest: container.imageDigest,
    runtimeId: container.runtimeId,
    lastStatus: container.lastStatus,
    exitCode: container.exitCode,
    reason: container.reason,
    networkBindings: container.networkBindings,
    networkInterfaces: networkInterfacesView(task.networkInterface),
    healthStatus: container.healthStatus,
    gpuIds: container.gpuIds,
    cpu: container.cpu,
    memory: container.memory,
    memoryReservation: container.memoryReservation,
  };
}

/** All containers of a task share its one interface, which they show once it has its address. */
function networkInterfacesView(
  networkInterface: TaskNetworkInterface | undefined,
): Answer<Container['networkInterfaces']> {
  if (!networkInterface?.privateIpv4Address) return [];
  const { attachmentId, privateIpv4Address } = networkInterface;
  return [{ attachmentId, privateIpv4Address }];
}

function attachment(networkInterface: TaskNetworkInterface): Answer<Attachment> {
  const details: readonly (readonly [name: string, value: string | undefined])[] = [
    ['subnetId', networkInterface.subnetId],
    ['networkInterfaceId', networkInterface.networkInterfaceId],
    ['macAddress', networkInterface.macAddress],
    ['privateDnsName', networkInterface.privateDnsName],
    ['privateIPv4Address', networkInterface.privateIpv4Address],
  ];
  return {
    id: networkInterface.attachmentId,
    type: 'ElasticNetworkInterface',
    status: networkInterface.attachmentStatus,
    details: details.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }])),
  };
}

/** What was overridden, with an entry for every container, whether or not it had one. */
function overridesView({ overrides, containers }: TaskRecord): Kept<TaskOverride> {
  return {
    ...overrides,
    containerOverrides: containers.map(
      ({ name }) => overrides.containerOverrides?.find((override) => override.name === name) ?? { name },
    ),
    inferenceAcceleratorOverrides: overrides.inferenceAcceleratorOverrides ?? [],
  };
}

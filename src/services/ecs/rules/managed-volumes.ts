/** Amazon EBS volumes that tasks are given at launch: what a request may ask for, and the volume it gives each task. */
import type { Attachment, TaskManagedEBSVolumeConfiguration, TaskVolumeConfiguration } from '@aws-sdk/client-ecs';
import type { Answer } from '../../../aws/operation.ts';
import type { Kept, TaskDefinitionRecord, TaskManagedVolume, TaskRecord } from '../tables.ts';
import { client, invalid, notOneOf, outOfRange, type Refusal } from './refusal.ts';

export type VolumeConfigurations = readonly Kept<TaskVolumeConfiguration>[];

/** GiB that a volume of each type may have (API reference, TaskManagedEBSVolumeConfiguration). */
const sizes: Readonly<Record<string, { readonly min: number; readonly max: number }>> = {
  gp2: { min: 1, max: 16_384 },
  gp3: { min: 1, max: 16_384 },
  io1: { min: 4, max: 16_384 },
  io2: { min: 4, max: 16_384 },
  st1: { min: 125, max: 16_384 },
  sc1: { min: 125, max: 16_384 },
  standard: { min: 1, max: 1024 },
};
const defaultVolumeType = 'gp3';

/** What RunTask and StartTask have against volume configurations, for the volumes of a definition. */
export function* volumeConfigurationRefusals(
  configurations: VolumeConfigurations,
  definition: TaskDefinitionRecord['definition'],
): Generator<Refusal> {
  const waiting = (definition.volumes ?? []).filter((volume) => volume.configuredAtLaunch).map(({ name = '' }) => name);
  const names = new Set<string>();
  for (const { name, managedEBSVolume } of configurations) {
    if (!waiting.includes(name)) {
      yield invalid(`The volume '${name}' is not a volume of the task definition that is configured at launch.`);
    }
    if (names.has(name)) yield invalid(`The volume '${name}' is configured more than once.`);
    names.add(name);
    if (!managedEBSVolume) yield invalid(`The configuration of volume '${name}' must have a managedEBSVolume.`);
    else yield* ebsRefusals(managedEBSVolume);
  }
  const missing = waiting.find((name) => !names.has(name));
  if (missing !== undefined) {
    yield client(`The volume '${missing}' is configured at launch, so volumeConfigurations must have it.`);
  }
}

function* ebsRefusals(volume: Kept<TaskManagedEBSVolumeConfiguration>): Generator<Refusal> {
  const { roleArn, sizeInGiB, snapshotId, volumeType = defaultVolumeType, iops, throughput } = volume;
  if (!/^arn:[^:]+:iam::\d{12}:role\/.+/.test(roleArn))
    yield invalid('managedEBSVolume.roleArn must be the ARN of a role.');
  yield* notOneOf('volumeType', volumeType, Object.keys(sizes));
  if (snapshotId !== undefined) yield invalid(`The snapshot '${snapshotId}' does not exist.`);
  if (sizeInGiB === undefined && snapshotId === undefined) {
    yield invalid('managedEBSVolume must have a sizeInGiB or a snapshotId.');
  }
  yield* outOfRange('sizeInGiB', sizeInGiB, sizes[volumeType] ?? { min: 1, max: 16_384 });
  const provisioned = volumeType === 'io1' || volumeType === 'io2';
  if (provisioned && iops === undefined) yield invalid(`iops must be specified for volumes of type ${volumeType}.`);
  if (iops !== undefined && !provisioned && volumeType !== 'gp3') {
    yield invalid(`iops cannot be specified for volumes of type ${volumeType}.`);
  }
  yield* outOfRange('iops', iops, { min: 100, max: 256_000 });
  if (throughput !== undefined && volumeType !== 'gp3') {
    yield invalid(`throughput cannot be specified for volumes of type ${volumeType}.`);
  }
  yield* outOfRange('throughput', throughput, { min: 125, max: 1000 });
  if (volume.kmsKeyId !== undefined && volume.encrypted === false) {
    yield invalid('kmsKeyId cannot be specified for a volume that is not encrypted.');
  }
  // Windows alone has ntfs, and no host here runs it.
  yield* notOneOf('filesystemType', volume.filesystemType, ['ext3', 'ext4', 'xfs']);
  for (const { resourceType, propagateTags } of volume.tagSpecifications ?? []) {
    yield* notOneOf('tagSpecifications resourceType', resourceType, ['volume']);
    yield* notOneOf('tagSpecifications propagateTags', propagateTags, ['TASK_DEFINITION', 'SERVICE', 'NONE']);
  }
}

/** The volume that one task gets. Always a new one, as on AWS. */
export function managedVolumeOf(
  { name, managedEBSVolume }: Kept<TaskVolumeConfiguration>,
  env: { newId(): string; newUuid(): string },
): TaskManagedVolume {
  const { roleArn = '', sizeInGiB = 1, volumeType = defaultVolumeType, filesystemType } = managedEBSVolume ?? {};
  return {
    name,
    attachmentId: env.newUuid(),
    attachmentStatus: 'ATTACHING',
    volumeId: `vol-${env.newId().slice(0, 17)}`,
    roleArn,
    sizeGiB: sizeInGiB,
    volumeType,
    ...(filesystemType !== undefined && { filesystemType }),
    deleteOnTermination: managedEBSVolume?.terminationPolicy?.deleteOnTermination ?? true,
  };
}

/** The task with its volumes attached, or, once it has ended, gone or let go. */
export function withVolumes(task: TaskRecord, moment: 'running' | 'ended'): Pick<TaskRecord, 'managedVolumes'> {
  if (!task.managedVolumes) return {};
  return {
    managedVolumes: task.managedVolumes.map((volume) => ({
      ...volume,
      attachmentStatus: moment === 'running' ? 'ATTACHED' : volume.deleteOnTermination ? 'DELETED' : 'DETACHED',
    })),
  };
}

export function volumeAttachment(volume: TaskManagedVolume): Answer<Attachment> {
  const details = {
    roleArn: volume.roleArn,
    volumeId: volume.volumeId,
    volumeName: volume.name,
    volumeSizeInGiB: String(volume.sizeGiB),
    volumeType: volume.volumeType,
    ...(volume.filesystemType !== undefined && { filesystemType: volume.filesystemType }),
    deleteOnTermination: String(volume.deleteOnTermination),
  };
  return {
    id: volume.attachmentId,
    type: 'AmazonElasticBlockStorage',
    status: volume.attachmentStatus,
    details: Object.entries(details).map(([name, value]) => ({ name, value })),
  };
}

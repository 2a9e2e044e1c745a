import { isName } from '../names.ts';
import { client, invalid, notOneOf, outOfRange, type Refusal } from '../refusal.ts';
import { limits } from '../limits.ts';
import type { TaskDefinitionInput, VolumeInput } from '../task-definition-input.ts';

/** What is wrong with the volumes of a definition and where its containers mount them. */
export function* volumeRefusals(definition: TaskDefinitionInput): Generator<Refusal> {
  const names = new Set<string>();
  for (const volume of definition.volumes ?? []) {
    if (!volume.name) {
      yield client('Volume name should not be null or empty.');
      continue;
    }
    if (!isName(volume.name)) yield client(`Volume name '${volume.name}' contains invalid characters.`);
    if (names.has(volume.name)) yield client(`Duplicate volume name '${volume.name}'.`);
    names.add(volume.name);
    yield* configurationRefusals(volume, definition);
  }
  if ((definition.volumes ?? []).filter((volume) => volume.configuredAtLaunch).length > 1) {
    yield client('Only one volume of a task definition can be configured at launch.');
  }
  for (const container of definition.containerDefinitions) {
    for (const { sourceVolume = '', containerPath } of container.mountPoints ?? []) {
      if (!names.has(sourceVolume)) yield client(`Unknown volume '${sourceVolume}'.`);
      if (!containerPath) yield client(`Mount point of volume '${sourceVolume}' must have a containerPath.`);
    }
  }
}

function* configurationRefusals(volume: VolumeInput, definition: TaskDefinitionInput): Generator<Refusal> {
  const kinds = [
    // An empty host is what AWS shows for a volume without any configuration.
    volume.host?.sourcePath,
    volume.dockerVolumeConfiguration,
    volume.efsVolumeConfiguration,
    volume.fsxWindowsFileServerVolumeConfiguration,
    volume.s3filesVolumeConfiguration,
    volume.configuredAtLaunch || undefined,
  ];
  if (kinds.filter((kind) => kind !== undefined).length > 1) {
    yield client(`Only one volume configuration can be specified for volume '${volume.name}'.`);
  }
  const docker = volume.dockerVolumeConfiguration;
  if (docker) {
    yield* notOneOf('scope', docker.scope, ['task', 'shared']);
    if (docker.autoprovision !== undefined && docker.scope !== 'shared') {
      yield client("'autoprovision' can only be specified when the volume's scope is 'shared'.");
    }
  }
  yield* efsRefusals(volume);
  const s3 = volume.s3filesVolumeConfiguration;
  if (s3) {
    if (!definition.taskRoleArn) yield client('S3 Files volumes require a task role.');
    if (s3.accessPointArn && s3.rootDirectory && s3.rootDirectory !== '/') {
      yield invalid("The root directory must be omitted or '/' when an access point is specified.");
    }
    yield* outOfRange('transitEncryptionPort', s3.transitEncryptionPort, limits.port);
  }
}

function* efsRefusals(volume: VolumeInput): Generator<Refusal> {
  const efs = volume.efsVolumeConfiguration;
  if (!efs) return;
  yield* notOneOf('transitEncryption', efs.transitEncryption, ['ENABLED', 'DISABLED']);
  yield* notOneOf('iam', efs.authorizationConfig?.iam, ['ENABLED', 'DISABLED']);
  yield* outOfRange('transitEncryptionPort', efs.transitEncryptionPort, limits.port);
  const encrypted = efs.transitEncryption === 'ENABLED';
  if (efs.authorizationConfig?.accessPointId) {
    if (efs.rootDirectory && efs.rootDirectory !== '/') {
      yield client("The root directory must be omitted or '/' when an EFS access point is specified.");
    }
    if (!encrypted) yield client('Transit encryption must be enabled when an EFS access point is specified.');
  }
  if (efs.authorizationConfig?.iam === 'ENABLED' && !encrypted) {
    yield client('Transit encryption must be enabled when EFS IAM authorization is enabled.');
  }
}

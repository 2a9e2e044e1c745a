import type { TaskDefinitionRecord } from '../tables.ts';
import type { ContainerInput, PortMappingInput, TaskDefinitionInput, VolumeInput } from './task-definition-input.ts';
import { parseCpuUnits, parseMemoryMiB } from './task-size.ts';
import { protocolOf } from './validate/ports.ts';

/** The members of a definition that the caller gives. */
export type TaskDefinitionContent = Omit<
  TaskDefinitionRecord['definition'],
  'taskDefinitionArn' | 'revision' | 'requiresAttributes' | 'compatibilities' | 'registeredBy' | 'containerDefinitions'
> & { readonly containerDefinitions: readonly ContainerInput[] };

/**
 * A valid definition as AWS shows it again: empty lists where there was nothing, defaults written out, sizes in CPU
 * units and MiB. What it gives is a fixed point: registering what was described gives the same definition.
 */
export function withDefaults(input: TaskDefinitionInput): TaskDefinitionContent {
  // Tags are kept beside the definition.
  const { tags: _tags, requiresCompatibilities, ...given } = input;
  const cpuUnits = given.cpu === undefined ? undefined : parseCpuUnits(given.cpu);
  const memoryMiB = given.memory === undefined ? undefined : parseMemoryMiB(given.memory);
  return {
    ...given,
    ...(requiresCompatibilities?.length ? { requiresCompatibilities } : {}),
    ...(cpuUnits === undefined ? {} : { cpu: String(cpuUnits) }),
    ...(memoryMiB === undefined ? {} : { memory: String(memoryMiB) }),
    containerDefinitions: given.containerDefinitions.map((container) => containerWithDefaults(container, given)),
    volumes: (given.volumes ?? []).map(volumeWithDefaults),
    placementConstraints: given.placementConstraints ?? [],
  };
}

function containerWithDefaults(container: ContainerInput, definition: TaskDefinitionInput): ContainerInput {
  return {
    ...container,
    cpu: container.cpu ?? 0,
    essential: container.essential ?? true,
    portMappings: (container.portMappings ?? []).map((mapping) => portWithDefaults(mapping, definition)),
    environment: container.environment ?? [],
    mountPoints: container.mountPoints ?? [],
    volumesFrom: container.volumesFrom ?? [],
    systemControls: container.systemControls ?? [],
    ...(container.healthCheck
      ? { healthCheck: { ...container.healthCheck, ...healthCheckDefaults(container.healthCheck) } }
      : {}),
  };
}

function healthCheckDefaults(check: NonNullable<ContainerInput['healthCheck']>): object {
  return { interval: check.interval ?? 30, timeout: check.timeout ?? 5, retries: check.retries ?? 3 };
}

function portWithDefaults(mapping: PortMappingInput, definition: TaskDefinitionInput): PortMappingInput {
  const protocol = protocolOf(mapping);
  if (mapping.containerPortRange !== undefined) return { ...mapping, protocol };
  const fixed = definition.networkMode === 'awsvpc' || definition.networkMode === 'host';
  return { ...mapping, hostPort: mapping.hostPort || (fixed ? mapping.containerPort : 0), protocol };
}

function volumeWithDefaults(volume: VolumeInput): VolumeInput {
  if (volume.dockerVolumeConfiguration) {
    const docker = volume.dockerVolumeConfiguration;
    return {
      ...volume,
      dockerVolumeConfiguration: { ...docker, scope: docker.scope ?? 'task', driver: docker.driver ?? 'local' },
    };
  }
  if (volume.efsVolumeConfiguration) {
    const efs = volume.efsVolumeConfiguration;
    return { ...volume, efsVolumeConfiguration: { ...efs, rootDirectory: efs.rootDirectory ?? '/' } };
  }
  const other =
    volume.configuredAtLaunch ||
    volume.fsxWindowsFileServerVolumeConfiguration !== undefined ||
    volume.s3filesVolumeConfiguration !== undefined;
  return other ? volume : { ...volume, host: volume.host ?? {} };
}

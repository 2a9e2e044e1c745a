/**
 * What a task definition may hold and no agent here can give a task yet. Registering such a definition is fine (it is
 * valid ECS); running it must fail plainly instead of leaving the wish out in silence.
 */
import type { ContainerDefinition, TaskOverride, Volume } from '@aws-sdk/client-ecs';
import type { Kept, TaskDefinitionRecord } from '../tables.ts';

type Definition = TaskDefinitionRecord['definition'];

/** The first member that cannot be served, by its path as the client wrote it; undefined when the task can run. */
export function unsupportedMember(definition: Definition, overrides: Kept<TaskOverride>): string | undefined {
  for (const [member, isSet] of taskMembers) if (isSet(definition)) return member;
  for (const volume of definition.volumes ?? []) {
    for (const member of volumeMembers) if (volume[member]) return `volumes[${volume.name ?? ''}].${member}`;
  }
  for (const container of definition.containerDefinitions ?? []) {
    const member = unsupportedInContainer(container);
    if (member) return `containerDefinitions[${container.name ?? ''}].${member}`;
  }
  if (overrides.inferenceAcceleratorOverrides?.length) return 'overrides.inferenceAcceleratorOverrides';
  for (const { name, resourceRequirements } of overrides.containerOverrides ?? []) {
    if (resourceRequirements?.length) return `overrides.containerOverrides[${name ?? ''}].resourceRequirements`;
  }
  return undefined;
}

const taskMembers: readonly (readonly [member: string, isSet: (definition: Definition) => boolean])[] = [
  ['proxyConfiguration', ({ proxyConfiguration }) => proxyConfiguration !== undefined],
  ['inferenceAccelerators', ({ inferenceAccelerators }) => Boolean(inferenceAccelerators?.length)],
  ['enableFaultInjection', ({ enableFaultInjection }) => enableFaultInjection === true],
  [
    'runtimePlatform.operatingSystemFamily',
    ({ runtimePlatform }) => (runtimePlatform?.operatingSystemFamily ?? 'LINUX') !== 'LINUX',
  ],
];

const volumeMembers = [
  'efsVolumeConfiguration',
  's3filesVolumeConfiguration',
  'fsxWindowsFileServerVolumeConfiguration',
] as const satisfies readonly (keyof Volume)[];

function unsupportedInContainer(container: Kept<ContainerDefinition>): string | undefined {
  if (container.resourceRequirements?.length) return 'resourceRequirements';
  if (container.credentialSpecs?.length) return 'credentialSpecs';
  return undefined;
}

/**
 * What a task definition may hold and no agent here can give a task yet. Registering such a definition is fine (it is
 * valid ECS); running it must fail plainly instead of leaving the wish out in silence.
 */
import type { ContainerDefinition, ResourceRequirement, TaskOverride, Volume } from '@aws-sdk/client-ecs';
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
    if (resourceRequirements?.some(isUnsupported))
      return `overrides.containerOverrides[${name ?? ''}].resourceRequirements`;
  }
  return undefined;
}

/** Why that is so, where it is not to change: the end of the sentence that names the member. */
export function unsupportedBecause(member: string): string {
  return lasting.find(([pattern]) => pattern.test(member))?.[1] ?? ' yet';
}

const lasting: readonly (readonly [member: RegExp, because: string])[] = [
  [/credentialSpecs$/, ': its hosts run Linux and belong to no Active Directory domain'],
  [/operatingSystemFamily$|fsxWindowsFileServerVolumeConfiguration$/, ': its hosts run Linux'],
  [/^proxyConfiguration$/, ': AWS App Mesh has ended'],
  [/inferenceAccelerator/, ': Amazon Elastic Inference has ended'],
];

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
  's3filesVolumeConfiguration',
  'fsxWindowsFileServerVolumeConfiguration',
] as const satisfies readonly (keyof Volume)[];

/** A number of whole GPUs is what a host can give. */
function isUnsupported({ type, value, sharingStrategy }: Kept<ResourceRequirement>): boolean {
  return type !== 'GPU' || value === 'ALL' || sharingStrategy !== undefined;
}

function unsupportedInContainer(container: Kept<ContainerDefinition>): string | undefined {
  if (container.resourceRequirements?.some(isUnsupported)) return 'resourceRequirements';
  if (container.credentialSpecs?.length) return 'credentialSpecs';
  return undefined;
}

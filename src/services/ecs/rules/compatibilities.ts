import type { Compatibility } from '@aws-sdk/client-ecs';
import { isFargateSize } from './fargate-sizes.ts';
import { isEcrImage } from './images.ts';
import { limits } from './limits.ts';
import { client, firstRefusal, outOfRange, type Refusal } from './refusal.ts';
import type { TaskDefinitionContent } from './task-definition-defaults.ts';
import type { ContainerInput } from './task-definition-input.ts';

/** The launch types for which a definition (already valid in itself) would validate. */
export function compatibilitiesOf(definition: TaskDefinitionContent): Compatibility[] {
  return compatibilities.filter((one) => firstRefusal(compatibilityRefusals(one, definition)) === undefined);
}

const compatibilities = ['EC2', 'FARGATE', 'EXTERNAL', 'MANAGED_INSTANCES'] as const satisfies Compatibility[];

/** What one launch type has against a definition. */
export function compatibilityRefusals(one: Compatibility, definition: TaskDefinitionContent): Iterable<Refusal> {
  return refusalsOf[one](definition);
}

const refusalsOf: Readonly<Record<Compatibility, (definition: TaskDefinitionContent) => Iterable<Refusal>>> = {
  EC2: ec2Refusals,
  FARGATE: fargateRefusals,
  EXTERNAL: externalRefusals,
  MANAGED_INSTANCES: managedInstancesRefusals,
};

function* ec2Refusals(definition: TaskDefinitionContent): Generator<Refusal> {
  yield* sharedRefusals(definition);
  if (requiresResource(definition, 'NeuronDevice')) yield client('Only Managed Instances have Neuron devices.');
}

/** What holds on every instance that is not Fargate's. */
function* sharedRefusals(definition: TaskDefinitionContent): Generator<Refusal> {
  yield* outOfRange('cpu', definition.cpu === undefined ? undefined : Number(definition.cpu), limits.taskCpuUnits);
  if (definition.ephemeralStorage) yield client('ephemeralStorage is supported only for tasks that run on Fargate.');
}

function* externalRefusals(definition: TaskDefinitionContent): Generator<Refusal> {
  yield* ec2Refusals(definition);
  if (definition.containerDefinitions.some(sharesGpu)) yield client('External does not support GPU sharing.');
  if (definition.networkMode === 'awsvpc') yield client('External does not support network mode ‘awsvpc’.');
  if (definition.proxyConfiguration) yield client('External does not support proxyConfiguration.');
  for (const volume of definition.volumes ?? []) {
    const kept =
      volume.efsVolumeConfiguration ??
      volume.fsxWindowsFileServerVolumeConfiguration ??
      volume.s3filesVolumeConfiguration ??
      (volume.configuredAtLaunch || undefined);
    if (kept) yield client(`External supports no volume such as '${volume.name}': only host and Docker volumes.`);
  }
}

function* managedInstancesRefusals(definition: TaskDefinitionContent): Generator<Refusal> {
  const networkMode = definition.networkMode ?? 'bridge';
  if (networkMode !== 'awsvpc' && networkMode !== 'host') {
    yield client(`Managed Instances do not support network mode ‘${networkMode}’.`);
  }
  if (definition.cpu === undefined) yield client("Managed Instances require that 'cpu' be defined at the task level.");
  if (definition.memory === undefined) {
    yield client("Managed Instances require that 'memory' be defined at the task level.");
  }
  yield* sharedRefusals(definition);
  for (const volume of definition.volumes ?? []) {
    if (volume.dockerVolumeConfiguration) yield client('Managed Instances do not support Docker volumes.');
    if (volume.fsxWindowsFileServerVolumeConfiguration) yield client('Managed Instances do not support FSx volumes.');
  }
}

function requiresResource(definition: TaskDefinitionContent, type: 'GPU' | 'NeuronDevice'): boolean {
  return definition.containerDefinitions.some((container) =>
    container.resourceRequirements?.some((requirement) => requirement.type === type),
  );
}

function sharesGpu(container: ContainerInput): boolean {
  return container.resourceRequirements?.some((requirement) => requirement.sharingStrategy !== undefined) ?? false;
}

function* fargateRefusals(definition: TaskDefinitionContent): Generator<Refusal> {
  if (definition.networkMode !== 'awsvpc') yield client('Fargate only supports network mode ‘awsvpc’.');
  if (definition.cpu === undefined) yield client("Fargate requires that 'cpu' be defined at the task level.");
  if (definition.memory === undefined) yield client("Fargate requires that 'memory' be defined at the task level.");
  const windows = definition.runtimePlatform?.operatingSystemFamily?.startsWith('WINDOWS') ?? false;
  const cpuUnits = Number(definition.cpu);
  if (!isFargateSize(cpuUnits, Number(definition.memory)) || (windows && cpuUnits < 1024)) {
    yield client('No Fargate configuration exists for given values.');
  }
  if (definition.pidMode === 'host') {
    yield client(
      "Tasks using the Fargate launch type do not support pidMode 'host'. The supported value for pidMode is 'task'.",
    );
  }
  if (definition.ipcMode) yield client('Fargate does not support ipcMode.');
  if ((definition.placementConstraints ?? []).length > 0)
    yield client('Fargate does not support placementConstraints.');
  for (const volume of definition.volumes ?? []) {
    if (volume.host?.sourcePath) yield client(`Fargate does not support the sourcePath of volume '${volume.name}'.`);
    if (volume.dockerVolumeConfiguration) yield client('Fargate does not support Docker volumes.');
    if (volume.fsxWindowsFileServerVolumeConfiguration) yield client('Fargate does not support FSx volumes.');
  }
  for (const container of definition.containerDefinitions) yield* fargateContainerRefusals(container, definition);
}

function* fargateContainerRefusals(container: ContainerInput, definition: TaskDefinitionContent): Generator<Refusal> {
  const { name, linuxParameters } = container;
  const log = container.logConfiguration;
  if (isEcrImage(container.image ?? '') && !definition.executionRoleArn) {
    yield client('Fargate requires task definition to have execution role ARN to support ECR images.');
  }
  if (log?.logDriver === 'awslogs' && !definition.executionRoleArn) {
    yield client('Fargate requires task definition to have execution role ARN to support log driver awslogs.');
  }
  if (log && !['awslogs', 'splunk', 'awsfirelens'].includes(log.logDriver)) {
    yield client(`Fargate does not support log driver ${log.logDriver}.`);
  }
  const hasPrefix =
    log?.options?.['awslogs-stream-prefix'] ||
    log?.secretOptions?.some((secret) => secret.name === 'awslogs-stream-prefix');
  if (log?.logDriver === 'awslogs' && !hasPrefix) {
    yield client('Log driver awslogs requires options: awslogs-stream-prefix');
  }
  if (container.firelensConfiguration?.options?.['config-file-type'] === 's3') {
    yield client("Fargate supports only the value 'file' for the FireLens option config-file-type.");
  }
  if (container.privileged) yield client(`Fargate does not support privileged containers such as '${name}'.`);
  if ((container.dockerSecurityOptions ?? []).length > 0)
    yield client('Fargate does not support dockerSecurityOptions.');
  if ((container.resourceRequirements ?? []).length > 0) yield client('Fargate does not support resourceRequirements.');
  if ((linuxParameters?.devices ?? []).length > 0) yield client('Fargate does not support devices.');
  if ((linuxParameters?.capabilities?.add ?? []).some((capability) => capability !== 'SYS_PTRACE')) {
    yield client('Fargate supports adding only the kernel capability SYS_PTRACE.');
  }
  for (const member of ['sharedMemorySize', 'maxSwap', 'swappiness'] as const) {
    if (linuxParameters?.[member] !== undefined) yield client(`Fargate does not support ${member}.`);
  }
  yield* outOfRange('startTimeout', container.startTimeout, limits.fargateStartStopTimeoutSeconds);
  yield* outOfRange('stopTimeout', container.stopTimeout, limits.fargateStartStopTimeoutSeconds);
}

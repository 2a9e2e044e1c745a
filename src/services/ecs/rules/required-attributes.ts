import type { Attribute } from '@aws-sdk/client-ecs';
import type { Kept } from '../tables.ts';
import { isEcrImage } from './images.ts';
import type { TaskDefinitionContent } from './task-definition-defaults.ts';
import type { ContainerInput, VolumeInput } from './task-definition-input.ts';

const docker = 'com.amazonaws.ecs.capability';

/**
 * What an instance must be capable of to run a definition, in the names under which agents tell their capabilities
 * (amazon-ecs-agent, agent/app/agent_capability.go). A name that is missing on an instance is an ATTRIBUTE failure.
 */
export function requiredAttributes(definition: TaskDefinitionContent): readonly Kept<Attribute>[] {
  const names = new Set<string>();
  for (const container of definition.containerDefinitions) {
    for (const name of containerNeeds(container, definition)) names.add(name);
  }
  for (const volume of definition.volumes ?? []) for (const name of volumeNeeds(volume)) names.add(name);
  for (const name of taskNeeds(definition)) names.add(name);
  return [...names].map((name) => ({ name }));
}

function* taskNeeds(definition: TaskDefinitionContent): Generator<string> {
  yield `${docker}.docker-remote-api.1.18`;
  if (definition.networkMode === 'awsvpc') yield 'ecs.capability.task-eni';
  if (definition.taskRoleArn) {
    yield definition.networkMode === 'host' ? `${docker}.task-iam-role-network-host` : `${docker}.task-iam-role`;
  }
  // Fargate's sizes say how large the host is, not what an agent must be able to do.
  if ((definition.cpu || definition.memory) && !definition.requiresCompatibilities?.includes('FARGATE')) {
    yield 'ecs.capability.task-cpu-mem-limit';
    if (Number(definition.cpu ?? 0) > 10_240) yield 'ecs.capability.increased-task-cpu-limit';
  }
  if (definition.pidMode || definition.ipcMode) yield 'ecs.capability.pid-ipc-namespace-sharing';
  if (definition.proxyConfiguration) yield 'ecs.capability.aws-appmesh';
  if (definition.enableFaultInjection) yield 'ecs.capability.fault-injection';
}

function* containerNeeds(container: ContainerInput, definition: TaskDefinitionContent): Generator<string> {
  const log = container.logConfiguration;
  if (log) {
    yield `${docker}.logging-driver.${log.logDriver}`;
    if (log.logDriver === 'awslogs') {
      yield `${docker}.docker-remote-api.1.19`;
      if (definition.executionRoleArn) yield 'ecs.capability.execution-role-awslogs';
    }
    for (const secret of log.secretOptions ?? []) {
      yield `ecs.capability.secrets.${secretStore(secret.valueFrom)}.bootstrap.log-driver`;
    }
  }
  if (isEcrImage(container.image ?? '')) {
    yield `${docker}.ecr-auth`;
    if (definition.executionRoleArn) yield 'ecs.capability.execution-role-ecr-pull';
  }
  if (container.repositoryCredentials) yield 'ecs.capability.private-registry-authentication.secretsmanager';
  for (const secret of container.secrets ?? []) {
    yield `ecs.capability.secrets.${secretStore(secret.valueFrom)}.environment-variables`;
  }
  if ((container.environmentFiles ?? []).length > 0) yield 'ecs.capability.env-files.s3';
  if (container.privileged) yield `${docker}.privileged-container`;
  if (container.healthCheck) yield 'ecs.capability.container-health-check';
  const ordered = (container.dependsOn ?? []).length > 0;
  if (ordered || container.startTimeout !== undefined || container.stopTimeout !== undefined) {
    yield 'ecs.capability.container-ordering';
  }
  if (container.restartPolicy?.enabled) yield 'ecs.capability.container-restart-policy';
  if ((container.portMappings ?? []).some((mapping) => mapping.containerPortRange !== undefined)) {
    yield 'ecs.capability.network.container-port-range';
  }
  if (container.linuxParameters?.initProcessEnabled) yield `${docker}.docker-remote-api.1.25`;
  if (container.linuxParameters?.sharedMemorySize || (container.linuxParameters?.tmpfs ?? []).length > 0) {
    yield `${docker}.docker-remote-api.1.22`;
  }
  const router = container.firelensConfiguration;
  if (router) {
    yield `ecs.capability.firelens.${router.type}`;
    const configFile = router.options?.['config-file-type'];
    if (configFile) yield `ecs.capability.firelens.options.config.${configFile}`;
  }
}

function* volumeNeeds(volume: VolumeInput): Generator<string> {
  const driver = volume.dockerVolumeConfiguration?.driver;
  if (driver) yield `ecs.capability.docker-plugin.${driver}`;
  const efs = volume.efsVolumeConfiguration;
  if (efs) yield efs.transitEncryption === 'ENABLED' ? 'ecs.capability.efsAuth' : 'ecs.capability.efs';
  if (volume.configuredAtLaunch) yield 'ecs.capability.storage.ebs-task-volume-attach';
}

/** Anything that is not a Secrets Manager ARN is the name or ARN of an SSM parameter. */
function secretStore(valueFrom: string): 'ssm' | 'asm' {
  return /^arn:[^:]+:secretsmanager:/.test(valueFrom) ? 'asm' : 'ssm';
}

import type { ContainerDefinition, ContainerOverride, Volume } from '@aws-sdk/client-ecs';
import type {
  PayloadContainer,
  PayloadNetworkInterface,
  PayloadPortMapping,
  PayloadSecret,
  PayloadTask,
  PayloadVolume,
  RoleCredentials,
} from '../../../agent/contract.ts';
import { formatArn } from '../../../core/arn.ts';
import type { Kept, TaskContainer, TaskDefinitionRecord, TaskRecord } from '../tables.ts';
import { containerArnOf } from './container-arn.ts';
import { dockerConfig } from './docker-config.ts';
import { ecrImageFor } from './registry-for-stock-agents.ts';

/** A task as its agent is to run it: the task definition with the task's overrides merged in. */
export function payloadTask(sources: PayloadSources): PayloadTask {
  const { task, definition, ...given } = sources;
  const { family, revision, definition: described } = definition;
  const networkMode = described.networkMode ?? (task.launchType === 'FARGATE' ? 'awsvpc' : 'bridge');
  const containers = described.containerDefinitions ?? [];
  const network = given.subnet && task.networkInterface ? networkInterface(task, given.subnet) : undefined;
  const serviceName = task.group.startsWith('service:') ? task.group.slice('service:'.length) : undefined;
  return {
    arn: task.arn,
    taskClusterArn: task.clusterArn,
    family,
    version: String(revision),
    desiredStatus: task.desiredStatus,
    containers: containers.map((container) => payloadContainer(container, networkMode, sources)),
    volumes: (described.volumes ?? []).map((volume) => payloadVolume(volume, task, sources.fileSystemOf)),
    ...(task.cpu === undefined ? {} : { cpu: Number(task.cpu) / cpuUnitsPerVcpu }),
    ...(task.memory === undefined ? {} : { memory: Number(task.memory) }),
    networkMode,
    launchType: task.launchType,
    ...(described.pidMode === undefined ? {} : { pidMode: described.pidMode }),
    ...(described.ipcMode === undefined ? {} : { ipcMode: described.ipcMode }),
    group: task.group,
    ...(serviceName === undefined ? {} : { serviceName }),
    ...(given.roleCredentials ? { roleCredentials: given.roleCredentials } : {}),
    ...(given.executionRoleCredentials ? { executionRoleCredentials: given.executionRoleCredentials } : {}),
    ...(network ? { elasticNetworkInterfaces: [network] } : {}),
    ...gpuAssociations(task),
    ...(described.enableFaultInjection === undefined ? {} : { enableFaultInjection: described.enableFaultInjection }),
    ...(task.availabilityZone === undefined ? {} : { zone: task.availabilityZone }),
    ...(given.speaksLongshore
      ? {
          longshore: {
            logs: containers
              .filter(({ logConfiguration }) => logConfiguration?.logDriver === 'awslogs')
              .map(({ name = '' }) => name),
            ...(given.subnet ? { subnet: given.subnet } : {}),
            ...(network && task.networkInterface ? { securityGroupIds: task.networkInterface.securityGroupIds } : {}),
            ...(given.zoneId === undefined ? {} : { zoneId: given.zoneId }),
            ...boundOfStorage(task, described),
            ...(wantsNoEndpoint(task.tags, given.clusterTags ?? []) ? { endpoint: 'none' as const } : {}),
          },
        }
      : {}),
  };
}

/**
 * Differs from AWS: the 20 GiB that every Fargate task has without asking are shown and not enforced. A file system for each
 * task would cost its start a tenth of a second and its host a loop device.
 */
function boundOfStorage(
  { ephemeralStorageGiB, overrides }: TaskRecord,
  described: TaskDefinitionRecord['definition'],
): { readonly ephemeralStorageGiB?: number } {
  const isAsked = (overrides.ephemeralStorage ?? described.ephemeralStorage) !== undefined;
  return ephemeralStorageGiB === undefined || !isAsked ? {} : { ephemeralStorageGiB };
}

/**
 * Changes exactly when the payload of a task does, credentials aside. Task definitions never change and neither do a
 * task's overrides, so this is what a session compares instead of whole payloads.
 */
export function payloadVersion(task: TaskRecord): string {
  if (!task.networkInterface) return task.desiredStatus;
  const { networkInterfaceId = '', privateIpv4Address = '' } = task.networkInterface;
  return `${task.desiredStatus} ${networkInterfaceId} ${privateIpv4Address}`;
}

export interface PayloadSources {
  readonly task: TaskRecord;
  readonly definition: TaskDefinitionRecord;
  /** Whether the agent is ours: it ships logs itself and makes networks; the stock agent leaves logs to the engine. */
  readonly speaksLongshore: boolean;
  /** The URL by which the agent reaches us, which a stock agent's tasks can only be told here. */
  readonly endpoint?: string;
  /** The host of our registry as the agent's machine reaches it. */
  readonly registryHost?: string;
  readonly clusterTags?: TaskRecord['tags'];
  /** Of awslogs containers whose definition names none: the account setting defaultLogDriverMode. */
  readonly logDriverMode?: string;
  /** Of the zone that the task runs in. */
  readonly zoneId?: string;
  /** The subnet of the task's network interface. */
  readonly subnet?: PayloadSubnet;
  readonly roleCredentials?: RoleCredentials;
  readonly executionRoleCredentials?: RoleCredentials;
  /** What an EFS volume of the task is on disk. */
  readonly fileSystemOf?: (
    fileSystemId: string,
    accessPointId: string | undefined,
  ) => NonNullable<PayloadVolume['efs']>['mount'];
}

export interface PayloadSubnet {
  readonly subnetId: string;
  readonly cidrBlock: string;
  readonly gateway: string;
  readonly vpcId?: string;
  readonly vpcCidrBlock?: string;
}

/**
 * Containers are told in AWS_ENDPOINT_URL that this is their AWS, unless the tag longshore:endpoint of the task, or else
 * of its cluster, is `none`: the task then talks to the AWS that its own configuration names.
 */
function wantsNoEndpoint(taskTags: TaskRecord['tags'], clusterTags: TaskRecord['tags']): boolean {
  const tag = [...taskTags, ...clusterTags].find(({ key }) => key === endpointTag);
  return tag?.value === 'none';
}

/** Our own agent finds an address of its own for its containers; of a stock agent's we know the one it has used. */
function endpointToTell({ task, clusterTags = [], endpoint }: PayloadSources): string | undefined {
  return wantsNoEndpoint(task.tags, clusterTags) ? undefined : endpoint;
}

/** In a container with a network of its own, the host's loopback address is its own. */
function isOfTheHostAlone(endpoint: string): boolean {
  return /^https?:\/\/(localhost|127\.[0-9.]+|\[::1\])(:|\/|$)/.test(endpoint);
}

const endpointTag = 'longshore:endpoint';

const cpuUnitsPerVcpu = 1024;

type NetworkMode = NonNullable<PayloadTask['networkMode']>;

function payloadContainer(
  container: Kept<ContainerDefinition>,
  networkMode: NetworkMode,
  sources: PayloadSources,
): PayloadContainer {
  const { task, speaksLongshore, executionRoleCredentials } = sources;
  const endpoint = speaksLongshore ? undefined : endpointToTell(sources);
  const name = container.name ?? '';
  const record = task.containers.find((candidate) => candidate.name === name);
  const override = task.overrides.containerOverrides?.find((candidate) => candidate.name === name);
  const memoryMiB = override?.memory ?? container.memory;
  const { restartPolicy } = container;
  return {
    name,
    image: imageOf(record, container),
    containerArn: record ? containerArnOf(task, record) : '',
    cpu: override?.cpu ?? container.cpu ?? 0,
    memory: memoryMiB ?? 0,
    essential: container.essential ?? true,
    command: override?.command ?? container.command ?? [],
    ...(container.entryPoint?.length ? { entryPoint: container.entryPoint } : {}),
    environment: environment(container, override, task, endpoint),
    ...environmentFilesOf(override?.environmentFiles ?? container.environmentFiles ?? []),
    links: container.links ?? [],
    portMappings: (container.portMappings ?? []).map(portMapping),
    mountPoints: (container.mountPoints ?? []).map((mount) => ({
      sourceVolume: mount.sourceVolume ?? '',
      containerPath: mount.containerPath ?? '',
      readOnly: mount.readOnly ?? false,
    })),
    volumesFrom: (container.volumesFrom ?? []).map((source) => ({
      sourceContainer: source.sourceContainer ?? '',
      readOnly: source.readOnly ?? false,
    })),
    dockerConfig: dockerConfig(container, {
      networkMode: networkMode === 'awsvpc' ? undefined : networkMode,
      logConfig: logConfig(container, sources, endpoint),
      memoryMiB,
      memoryReservationMiB: override?.memoryReservation ?? container.memoryReservation,
    }),
    ...(container.healthCheck ? { healthCheckType: 'docker' as const } : {}),
    dependsOn: (container.dependsOn ?? []).flatMap(({ containerName, condition }) =>
      containerName && condition ? [{ containerName, condition }] : [],
    ),
    ...(container.startTimeout === undefined ? {} : { startTimeout: container.startTimeout }),
    ...(container.stopTimeout === undefined ? {} : { stopTimeout: container.stopTimeout }),
    ...(restartPolicy
      ? {
          restartPolicy: {
            enabled: restartPolicy.enabled ?? false,
            ignoredExitCodes: restartPolicy.ignoredExitCodes ?? [],
            restartAttemptPeriod: restartPolicy.restartAttemptPeriod ?? 300,
          },
        }
      : {}),
    ...(container.firelensConfiguration ? { firelensConfiguration: routerOf(container.firelensConfiguration) } : {}),
    ...secretsOf(container, task.clusterArn.split(':')[3] ?? '', speaksLongshore),
    ...stockImage(sources, imageOf(record, container)),
    ...(container.repositoryCredentials
      ? {
          registryAuthentication: {
            type: 'asm' as const,
            asmAuthData: {
              credentialsParameter: container.repositoryCredentials.credentialsParameter ?? '',
              region: task.clusterArn.split(':')[3] ?? '',
            },
          },
        }
      : {}),
    ...(container.logConfiguration?.logDriver === 'awslogs' && executionRoleCredentials
      ? { logsAuthStrategy: 'ExecutionRole' as const }
      : {}),
  };
}

function stockImage(
  { task, speaksLongshore, endpoint, registryHost, executionRoleCredentials }: PayloadSources,
  image: string,
): Pick<PayloadContainer, 'image' | 'registryAuthentication'> | undefined {
  if (speaksLongshore || endpoint === undefined || registryHost === undefined) return undefined;
  const { accountId, region } = task;
  const registry = { host: registryHost, endpoint, accountId, region };
  return ecrImageFor(image, registry, executionRoleCredentials !== undefined);
}

function routerOf(
  router: NonNullable<Kept<ContainerDefinition>['firelensConfiguration']>,
): NonNullable<PayloadContainer['firelensConfiguration']> {
  return { type: router.type === 'fluentd' ? 'fluentd' : 'fluentbit', options: router.options ?? {} };
}

function environmentFilesOf(
  files: readonly { readonly value?: string | undefined }[],
): Pick<PayloadContainer, 'environmentFiles'> {
  if (files.length === 0) return {};
  return { environmentFiles: files.map(({ value = '' }) => ({ value, type: 's3' })) };
}

function secretsOf(
  container: Kept<ContainerDefinition>,
  region: string,
  speaksLongshore: boolean,
): Pick<PayloadContainer, 'secrets'> {
  const secret = (type: PayloadSecret['type'], target: PayloadSecret['target']) => {
    return (given: { readonly name?: string | undefined; readonly valueFrom?: string | undefined }): PayloadSecret => {
      const { name = '', valueFrom = '' } = given;
      const arn = /^arn:[^:]*:(ssm|secretsmanager):([^:]*):/.exec(valueFrom);
      const provider = arn?.[1] === 'secretsmanager' ? 'asm' : 'ssm';
      // A stock agent finds an answer of Parameter Store by its name, which is never an ARN: one would leave it empty.
      const asked = speaksLongshore || provider === 'asm' ? valueFrom : parameterName(valueFrom);
      return { name, valueFrom: asked, region: arn?.[2] ?? region, provider, type, target };
    };
  };
  const secrets = [
    ...(container.secrets ?? []).map(secret('ENVIRONMENT_VARIABLE', 'CONTAINER')),
    ...(container.logConfiguration?.secretOptions ?? []).map(secret('BOOTSTRAP', 'LOG_DRIVER')),
  ];
  return secrets.length === 0 ? {} : { secrets };
}

/** `…:parameter/a/b` is of `/a/b`, and `…:parameter/b` of `b`. */
function parameterName(valueFrom: string): string {
  const path = /^arn:[^/]*:parameter\/(.*)$/.exec(valueFrom)?.[1];
  if (path === undefined) return valueFrom;
  return path.includes('/') ? `/${path}` : path;
}

/** A pinned image is asked for by name, tag and digest: the engine goes by the digest then. */
function imageOf(record: TaskContainer | undefined, container: Kept<ContainerDefinition>): string {
  const image = record?.image ?? container.image ?? '';
  return record?.pinnedDigest === undefined || image.includes('@') ? image : `${image}@${record.pinnedDigest}`;
}

/** AWS_EXECUTION_ENV is the control plane's to give: the agent only looks whether it is there. */
function environment(
  container: Kept<ContainerDefinition>,
  override: Kept<ContainerOverride> | undefined,
  task: TaskRecord,
  endpoint: string | undefined,
): Readonly<Record<string, string>> {
  const pairs = [...(container.environment ?? []), ...(override?.environment ?? [])];
  return {
    AWS_EXECUTION_ENV: task.launchType === 'FARGATE' ? 'AWS_ECS_FARGATE' : 'AWS_ECS_EC2',
    ...(endpoint === undefined || isOfTheHostAlone(endpoint) ? {} : { AWS_ENDPOINT_URL: endpoint }),
    ...Object.fromEntries(pairs.map(({ name, value }) => [name ?? '', value ?? ''])),
  };
}

function portMapping(mapping: NonNullable<Kept<ContainerDefinition>['portMappings']>[number]): PayloadPortMapping {
  return {
    ...(mapping.containerPort === undefined ? {} : { containerPort: mapping.containerPort }),
    ...(mapping.hostPort === undefined ? {} : { hostPort: mapping.hostPort }),
    ...(mapping.containerPortRange === undefined ? {} : { containerPortRange: mapping.containerPortRange }),
    protocol: mapping.protocol ?? 'tcp',
  };
}

function logConfig(
  container: Kept<ContainerDefinition>,
  { task, speaksLongshore, logDriverMode }: PayloadSources,
  endpoint: string | undefined,
): { readonly Type: string; readonly Config: Readonly<Record<string, string>> } | undefined {
  const log = container.logConfiguration;
  if (!log?.logDriver) return undefined;
  if (log.logDriver !== 'awslogs') return { Type: log.logDriver, Config: log.options ?? {} };
  const byDefault = logDriverMode === undefined ? {} : { mode: logDriverMode };
  const options: Readonly<Record<string, string>> = { ...byDefault, ...log.options };
  if (speaksLongshore) return { Type: 'awslogs', Config: options };
  // The prefix is not an option of Docker's driver: the control plane turns it into the stream's name.
  const { 'awslogs-stream-prefix': prefix, ...driverOptions } = options;
  const stream = !prefix ? {} : { 'awslogs-stream': `${prefix}/${container.name ?? ''}/${task.id}` };
  const where = { 'awslogs-region': task.region, ...(endpoint === undefined ? {} : { 'awslogs-endpoint': endpoint }) };
  return { Type: 'awslogs', Config: { ...where, ...driverOptions, ...stream } };
}

/** Which GPU goes to which container, in the form in which the stock agent is told. */
function gpuAssociations({ containers }: TaskRecord): Pick<PayloadTask, 'associations'> {
  const associations = containers.flatMap(({ name: container, gpuIds = [] }) =>
    gpuIds.map((name) => ({
      name,
      type: 'gpu',
      containers: [container],
      content: { encoding: 'identity', value: '' },
    })),
  );
  return associations.length > 0 ? { associations } : {};
}

type FileSystemOf = NonNullable<PayloadSources['fileSystemOf']>;

function efsVolume(
  name: string,
  given: NonNullable<Kept<Volume>['efsVolumeConfiguration']>,
  fileSystemOf: FileSystemOf | undefined,
): PayloadVolume {
  const { fileSystemId, rootDirectory = '/', transitEncryption, transitEncryptionPort } = given;
  const { accessPointId, iam } = given.authorizationConfig ?? {};
  const mount = fileSystemOf?.(fileSystemId, accessPointId);
  return {
    name,
    type: 'efs',
    efsVolumeConfiguration: {
      fileSystemId,
      rootDirectory,
      ...(transitEncryption === undefined ? {} : { transitEncryption }),
      ...(transitEncryptionPort === undefined ? {} : { transitEncryptionPort }),
      authorizationConfig: {
        ...(accessPointId === undefined ? {} : { accessPointId }),
        ...(iam === undefined ? {} : { iam }),
      },
    },
    efs: { fileSystemId, rootDirectory, ...(mount === undefined ? {} : { mount }) },
  };
}

function payloadVolume(
  volume: Kept<Volume>,
  { managedVolumes = [] }: TaskRecord,
  fileSystemOf: FileSystemOf | undefined,
): PayloadVolume {
  const name = volume.name ?? '';
  const managed = managedVolumes.find((candidate) => candidate.name === name);
  if (managed) {
    const { volumeId, sizeGiB, filesystemType, deleteOnTermination } = managed;
    const fileSystem = filesystemType === undefined ? {} : { filesystemType };
    return { name, type: 'ebs', ebs: { volumeId, sizeGiB, ...fileSystem, deleteOnTermination } };
  }
  const docker = volume.dockerVolumeConfiguration;
  if (docker) {
    return {
      name,
      type: 'docker',
      dockerVolumeConfiguration: {
        scope: docker.scope ?? 'task',
        autoprovision: docker.autoprovision ?? false,
        driver: docker.driver ?? 'local',
        driverOpts: docker.driverOpts ?? {},
        labels: docker.labels ?? {},
      },
    };
  }
  if (volume.efsVolumeConfiguration) return efsVolume(name, volume.efsVolumeConfiguration, fileSystemOf);
  const sourcePath = volume.host?.sourcePath;
  return { name, type: 'host', host: sourcePath ? { sourcePath } : {} };
}

/** Undefined until the interface has its address. */
function networkInterface(task: TaskRecord, subnet: PayloadSubnet): PayloadNetworkInterface | undefined {
  const { attachmentId, networkInterfaceId, macAddress, privateIpv4Address, privateDnsName } =
    task.networkInterface ?? {};
  if (!attachmentId || !networkInterfaceId || !macAddress || !privateIpv4Address) return undefined;
  const prefixLength = subnet.cidrBlock.split('/')[1] ?? '32';
  return {
    attachmentArn: formatArn({ ...task, service: 'ecs', resource: `attachment/${attachmentId}` }),
    ec2Id: networkInterfaceId,
    macAddress,
    ipv4Addresses: [{ privateAddress: privateIpv4Address, primary: true }],
    subnetGatewayIpv4Address: `${subnet.gateway}/${prefixLength}`,
    privateDnsName: privateDnsName ?? '',
    domainNameServers: [],
    index: 0,
    interfaceAssociationProtocol: 'default',
  };
}

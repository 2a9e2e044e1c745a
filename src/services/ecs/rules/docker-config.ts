import type { ContainerDefinition, LinuxParameters } from '@aws-sdk/client-ecs';
import type { Kept } from '../tables.ts';

/** Engine settings of one container as the agent protocol carries them: JSON texts in Docker's spelling. */
export interface DockerConfig {
  /** The lowest Docker API version that knows all of it. */
  readonly version: string;
  readonly config: string;
  readonly hostConfig: string;
}

/**
 * What the agent cannot derive from the typed members of the payload. The agent lays both texts over its own settings,
 * so a member is present only where the task definition says something (amazon-ecs-agent, agent/api/task/task.go).
 */
export function dockerConfig(container: Kept<ContainerDefinition>, surroundings: DockerSurroundings): DockerConfig {
  return {
    version: minimumApiVersion(container, surroundings.logConfig?.Type),
    config: JSON.stringify(config(container)),
    hostConfig: JSON.stringify(hostConfig(container, surroundings)),
  };
}

/** What a container's engine settings take from its task. */
export interface DockerSurroundings {
  /** Absent with awsvpc, where the agent chooses. */
  readonly networkMode: 'bridge' | 'host' | 'none' | undefined;
  readonly logConfig: { readonly Type: string; readonly Config: Readonly<Record<string, string>> } | undefined;
  /** After overrides. */
  readonly memoryMiB: number | undefined;
  readonly memoryReservationMiB: number | undefined;
}

const bytesPerMiB = 1024 * 1024;
const nanosecondsPerSecond = 1_000_000_000;

/** Members that are undefined are left out by JSON. */
function config(container: Kept<ContainerDefinition>): Readonly<Record<string, unknown>> {
  return {
    User: container.user,
    Hostname: container.hostname,
    WorkingDir: container.workingDirectory,
    OpenStdin: container.interactive,
    Tty: container.pseudoTerminal,
    NetworkDisabled: container.disableNetworking,
    Labels: container.dockerLabels,
    Healthcheck: healthcheck(container),
  };
}

function healthcheck(container: Kept<ContainerDefinition>): Readonly<Record<string, unknown>> | undefined {
  const check = container.healthCheck;
  if (!check) return undefined;
  return {
    Test: check.command,
    Interval: (check.interval ?? 30) * nanosecondsPerSecond,
    Timeout: (check.timeout ?? 5) * nanosecondsPerSecond,
    StartPeriod: (check.startPeriod ?? 0) * nanosecondsPerSecond,
    Retries: check.retries ?? 3,
  };
}

function hostConfig(
  container: Kept<ContainerDefinition>,
  { networkMode, logConfig, memoryMiB, memoryReservationMiB }: DockerSurroundings,
): Readonly<Record<string, unknown>> {
  const linux = container.linuxParameters;
  return {
    NetworkMode: networkMode,
    MemoryReservation: memoryReservationMiB === undefined ? undefined : memoryReservationMiB * bytesPerMiB,
    ...swap(linux, memoryMiB),
    CapAdd: linux?.capabilities?.add,
    CapDrop: linux?.capabilities?.drop,
    Privileged: container.privileged,
    ReadonlyRootfs: container.readonlyRootFilesystem,
    Dns: container.dnsServers,
    DnsSearch: container.dnsSearchDomains,
    ExtraHosts: container.extraHosts?.map(({ hostname, ipAddress }) => `${hostname}:${ipAddress}`),
    SecurityOpt: container.dockerSecurityOptions,
    Ulimits: ulimits(container),
    LogConfig: logConfig,
    Devices: linux?.devices?.map((device) => ({
      PathOnHost: device.hostPath,
      PathInContainer: device.containerPath ?? device.hostPath,
      CgroupPermissions: devicePermissions(device.permissions),
    })),
    Init: linux?.initProcessEnabled,
    ShmSize: linux?.sharedMemorySize === undefined ? undefined : linux.sharedMemorySize * bytesPerMiB,
    Tmpfs: linux?.tmpfs
      ? Object.fromEntries(
          linux.tmpfs.map((mount) => [
            mount.containerPath,
            [...(mount.mountOptions ?? []), `size=${mount.size}m`].join(),
          ]),
        )
      : undefined,
    Sysctls: container.systemControls?.length
      ? Object.fromEntries(container.systemControls.map(({ namespace, value }) => [namespace ?? '', value ?? '']))
      : undefined,
  };
}

/** Docker counts swap together with memory. Without maxSwap the host decides, and swappiness means nothing. */
function swap(
  linux: Kept<LinuxParameters> | undefined,
  memoryMiB: number | undefined,
): Readonly<Record<string, number>> {
  if (linux?.maxSwap === undefined || memoryMiB === undefined) return {};
  const total = { MemorySwap: (memoryMiB + linux.maxSwap) * bytesPerMiB };
  // No swap, no swappiness: the engine refuses one without the other on hosts without swap accounting.
  return linux.maxSwap === 0 ? total : { ...total, MemorySwappiness: linux.swappiness ?? 60 };
}

/**
 * Differs from AWS: Fargate raises the limit of open files to 65535 (API reference, Ulimit); here a container without a
 * limit of its own keeps the engine's. An engine whose own hard limit is lower, in a sandbox or under a strict service
 * manager, would refuse to start every Fargate container.
 */
function ulimits(container: Kept<ContainerDefinition>): readonly object[] | undefined {
  if (!container.ulimits?.length) return undefined;
  return container.ulimits.map(({ name, softLimit, hardLimit }) => ({ Name: name, Soft: softLimit, Hard: hardLimit }));
}

function devicePermissions(permissions: readonly string[] | undefined): string {
  if (!permissions?.length) return 'rwm';
  return (['read', 'write', 'mknod'] as const)
    .filter((permission) => permissions.includes(permission))
    .map((permission) => permission[0])
    .join('');
}

/** Docker API versions by what they brought (Docker Engine API version history). The agent refuses what it cannot speak. */
function minimumApiVersion(container: Kept<ContainerDefinition>, logDriver: string | undefined): string {
  const linux = container.linuxParameters;
  if ((container.healthCheck?.startPeriod ?? 0) > 0) return '1.29';
  if (linux?.initProcessEnabled) return '1.25';
  if (container.healthCheck || container.systemControls?.length) return '1.24';
  if (linux?.tmpfs?.length || linux?.sharedMemorySize !== undefined) return '1.22';
  return logDriver === 'awslogs' || logDriver === 'splunk' ? '1.19' : '1.18';
}

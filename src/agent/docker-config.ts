import type { ContainerBody, HostConfig, Labels } from '../world/docker.ts';
import type { PayloadContainer, PayloadNetworkInterface, PayloadTask } from './contract.ts';
import {
  firelensOf,
  routedEnvironment,
  routedLogConfig,
  routedOptions,
  routerBinds,
  routerEnvironment,
} from './logs/firelens.ts';
import { isShipped } from './logs/shipped-output.ts';
import { gpuRuntime, gpusOf } from './gpus.ts';
import { rangesOf } from './host-ports.ts';
import { pauseName, type TaskRecord, taskIdOf } from './state.ts';

/** What the mapping onto the engine needs to know besides the task. */
export interface DockerContext {
  readonly agentId: string;
  readonly cluster: string;
  readonly region: string;
  readonly cgroupDriver: string;
  /** Of the engine itself, `20.10.24`. */
  readonly engineVersion: string;
  /** Where the task's own limits are kept: in a cgroup around its containers or, where none can be made, on each of them. */
  readonly limits: 'task-cgroup' | 'containers';
  /** Whether output that is shipped is kept by ourselves, so that the engine writes none of it. */
  readonly keepsOutput?: boolean;
  /** Where the files of log routers are, apart for each task; absent where this agent makes none. */
  readonly firelensDirectory?: string;
  /** More environment for one container (metadata and credentials endpoints); the definition's own wins. */
  readonly environment: Readonly<Record<string, string>>;
  /** The image's own variables, `NAME=value`. */
  readonly imageEnvironment: readonly string[];
}

/** The body with which the engine is to create one container of the task. */
export function containerBody(task: TaskRecord, wanted: PayloadContainer, context: DockerContext): ContainerBody {
  const { payload } = task;
  const config = parseObject(wanted.dockerConfig.config);
  const given = parseObject(wanted.dockerConfig.hostConfig);
  const pauseId = task.containers[pauseName]?.id;
  const networkId = payload.networkMode === 'awsvpc' ? pauseId : task.containers[wanted.name]?.sandbox?.id;
  const joined = networkId !== undefined;
  const ports = payload.networkMode === undefined || payload.networkMode === 'bridge' ? portsOf(task, wanted) : [];
  const binds = [...bindsOf(task, wanted), ...routerBindsOf(payload, wanted, context)];
  const gpus = gpusOf(payload, wanted.name);
  const host: HostConfig = {
    NetworkMode: payload.networkMode ?? 'bridge',
    ...(binds.length > 0 ? { Binds: binds } : {}),
    ...(ports.length > 0 ? { PortBindings: portBindings(ports) } : {}),
    ...(wanted.links.length > 0 ? { Links: wanted.links.map((link) => linkOf(task, link)) } : {}),
    ...(wanted.volumesFrom.length > 0
      ? {
          VolumesFrom: wanted.volumesFrom.map(
            (from) =>
              `${task.containers[from.sourceContainer]?.id ?? from.sourceContainer}${from.readOnly ? ':ro' : ''}`,
          ),
        }
      : {}),
    CpuShares: cpuSharesOf(wanted.cpu),
    ...memoryOf(payload, wanted, context),
    ...cgroupOf(payload, context),
    ...namespacesOf(payload, pauseId),
    ...given,
    ...routedLogConfigOf(payload, wanted, context),
    ...(gpus.length > 0 ? { Runtime: gpuRuntime } : {}),
    ...(joined ? { NetworkMode: `container:${networkId}` } : {}),
  };
  const body: ContainerBody = {
    ...config,
    Image: wanted.image,
    ...(wanted.command.length > 0 ? { Cmd: wanted.command } : {}),
    ...(wanted.entryPoint && wanted.entryPoint.length > 0 ? { Entrypoint: wanted.entryPoint } : {}),
    Env: environmentOf(wanted, {
      ...context,
      environment: {
        ...context.environment,
        ...(gpus.length > 0 ? { NVIDIA_VISIBLE_DEVICES: gpus.join() } : {}),
      },
      imposed: firelensEnvironmentOf(task, wanted),
    }),
    ...(ports.length > 0 ? { ExposedPorts: Object.fromEntries(ports.map(({ key }) => [key, {}])) } : {}),
    Labels: { ...labelsIn(config), ...labelsOf(payload, wanted.name, context) },
    HostConfig: logged(
      joined ? without(host, ['Dns', 'DnsSearch', 'ExtraHosts', 'Links', 'PortBindings']) : host,
      context.keepsOutput === true && isShipped(payload, wanted.name),
    ),
  };
  // The engine refuses a host name of its own to a container that shares another one's network.
  return joined ? { ...without(body, ['Hostname', 'ExposedPorts']), Image: body.Image } : body;
}

/** The body of the container that holds a task's network (awsvpc) or its shared namespaces. */
export function pauseBody(task: TaskRecord, image: string, context: DockerContext): ContainerBody {
  const { payload } = task;
  const card = payload.elasticNetworkInterfaces?.[0];
  const subnet = payload.longshore?.subnet;
  const base = {
    Image: image,
    Labels: labelsOf(payload, pauseName, context),
  };
  const host: HostConfig = {
    ...cgroupOf(payload, { ...context, limits: context.limits }, true),
    ...(payload.ipcMode === 'task' ? { IpcMode: 'shareable' } : {}),
    LogConfig: { Type: 'none', Config: {} },
  };
  if (payload.networkMode !== 'awsvpc' || !card || !subnet) {
    return { ...base, HostConfig: { ...host, NetworkMode: 'none' } };
  }
  const { HostConfig, ...network } = interfaceNetwork(
    { ...card, privateIpv4Address: addressOf(payload) },
    subnet.cidrBlock,
  );
  return { ...base, ...network, HostConfig: { ...host, ...HostConfig } };
}

/** What makes a container hold a network interface. */
export function interfaceNetwork(
  card: Pick<PayloadNetworkInterface, 'macAddress' | 'privateDnsName' | 'domainNameServers'> & {
    readonly privateIpv4Address: string | undefined;
  },
  cidrBlock: string,
): Omit<ContainerBody, 'Image'> & { readonly HostConfig: HostConfig } {
  const { macAddress, privateDnsName, domainNameServers, privateIpv4Address } = card;
  const network = networkNameOf(cidrBlock);
  return {
    MacAddress: macAddress,
    ...(privateDnsName === '' ? {} : { Hostname: privateDnsName.slice(0, 63) }),
    HostConfig: {
      NetworkMode: network,
      ...(domainNameServers.length > 0 ? { Dns: domainNameServers } : {}),
    },
    NetworkingConfig: {
      EndpointsConfig: {
        [network]: {
          ...(privateIpv4Address === undefined ? {} : { IPAMConfig: { IPv4Address: privateIpv4Address } }),
          MacAddress: macAddress,
        },
      },
    },
  };
}

/** The task's own address: the primary one of its network interface. */
export function addressOf(payload: PayloadTask): string | undefined {
  const addresses = payload.elasticNetworkInterfaces?.[0]?.ipv4Addresses ?? [];
  return (addresses.find((address) => address.primary) ?? addresses[0])?.privateAddress;
}

/** One network per subnet, by its range, so that agents which share an engine share it. */
export function networkNameOf(cidrBlock: string): string {
  return `longshore-${cidrBlock.replace('/', '-')}`;
}

/**
 * The Linux bridge of that network. A name of our own and not the engine's, which is new each time: an engine whose data
 * was lost leaves its bridges behind, and a second bridge with the same addresses would take their traffic.
 */
export function bridgeNameOf(cidrBlock: string): string {
  const [address = '', prefixLength = ''] = cidrBlock.split('/');
  const octets = address.split('.').map((octet) => Number(octet).toString(16).padStart(2, '0'));
  return `${bridgePrefix}${octets.join('')}-${prefixLength}`; // 14 characters: the kernel takes 15
}

export const bridgePrefix = 'ls-';

/** Docker's name of a container, as the stock agent builds it. */
export function dockerNameOf(payload: PayloadTask, name: string, random: string): string {
  return `ecs-${payload.family}-${payload.version}-${name.replace(/[^A-Za-z0-9-]/g, '')}-${random}`;
}

/** The group all containers of the task are in: the driver of the engine decides its form. */
export function cgroupParentOf(taskArn: string, cgroupDriver: string): string {
  const id = taskIdOf(taskArn);
  return cgroupDriver === 'systemd' ? `ecstasks-${id}.slice` : `/ecs/${id}`;
}

export const agentLabel = 'longshore.agent';
export const taskArnLabel = 'com.amazonaws.ecs.task-arn';
export const containerNameLabel = 'com.amazonaws.ecs.container-name';

const mebibyte = 1024 * 1024;

/** A weight among neighbours, not a limit: 0 and 1 mean the least the kernel knows. */
function cpuSharesOf(cpuUnits: number): number {
  return Math.min(262_144, Math.max(2, cpuUnits));
}

/** Limits of the whole task: a quota when it has CPU of its own, else the sum of its containers' weights. */
export function taskLimits(payload: PayloadTask): {
  readonly cpuQuotaUs?: number;
  readonly cpuPeriodUs?: number;
  readonly cpuShares?: number;
  readonly memoryBytes?: number;
} {
  const period = 100_000;
  const shares = payload.containers.reduce((sum, container) => sum + Math.max(2, container.cpu), 0);
  return {
    ...(payload.cpu === undefined || payload.cpu === 0
      ? { cpuShares: Math.min(262_144, shares) }
      : { cpuQuotaUs: Math.max(1000, Math.round(payload.cpu * period)), cpuPeriodUs: period }),
    ...(payload.memory === undefined || payload.memory === 0 ? {} : { memoryBytes: payload.memory * mebibyte }),
  };
}

function memoryOf(payload: PayloadTask, wanted: PayloadContainer, context: DockerContext): HostConfig {
  if (wanted.memory > 0) return { Memory: Math.max(4, wanted.memory) * mebibyte };
  const task = context.limits === 'containers' ? taskLimits(payload).memoryBytes : undefined;
  return task === undefined ? {} : { Memory: task };
}

function cgroupOf(payload: PayloadTask, context: DockerContext, isPause = false): HostConfig {
  if (context.limits === 'task-cgroup') return { CgroupParent: cgroupParentOf(payload.arn, context.cgroupDriver) };
  const limits = taskLimits(payload);
  if (isPause || limits.cpuQuotaUs === undefined || limits.cpuPeriodUs === undefined) return {};
  return { CpuPeriod: limits.cpuPeriodUs, CpuQuota: limits.cpuQuotaUs };
}

function namespacesOf(payload: PayloadTask, pauseId: string | undefined): HostConfig {
  const mode = (of: string | undefined): string | undefined => {
    if (of === 'task') return pauseId === undefined ? undefined : `container:${pauseId}`;
    return of === 'host' ? 'host' : undefined;
  };
  const pid = mode(payload.pidMode);
  const ipc = payload.ipcMode === 'none' ? 'none' : mode(payload.ipcMode);
  return { ...(pid === undefined ? {} : { PidMode: pid }), ...(ipc === undefined ? {} : { IpcMode: ipc }) };
}

/** One port of a container may have several of the host. */
function portBindings(
  ports: readonly { readonly key: string; readonly hostPort: string }[],
): NonNullable<HostConfig['PortBindings']> {
  const bindings = new Map<string, { readonly HostPort: string }[]>();
  for (const { key, hostPort } of ports) bindings.set(key, [...(bindings.get(key) ?? []), { HostPort: hostPort }]);
  return Object.fromEntries(bindings);
}

/** An empty port of the host lets the engine choose a free one. */
function portsOf(
  task: TaskRecord,
  wanted: PayloadContainer,
): readonly { readonly key: string; readonly hostPort: string }[] {
  const hostRanges = task.containers[wanted.name]?.hostRanges;
  return [
    ...wanted.portMappings.flatMap(({ containerPort, hostPort, protocol }) =>
      containerPort === undefined
        ? []
        : [{ key: `${containerPort}/${protocol}`, hostPort: hostPort ? String(hostPort) : '' }],
    ),
    ...rangesOf(wanted).flatMap(({ key, protocol, firstPort, count }) =>
      Array.from({ length: count }, (_, index) => {
        const first = hostRanges?.first[key];
        return {
          key: `${firstPort + index}/${protocol}`,
          hostPort: first === undefined ? '' : String(first + index),
        };
      }),
    ),
  ];
}

function bindsOf(task: TaskRecord, wanted: PayloadContainer): readonly string[] {
  return wanted.mountPoints.flatMap((mount) => {
    const volume = task.payload.volumes.find((candidate) => candidate.name === mount.sourceVolume);
    const source = volume?.host?.sourcePath || task.volumes[mount.sourceVolume];
    return source === undefined ? [] : [`${source}:${mount.containerPath}${mount.readOnly ? ':ro' : ''}`];
  });
}

function routerBindsOf(payload: PayloadTask, wanted: PayloadContainer, context: DockerContext): readonly string[] {
  const firelens = wanted.firelensConfiguration && firelensOf(payload);
  if (!firelens || context.firelensDirectory === undefined) return [];
  return routerBinds(firelens, context.firelensDirectory, taskIdOf(payload.arn));
}

function routedLogConfigOf(payload: PayloadTask, wanted: PayloadContainer, context: DockerContext): HostConfig {
  const options = routedOptions(wanted);
  const { firelensDirectory: directory, engineVersion } = context;
  if (!options || directory === undefined) return {};
  const taskId = taskIdOf(payload.arn);
  return { LogConfig: routedLogConfig(wanted.name, options, { directory, taskId, engineVersion }) };
}

function firelensEnvironmentOf(task: TaskRecord, wanted: PayloadContainer): Readonly<Record<string, string>> {
  const isRouted = routedOptions(wanted) !== undefined;
  const firelens = isRouted || wanted.firelensConfiguration ? firelensOf(task.payload) : undefined;
  if (!firelens) return {};
  return {
    ...(wanted.firelensConfiguration ? routerEnvironment(firelens) : {}),
    ...(isRouted ? routedEnvironment(task.payload, task.containers[firelens.router.name]?.address) : {}),
  };
}

/** `name[:alias]` of the definition, in the names of the engine. */
function linkOf(task: TaskRecord, link: string): string {
  const [name = link, alias = name] = link.split(':');
  return `${task.containers[name]?.dockerName ?? name}:${alias}`;
}

function environmentOf(
  wanted: PayloadContainer,
  context: DockerContext & { readonly imposed: Readonly<Record<string, string>> },
): readonly string[] {
  const own = wanted.environment;
  const names = new Set([...Object.keys(own), ...context.imageEnvironment.map((pair) => pair.split('=')[0])]);
  const region: Readonly<Record<string, string>> =
    names.has('AWS_REGION') || names.has('AWS_DEFAULT_REGION')
      ? {}
      : { AWS_REGION: context.region, AWS_DEFAULT_REGION: context.region };
  return Object.entries({ ...region, ...context.environment, ...own, ...context.imposed }).map(
    ([name, value]) => `${name}=${value}`,
  );
}

/** These always win over a definition's own labels. */
function labelsOf(payload: PayloadTask, containerName: string, context: DockerContext): Labels {
  return {
    [taskArnLabel]: payload.arn,
    [containerNameLabel]: containerName,
    'com.amazonaws.ecs.task-definition-family': payload.family,
    'com.amazonaws.ecs.task-definition-version': payload.version,
    'com.amazonaws.ecs.cluster': context.cluster,
    [agentLabel]: context.agentId,
  };
}

/**
 * awslogs output is kept by us, or else by the engine, and shipped from there: the engine's own driver knows only AWS. It
 * keeps five files of 20 MB then, as it does itself beside a driver that cannot be read. Whether the container may wait for
 * its output to be taken, and the buffer where it may not, are the engine's for any driver.
 */
function logged(host: HostConfig, isKept: boolean): HostConfig {
  if (isKept) return { ...host, LogConfig: { Type: 'none', Config: {} } };
  if (host.LogConfig?.Type !== 'awslogs') return host;
  const { mode, 'max-buffer-size': bufferSize } = host.LogConfig.Config;
  const Config = {
    'max-size': '20m',
    'max-file': '5',
    ...(mode === undefined ? {} : { mode }),
    ...(bufferSize === undefined ? {} : { 'max-buffer-size': bufferSize }),
  };
  return { ...host, LogConfig: { Type: 'json-file', Config } };
}

function labelsIn(config: Readonly<Record<string, unknown>>): Labels {
  const labels = config['Labels'];
  if (typeof labels !== 'object' || labels === null) return {};
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, String(value)]));
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  const value: unknown = text === '' ? {} : JSON.parse(text);
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function without<T extends object>(from: T, names: readonly string[]): Partial<T> {
  return Object.fromEntries(Object.entries(from).filter(([name]) => !names.includes(name))) as Partial<T>;
}

/**
 * The Docker Engine API, as much of it as Longshore uses, in the engine's own spelling (its reference is the
 * documentation). Every method rejects with DockerError; `inspect…` of what is not there gives undefined.
 */
export interface Docker {
  version(): Promise<DockerVersion>;
  info(): Promise<DockerInfo>;

  /** Pulls and resolves when the engine has the image. `digest` is the repository digest, where the registry gave one. */
  pullImage(reference: string, authorization?: RegistryAuthorization): Promise<{ readonly digest?: string }>;
  inspectImage(reference: string): Promise<ImageInspect | undefined>;
  /** Makes an image of one layer from a tar archive of its root file system. `changes` are Dockerfile instructions. */
  importImage(reference: string, tar: Uint8Array, changes: readonly string[]): Promise<void>;
  /** Gives an image that is there a further name. */
  tagImage(reference: string, name: string): Promise<void>;
  removeImage(reference: string): Promise<void>;

  /** Returns the container's id. */
  createContainer(name: string, body: ContainerBody): Promise<string>;
  startContainer(id: string): Promise<void>;
  /** SIGTERM (or the image's STOPSIGNAL), then SIGKILL after `timeoutSeconds`. Resolves when it has stopped. */
  stopContainer(id: string, timeoutSeconds: number): Promise<void>;
  killContainer(id: string, signal: string): Promise<void>;
  removeContainer(id: string, options: { readonly force: boolean; readonly volumes: boolean }): Promise<void>;
  inspectContainer(id: string): Promise<ContainerInspect | undefined>;
  /** All containers, stopped ones too, that carry every one of these labels (`name` or `name=value`). */
  listContainers(labels: readonly string[]): Promise<readonly ContainerSummary[]>;

  /** Container events from now on. The iteration ends when `signal` aborts and throws when the engine goes away. */
  events(labels: readonly string[], signal: AbortSignal): AsyncIterable<DockerEvent>;
  /** Lines of a container's output with the engine's nanosecond timestamps. Ends when the container does (follow) or at the end. */
  logs(id: string, options: LogOptions, signal: AbortSignal): AsyncIterable<LogLine>;
  /** One sample. */
  stats(id: string): Promise<ContainerStats>;

  createNetwork(body: NetworkBody): Promise<string>;
  inspectNetwork(idOrName: string): Promise<NetworkInspect | undefined>;
  removeNetwork(idOrName: string): Promise<void>;
  createVolume(body: {
    readonly Name: string;
    readonly Driver?: string;
    readonly DriverOpts?: Labels;
    readonly Labels?: Labels;
  }): Promise<void>;
  inspectVolume(
    name: string,
  ): Promise<{ readonly Name: string; readonly Driver: string; readonly Mountpoint: string } | undefined>;
  removeVolume(name: string): Promise<void>;
}

export type Labels = Readonly<Record<string, string>>;

/** The engine refused (status and its own message) or could not be reached (no status). */
export class DockerError extends Error {
  override readonly name = 'DockerError';
  /** HTTP status of the engine's answer; undefined when the engine did not answer. */
  readonly status: number | undefined;
  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }
}

export interface DockerVersion {
  readonly Version: string;
  readonly ApiVersion: string;
}

export interface DockerInfo {
  readonly NCPU: number;
  readonly MemTotal: number;
  readonly Architecture: string;
  readonly OSType: string;
  readonly CgroupDriver: string;
  readonly CgroupVersion: string;
  /** How layers of images and containers are kept, and where on the engine's machine. */
  readonly Driver?: string;
  readonly DockerRootDir?: string;
  /** By name. */
  readonly Runtimes?: Readonly<Record<string, unknown>>;
}

export interface RegistryAuthorization {
  readonly username: string;
  readonly password: string;
  readonly serveraddress: string;
}

export interface ImageInspect {
  readonly Id: string;
  readonly RepoDigests: readonly string[];
  readonly Config: { readonly Env?: readonly string[]; readonly StopSignal?: string } | undefined;
}

/** The body of POST /containers/create. Members not named here pass through as they are. */
export interface ContainerBody {
  readonly Image: string;
  readonly Cmd?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly Env?: readonly string[];
  readonly Labels?: Labels;
  readonly ExposedPorts?: Readonly<Record<string, object>>;
  readonly HostConfig?: HostConfig;
  readonly NetworkingConfig?: {
    readonly EndpointsConfig: Readonly<
      Record<string, { readonly IPAMConfig?: { readonly IPv4Address: string }; readonly MacAddress?: string }>
    >;
  };
  readonly [member: string]: unknown;
}

export interface HostConfig {
  readonly NetworkMode?: string;
  readonly Binds?: readonly string[];
  readonly PortBindings?: Readonly<Record<string, readonly { readonly HostIp?: string; readonly HostPort: string }[]>>;
  readonly CpuShares?: number;
  readonly CpuPeriod?: number;
  readonly CpuQuota?: number;
  readonly Memory?: number;
  readonly CgroupParent?: string;
  readonly LogConfig?: { readonly Type: string; readonly Config: Labels };
  readonly [member: string]: unknown;
}

export interface ContainerInspect {
  readonly Id: string;
  readonly Name: string;
  readonly Created: string;
  readonly Image: string;
  readonly Config: { readonly Image: string; readonly Labels: Labels };
  readonly State: {
    readonly Status: 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';
    readonly Running: boolean;
    readonly Pid: number;
    readonly ExitCode: number;
    readonly OOMKilled: boolean;
    readonly Error: string;
    /** RFC 3339; year 0001 when it never happened. */
    readonly StartedAt: string;
    readonly FinishedAt: string;
    readonly Health?: {
      readonly Status: 'none' | 'starting' | 'healthy' | 'unhealthy';
      readonly Log?: readonly { readonly End: string; readonly ExitCode: number; readonly Output: string }[];
    };
  };
  readonly HostConfig: HostConfig;
  /** Where the container's own layer is, as the driver has it. */
  readonly GraphDriver?: { readonly Name: string; readonly Data?: Labels | null };
  readonly Mounts?: readonly { readonly Name?: string; readonly Source: string; readonly Destination: string }[];
  readonly NetworkSettings: {
    readonly Ports: Readonly<Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[] | null>>;
    readonly Networks: Readonly<
      Record<string, { readonly IPAddress: string; readonly Gateway: string; readonly MacAddress: string }>
    >;
  };
}

export interface ContainerSummary {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly State: string;
  readonly Labels: Labels;
}

export interface DockerEvent {
  /** Such as create, start, die, oom, destroy, `health_status: healthy`. */
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Labels };
  readonly timeNano: number;
}

export interface LogOptions {
  readonly follow: boolean;
  /** Only lines at or after this engine time: seconds with a nanosecond fraction, as text. */
  readonly since?: string;
}

export interface LogLine {
  readonly stream: 'stdout' | 'stderr';
  /** RFC 3339 with nanoseconds, as the engine gives it. */
  readonly timestamp: string;
  /** Without the line break. */
  readonly text: Uint8Array;
}

/** GET /containers/<id>/stats, the members that are read. Cumulative nanoseconds and bytes. */
export interface ContainerStats {
  readonly read: string;
  readonly cpu_stats: {
    readonly cpu_usage: { readonly total_usage: number };
    readonly system_cpu_usage?: number;
    readonly online_cpus?: number;
  };
  readonly memory_stats: {
    readonly usage?: number;
    readonly limit?: number;
    readonly stats?: Readonly<Record<string, number>>;
  };
  readonly networks?: Readonly<Record<string, { readonly rx_bytes: number; readonly tx_bytes: number }>>;
  readonly blkio_stats?: unknown;
}

export interface NetworkBody {
  readonly Name: string;
  readonly Driver?: string;
  readonly Internal?: boolean;
  readonly IPAM?: { readonly Config: readonly { readonly Subnet: string; readonly Gateway?: string }[] };
  readonly Options?: Labels;
  readonly Labels?: Labels;
}

export interface NetworkInspect {
  readonly Id: string;
  readonly Name: string;
  readonly IPAM: { readonly Config: readonly { readonly Subnet?: string; readonly Gateway?: string }[] | null };
  readonly Labels: Labels;
  readonly Containers: Readonly<Record<string, { readonly Name: string; readonly IPv4Address: string }>>;
}

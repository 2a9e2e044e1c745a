/**
 * The ports: the only door through which Longshore meets time, chance, disk, network, the container engine and its log.
 * world/real holds their real bodies, world/sim their simulated ones; everything else is deterministic.
 */
import type { Instant } from '../core/instant.ts';

export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly hash: Hash;
  readonly cipher: Cipher;
  readonly disk: Disk;
  readonly net: Net;
  readonly docker: Docker;
  /** Absent where this process cannot set limits on a group of containers. */
  readonly cgroups?: Cgroups;
  /** Absent where the engine is not this machine's own. */
  readonly firewall?: Firewall;
  /** Absent where there is no machine to mount on. */
  readonly fileSystems?: FileSystems;
  readonly log: Log;
}

// --- time -------------------------------------------------------------------------------------------------------

export interface Clock {
  /** Wall time. May jump; never measure a duration with it. */
  now(): Instant;
  /** Milliseconds on a clock that only goes forward. */
  monotonicMs(): number;
  /** Runs `action` once, after at least `delayMs`. */
  after(delayMs: number, action: () => void): Timer;
  /** Runs `action` after the I/O that is already waiting has been taken in: what lets commits form groups. */
  soon(action: () => void): void;
  /** Resolves after `delayMs`, or at once when `signal` aborts. Never rejects. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

export interface Timer {
  cancel(): void;
}

// --- chance and digests -----------------------------------------------------------------------------------------

export interface Random {
  bytes(count: number): Uint8Array;
  /** A number in [0, 1). */
  fraction(): number;
}

/** Digests, as lower-case hex where the name says so. Deterministic; a port because its fast body is the host's. */
export interface Hash {
  sha256(data: Uint8Array | string): Uint8Array;
  sha256Hex(data: Uint8Array | string): string;
  hmacSha256(key: Uint8Array | string, data: Uint8Array | string): Uint8Array;
  md5Hex(data: Uint8Array | string): string;
  /** A digest of bytes that come in parts. */
  startSha256(): RunningDigest;
  /** For what clients send and once signed with it; nothing of ours rests on it. */
  startSha1(): RunningDigest;
  startMd5(): RunningDigest;
  /** Compares without telling by its time where the first difference is. */
  equal(a: Uint8Array, b: Uint8Array): boolean;
}

export interface RunningDigest {
  update(data: Uint8Array): void;
  /** Lower-case hex. Ends the digest: nothing may be added afterwards. */
  hex(): string;
}

/** AES-256-GCM: nobody reads or changes what is sealed without the key (32 bytes) and the very same `context`. */
export interface Cipher {
  /** `nonce` is 12 random bytes, never used twice with one key. The result holds the ciphertext and its tag, not the nonce. */
  seal(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array, context: Uint8Array): Uint8Array;
  /** Undefined when key, nonce, context or a byte of the sealed is not what it was. */
  open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, context: Uint8Array): Uint8Array | undefined;
}

// --- disk -------------------------------------------------------------------------------------------------------

/** Files under absolute paths. A path that does not exist reads as undefined; any other failure rejects. */
export interface Disk {
  read(path: string): Promise<Uint8Array | undefined>;
  /** At most `length` bytes from `offset`; fewer at the end of the file; undefined when there is no file. */
  readRange(path: string, offset: number, length: number): Promise<Uint8Array | undefined>;
  /**
   * The same bytes in parts, each read when it is asked for: memory stays flat. A part's memory is used again: whoever
   * takes it is done with it before asking for the next. Throws when there is no file.
   */
  readStream(path: string, offset: number, length: number): AsyncIterable<Uint8Array>;
  size(path: string): Promise<number | undefined>;
  /** Replaces the whole file durably: readers and crashes see the old bytes or the new, never a mixture. */
  writeAtomic(path: string, data: Uint8Array, mode?: number): Promise<void>;
  /** Opens for appending, making the file and its directories where missing. */
  openAppend(path: string): Promise<AppendFile>;
  truncate(path: string, size: number): Promise<void>;
  /** Moves a file within one file system, durably, replacing what is there and making directories where missing. */
  rename(from: string, to: string): Promise<void>;
  /** Names (not paths) in a directory, sorted; empty when there is no such directory. */
  list(directory: string): Promise<readonly string[]>;
  /** `mode` and `owner` are those of a directory that is made, whatever the process would give it. */
  makeDirectory(path: string, mode?: number, owner?: FileOwner): Promise<void>;
  /** The path with no symbolic link in it; undefined when there is nothing there. */
  realPath(path: string): Promise<string | undefined>;
  /** Removes a file or a whole directory; nothing to remove is not an error. */
  remove(path: string): Promise<void>;
}

export interface FileOwner {
  readonly userId: number;
  readonly groupId: number;
}

export interface AppendFile {
  /** Bytes in the file so far. */
  readonly size: number;
  append(data: Uint8Array): Promise<void>;
  /** Resolves when all that was appended survives a crash of the machine. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

// --- network ----------------------------------------------------------------------------------------------------

export interface Net {
  listen(address: ListenAddress, handler: HttpHandler): Promise<Listener>;
  /** Passes the bytes of every connection to the host and port of `url` and back, through TLS where it is an https one. */
  forward(address: ListenAddress, url: string): Promise<Listener>;
  /** One HTTP exchange over kept-alive connections. Rejects with NetError when no answer came. */
  request(request: OutgoingRequest): Promise<HttpAnswer>;
  /** Opens a websocket. Rejects with SocketRefused when the server answered with something else than 101. */
  openSocket(request: { readonly url: string; readonly headers: Headers }): Promise<Socket>;
}

export interface ListenAddress {
  readonly host: string;
  /** 0 lets the system choose; the listener tells which. */
  readonly port: number;
}

export interface Listener {
  readonly port: number;
  /** Stops accepting, lets running exchanges end, closes sockets with code 1001. */
  close(): Promise<void>;
}

/** Name and value in the order received; names keep their case, repeats stay separate (SigV4 needs both). */
export type RawHeaders = readonly (readonly [name: string, value: string])[];
export type Headers = Readonly<Record<string, string>>;

export interface HttpRequest {
  readonly method: string;
  /** The request target exactly as received: path and query, undecoded. */
  readonly target: string;
  readonly headers: RawHeaders;
  readonly remoteAddress: string;
  readonly body: HttpBody;
}

export interface HttpBody {
  /** The whole body, or undefined when it is longer than `limit` (the rest is then not read). */
  read(limit: number): Promise<Uint8Array | undefined>;
  stream(): AsyncIterable<Uint8Array>;
  /**
   * The same for much data, in parts of half a MiB: one is gone as soon as the next is asked for. What came before the
   * client left is given before the iteration throws. Absent where nothing is won by it.
   */
  lend?(): AsyncIterable<Uint8Array>;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Headers;
  /** A stream is sent chunk by chunk and ends when the iteration does; it is returned early when the client leaves. */
  readonly body: Uint8Array | string | AsyncIterable<Uint8Array>;
}

export interface HttpHandler {
  request(request: HttpRequest): Promise<HttpResponse>;
  /** Answers a websocket upgrade: a response refuses, a function accepts and is given the open socket. */
  upgrade(request: HttpRequest): Promise<HttpResponse | ((socket: Socket) => void)>;
}

export interface OutgoingRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body?: Uint8Array | string;
  readonly timeoutMs?: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** One websocket. Messages that come before `onMessage` is set wait for it. Pings are answered below this port. */
export interface Socket {
  send(message: string | Uint8Array): void;
  /** Bytes accepted by send and not yet given to the network. */
  readonly bufferedBytes: number;
  onMessage(listener: (message: string | Uint8Array) => void): void;
  onClose(listener: (code: number, reason: string) => void): void;
  close(code?: number, reason?: string): void;
}

/** No answer came: refused, reset, timed out, name unknown. Of `listen` and `forward`: the address cannot be had. */
export class NetError extends Error {
  override readonly name = 'NetError';
  /** The system's name of what failed where it has one, such as EADDRINUSE. */
  readonly code: string | undefined;
  constructor(message: string, options: { readonly cause?: unknown; readonly code?: string } = {}) {
    super(message, options);
    this.code = options.code;
  }
}

/** The server answered a websocket upgrade with an ordinary response. */
export class SocketRefused extends Error {
  override readonly name = 'SocketRefused';
  readonly status: number;
  readonly body: string;
  constructor(status: number, body: string) {
    super(`websocket refused with HTTP ${status}: ${body.slice(0, 300)}`);
    this.status = status;
    this.body = body;
  }
}

// --- the container engine ---------------------------------------------------------------------------------------

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

/**
 * What containers write, kept from before their start until it is shipped, whoever of us dies meanwhile. Not the engine's
 * log drivers, which take several times as long.
 */
export interface Outputs {
  /** Whether containers are to be made without a log of the engine's. */
  readonly isKept: boolean;
  /**
   * To be awaited before each start of a container. With `maxBufferBytes` it is never kept waiting: what it writes beyond
   * so much unshipped is dropped.
   */
  keep(id: string, maxBufferBytes?: number): Promise<void>;
  /**
   * What a container wrote at or after a time, as it comes. Ends when its output has ended and all of it was given, or
   * when `signal` aborts. The same again for who reads again, as long as it is not released.
   */
  read(id: string, since: string | undefined, signal: AbortSignal): AsyncIterable<OutputChunk>;
  /** What was written before this time is not asked for again. */
  release(id: string, time: string): void;
  /** The container is removed. */
  forget(id: string): Promise<void>;
  /** Lets go of it; what is kept is kept on. */
  close(): void;
}

export interface OutputChunk {
  readonly stream: 'stdout' | 'stderr';
  /** Seconds of the epoch in 12 digits, a point, nanoseconds in 9: sorts as it is. Those of one stream only grow. */
  readonly time: string;
  /** Whole lines with their line feeds; the last may be without. A view: to be copied by who keeps it. */
  readonly text: Uint8Array;
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

// --- limits of a group of containers ----------------------------------------------------------------------------

/** The kernel's limits of all containers of a task together, which the engine itself has no word for. */
export interface Cgroups {
  /**
   * Makes the group with these limits, or sets them on the one there is. `parent` is what a container names as its
   * HostConfig.CgroupParent: a path (cgroupfs driver) or a slice (systemd driver). Rejects where the machine refuses.
   */
  createTaskCgroup(parent: string, limits: CgroupLimits): Promise<void>;
  /** Nothing to remove is not an error. Rejects while processes are in the group. */
  removeTaskCgroup(parent: string): Promise<void>;
}

/** File systems of a size of their own, each in one file of the host. */
export interface FileSystems {
  /** Those that can be made and mounted here: none where this process may not mount. */
  kinds(): Promise<readonly FileSystemKind[]>;
  /** Makes the file with an empty file system where there is none yet, and mounts it where it is not mounted yet. */
  mount(volume: {
    readonly image: string;
    readonly directory: string;
    readonly sizeBytes: number;
    readonly kind: FileSystemKind;
  }): Promise<void>;
  /** Whether `mountAs` can be done here. */
  canMountAs(): Promise<boolean>;
  /**
   * Mounts a directory at another place, where it is not mounted yet, so that all that is done there is done in the name
   * of this user, whoever does it. Follows no link at the end of `source`.
   */
  mountAs(mount: { readonly source: string; readonly directory: string; readonly user: FileUser }): Promise<void>;
  /** Nothing to unmount is not an error. The file stays. Rejects while something in it is in use. */
  unmount(directory: string): Promise<void>;
}

/** By whose rights files are used, as POSIX has it. */
export interface FileUser {
  readonly userId: number;
  readonly groupId: number;
  readonly secondaryGroupIds: readonly number[];
}

export const fileSystemKinds = ['xfs', 'ext4', 'ext3'] as const;
export type FileSystemKind = (typeof fileSystemKinds)[number];

/** The packet filter of the engine's machine, in the words of nft(8). */
export interface Firewall {
  /** Rejects, with the reason, where this process cannot filter what passes between containers. */
  check(): Promise<void>;
  /** Takes a script in one step: all of it, or nothing where it rejects. */
  apply(script: string): Promise<void>;
  /** Names of the tables of family inet. */
  tables(): Promise<readonly string[]>;
  /**
   * Lets packets between addresses of the block pass from one of the engine's networks to another, their source unchanged,
   * and lets the engine's default bridge dial them: engines keep their networks apart. Of the networks only those count
   * whose Linux bridges have the prefix. Rejects, with the reason, where the engine does not filter with iptables.
   */
  joinBridges(prefix: string, cidrBlock: string): Promise<void>;
}

/** What is absent is not limited. */
export interface CgroupLimits {
  readonly cpuQuotaUs?: number;
  readonly cpuPeriodUs?: number;
  readonly cpuShares?: number;
  readonly memoryBytes?: number;
}

// --- the log ----------------------------------------------------------------------------------------------------

/** Events with fields, written at the edges only. No secret ever goes into one. */
export interface Log {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

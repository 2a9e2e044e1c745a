import {
  type ContainerBody,
  type ContainerInspect,
  type ContainerStats,
  type Docker,
  DockerError,
  type DockerEvent,
  type LogLine,
} from '../docker.ts';
import { nanosOf, SimContainer, type ContainerParts } from './sim-container.ts';
import { Feed } from './sim-feed.ts';
import { defaultRegistries, inspectImage, SimImages, type SimRegistries } from './sim-images.ts';
import { type SimLife, never } from './sim-life.ts';
import { type SimNetwork, SimNetworks } from './sim-networks.ts';
import type { SimRandom } from './sim-random.ts';
import type { Process, ShellState } from './sim-shell.ts';

/**
 * A container engine in memory: it outlives the agent that uses it and dies with its machine. Containers run the small
 * shell of sim-shell.ts, or what `program` gives. Faults: the daemon goes down or hangs, single calls fail, containers
 * are killed or vanish behind the agent's back.
 */
export class SimEngine {
  readonly #machine: SimLife;
  readonly #random: SimRandom;
  readonly #options: SimEngineOptions;
  readonly #images: SimImages;
  readonly #networks: SimNetworks;
  readonly #volumes = new Map<
    string,
    { readonly Name: string; readonly Driver: string; readonly Mountpoint: string }
  >();
  readonly #containers = new Map<string, SimContainer>();
  readonly #byName = new Map<string, SimContainer>();
  readonly #ports = new Map<string, ContainerInspect['NetworkSettings']['Ports']>();
  readonly #watchers = new Set<{ readonly labels: readonly string[]; readonly feed: Feed<DockerEvent> }>();
  readonly #outstanding = new Set<(error: Error) => void>();
  readonly #held: (() => void)[] = [];
  readonly #containerParts: ContainerParts;
  #status: 'running' | 'hanging' | 'down' = 'running';
  #fault: ((method: string) => DockerError | undefined) | undefined;
  #isHidden: (id: string) => boolean = () => false;
  #lastEventNanos = 0;

  constructor(machine: SimLife, random: SimRandom, options: SimEngineOptions = {}) {
    this.#machine = machine;
    this.#random = random;
    this.#options = options;
    this.#images = new SimImages(options.registries ?? defaultRegistries, options.images ?? ['busybox:latest']);
    this.#networks = new SimNetworks(() => this.#newId());
    this.#containerParts = {
      machine,
      program: (container, shell) => options.program?.(container, shell),
      health: (container) => options.health?.(container),
      emit: (container, action, attributes) => this.#emit(container, action, attributes),
      attach: (container) => this.#attach(container),
      detach: (container) => this.#detach(container),
      connections: (container) => this.#connections(container),
    };
  }

  // --- what a fault schedule does to it -----------------------------------------------------------------------------

  /** The daemon stops answering; calls under way and streams break. Containers are stopped, as without live-restore. */
  goDown(): void {
    this.#status = 'down';
    for (const container of this.#containers.values()) container.exit(137, { silently: true });
    const gone = new DockerError('socket hang up');
    for (const reject of this.#outstanding) reject(gone);
    this.#outstanding.clear();
    for (const { feed } of this.#watchers) feed.end(gone);
    this.#watchers.clear();
  }

  /** Calls are taken and not answered until `comeBack`. */
  hang(): void {
    this.#status = 'hanging';
  }

  comeBack(): void {
    this.#status = 'running';
    for (const arrive of this.#held.splice(0)) arrive();
  }

  /** Asked at each call with the port's method name: an error is its answer. */
  failWhen(fault: ((method: string) => DockerError | undefined) | undefined): void {
    this.#fault = fault;
  }

  /** A container ends by itself, as when it is killed from outside. */
  crashContainer(id: string, exitCode: number): void {
    this.#get(id).exit(exitCode);
  }

  /** As `docker rm -f` by somebody else. */
  removeBehindBack(id: string): void {
    this.#remove(this.#get(id), true);
  }

  forceHealth(id: string, isHealthy: boolean | undefined): void {
    this.#containers.get(id)?.forceHealth(isHealthy);
  }

  /** The daemon lies: to whoever lists or inspects, these containers are not there. */
  hide(isHidden: ((id: string) => boolean) | undefined): void {
    this.#isHidden = isHidden ?? (() => false);
  }

  get containers(): readonly SimContainer[] {
    return [...this.#containers.values()];
  }

  // --- the port -----------------------------------------------------------------------------------------------------

  /** The engine as one process on its machine sees it. */
  as(life: SimLife): Docker {
    const call = <T>(method: string, act: () => T | Promise<T>, weight = 1): Promise<T> =>
      this.#call(life, method, weight, act);
    return {
      version: () => call('version', () => ({ Version: '28.0.0-sim', ApiVersion: '1.48' })),
      info: () =>
        call('info', () => ({
          NCPU: this.#options.cpus ?? 4,
          MemTotal: (this.#options.memoryMiB ?? 8192) * 1024 * 1024,
          Architecture: 'x86_64',
          OSType: 'linux',
          CgroupDriver: 'systemd',
          CgroupVersion: '2',
        })),
      pullImage: (reference) => call('pullImage', () => ({ digest: this.#images.pull(reference).digest }), 1000),
      inspectImage: (reference) =>
        call('inspectImage', () => {
          const image = this.#images.find(reference);
          return image && inspectImage(image);
        }),
      importImage: (reference, _tar, changes) => call('importImage', () => this.#images.add(reference, changes), 20),
      tagImage: (reference, name) => call('tagImage', () => this.#images.tag(reference, name), 5),
      removeImage: (reference) => call('removeImage', () => this.#images.remove(reference), 5),
      createContainer: (name, body) => call('createContainer', () => this.#create(name, body), 20),
      startContainer: (id) =>
        call(
          'startContainer',
          () => {
            const container = this.#get(id);
            if (!container.isRunning) container.start();
          },
          100,
        ),
      stopContainer: (id, timeoutSeconds) => call('stopContainer', () => this.#get(id).stop(timeoutSeconds), 5),
      killContainer: (id, signal) =>
        call('killContainer', () => {
          const container = this.#get(id);
          if (!container.isRunning) {
            throw new DockerError(`Cannot kill container: ${id}: Container ${container.id} is not running`, 409);
          }
          container.signal(signal);
        }),
      removeContainer: (id, { force }) => call('removeContainer', () => this.#remove(this.#get(id), force), 10),
      inspectContainer: (id) =>
        call('inspectContainer', () => {
          const container = this.#find(id);
          return container && !this.#isHidden(container.id) ? container.inspect() : undefined;
        }),
      listContainers: (labels) =>
        call('listContainers', () =>
          this.containers
            .filter((container) => hasLabels(container.labels, labels) && !this.#isHidden(container.id))
            .map(({ id, name, state, labels: own }) => ({ Id: id, Names: [`/${name}`], State: state, Labels: own })),
        ),
      events: (labels, signal) => this.#events(life, labels, signal),
      logs: (id, options, signal) =>
        this.#logs(life, id, options.follow, options.since === undefined ? 0n : nanosOf(options.since), signal),
      // Agents ask for these all the time and little follows from them, so they cost no turn in the queue.
      stats: (id) => call('stats', () => this.#stats(this.#get(id)), 0),
      createNetwork: (body) => call('createNetwork', () => this.#networks.create(this.#newId(), body), 50),
      inspectNetwork: (idOrName) => call('inspectNetwork', () => this.#networks.find(idOrName)?.inspect()),
      removeNetwork: (idOrName) => call('removeNetwork', () => this.#networks.remove(idOrName), 20),
      createVolume: ({ Name, Driver = 'local' }) =>
        call('createVolume', () => {
          const Mountpoint = `/var/lib/docker/volumes/${Name}/_data`;
          if (!this.#volumes.has(Name)) this.#volumes.set(Name, { Name, Driver, Mountpoint });
        }),
      inspectVolume: (name) => call('inspectVolume', () => this.#volumes.get(name)),
      removeVolume: (name) =>
        call('removeVolume', () => {
          if (!this.#volumes.delete(name)) throw new DockerError(`get ${name}: no such volume`, 404);
        }),
    };
  }

  /**
   * One call: it reaches the engine after a while, is carried out even if the caller dies, and answers the living. Its
   * weight says how long it takes: a call of weight 0 is answered at once.
   */
  #call<T>(life: SimLife, method: string, weight: number, act: () => T | Promise<T>): Promise<T> {
    if (!life.isAlive) return never();
    return new Promise((resolve, reject) => {
      const fail = (error: unknown): void => life.soon(() => reject(error));
      const arrive = (): void => {
        if (this.#status === 'hanging') {
          this.#held.push(arrive);
          return;
        }
        const fault = this.#status === 'down' ? unreachable() : this.#fault?.(method);
        if (fault) {
          fail(fault);
          return;
        }
        this.#outstanding.add(fail);
        const answered = (value: T): void => {
          this.#outstanding.delete(fail);
          if (life.isAlive) resolve(value);
        };
        const refused = (error: unknown): void => {
          this.#outstanding.delete(fail);
          if (life.isAlive) reject(error instanceof Error ? error : new Error(String(error)));
        };
        try {
          const answer = act();
          if (answer instanceof Promise) answer.then(answered, refused);
          else answered(answer);
        } catch (error) {
          refused(error);
        }
      };
      const delayMs = this.#latencyMs(weight);
      if (weight === 0) arrive();
      else if (delayMs > 0) this.#machine.after(delayMs, arrive);
      else this.#machine.soon(arrive);
    });
  }

  async *#events(life: SimLife, labels: readonly string[], signal: AbortSignal): AsyncGenerator<DockerEvent> {
    if (signal.aborted) return;
    const feed = new Feed<DockerEvent>(life, signal);
    const watcher = { labels, feed };
    await this.#call(life, 'events', 1, () => this.#watchers.add(watcher));
    yield* feed.items(() => this.#watchers.delete(watcher));
  }

  async *#logs(
    life: SimLife,
    id: string,
    follow: boolean,
    since: bigint,
    signal: AbortSignal,
  ): AsyncGenerator<LogLine> {
    if (signal.aborted) return;
    const feed = new Feed<LogLine>(life, signal);
    const stop = await this.#call(life, 'logs', 1, () => this.#get(id).readLogs(feed, follow, since));
    yield* feed.items(stop);
  }

  #create(name: string, body: ContainerBody): string {
    const image = this.#images.find(body.Image);
    if (!image) throw new DockerError(`No such image: ${body.Image}`, 404);
    const holder = this.#byName.get(name);
    if (holder) {
      throw new DockerError(
        `Conflict. The container name "/${name}" is already in use by container "${holder.id}". You have to remove (or rename) that container to be able to reuse that name.`,
        409,
      );
    }
    const container = new SimContainer(this.#newId(), name, image, body, this.#containerParts);
    this.#containers.set(container.id, container);
    this.#byName.set(name, container);
    this.#emit(container, 'create');
    return container.id;
  }

  #remove(container: SimContainer, force: boolean): void {
    if (container.isRunning) {
      if (!force) {
        throw new DockerError(
          `You cannot remove a running container ${container.id}. Stop the container before attempting removal or force remove`,
          409,
        );
      }
      container.signal('SIGKILL');
    }
    this.#containers.delete(container.id);
    this.#byName.delete(container.name);
    this.#emit(container, 'destroy');
  }

  #find(idOrName: string): SimContainer | undefined {
    const exact = this.#containers.get(idOrName) ?? this.#byName.get(idOrName.replace(/^\//, ''));
    if (exact || !/^[0-9a-f]{12,63}$/.test(idOrName)) return exact;
    return this.containers.find(({ id }) => id.startsWith(idOrName));
  }

  #get(idOrName: string): SimContainer {
    const container = this.#find(idOrName);
    if (!container) throw new DockerError(`No such container: ${idOrName}`, 404);
    return container;
  }

  #attach(container: SimContainer): void {
    const { HostConfig, NetworkingConfig } = container.body;
    const mode = HostConfig?.NetworkMode ?? 'default';
    const shared = /^container:(.+)$/.exec(mode)?.[1];
    if (shared !== undefined) {
      const other = this.#find(shared);
      if (!other) throw new DockerError(`No such container: ${shared}`, 404);
      if (!other.isRunning) throw new DockerError(`cannot join network of a non running container: ${other.id}`, 409);
      return;
    }
    const endpoints = NetworkingConfig?.EndpointsConfig ?? {};
    const joined: SimNetwork[] = [];
    try {
      for (const name of new Set([mode, ...Object.keys(endpoints)])) {
        const network = this.#networks.find(name);
        if (!network) throw new DockerError(`network ${name} not found`, 404);
        const wanted = endpoints[name];
        network.connect(container.id, container.name, {
          ...(wanted?.IPAMConfig ? { address: wanted.IPAMConfig.IPv4Address } : {}),
          ...(wanted?.MacAddress ? { macAddress: wanted.MacAddress } : {}),
        });
        joined.push(network);
      }
      this.#publish(container);
    } catch (error) {
      for (const network of joined) network.disconnect(container.id);
      this.#networks.releasePorts(container.id);
      throw error;
    }
  }

  #publish(container: SimContainer): void {
    const ports: Record<string, { readonly HostIp: string; readonly HostPort: string }[]> = {};
    for (const [port, bindings] of Object.entries(container.body.HostConfig?.PortBindings ?? {})) {
      const protocol = port.split('/')[1] ?? 'tcp';
      ports[port] = bindings.map(({ HostIp, HostPort }) => {
        const why = `driver failed programming external connectivity on endpoint ${container.name} (${container.id})`;
        const taken = this.#networks.takePort(protocol, Number(HostPort || 0), container.id, why);
        return { HostIp: HostIp || '0.0.0.0', HostPort: `${taken}` };
      });
    }
    this.#ports.set(container.id, ports);
  }

  #detach(container: SimContainer): void {
    for (const network of this.#networks.all()) network.disconnect(container.id);
    this.#networks.releasePorts(container.id);
    this.#ports.delete(container.id);
  }

  #connections(container: SimContainer): ReturnType<ContainerParts['connections']> {
    const networks: Record<string, { IPAddress: string; Gateway: string; MacAddress: string }> = {};
    for (const network of this.#networks.all()) {
      const endpoint = network.endpoints.get(container.id);
      if (!endpoint) continue;
      networks[network.body.Name] = {
        IPAddress: endpoint.address,
        Gateway: network.subnets[0]?.Gateway ?? '',
        MacAddress: endpoint.macAddress,
      };
    }
    return { networks, ports: this.#ports.get(container.id) ?? {} };
  }

  #stats(container: SimContainer): ContainerStats {
    const isRunning = container.isRunning;
    const limit = container.body.HostConfig?.Memory ?? 0;
    const cpus = this.#options.cpus ?? 4;
    return {
      read: new Date(this.#machine.now()).toISOString(),
      cpu_stats: {
        cpu_usage: { total_usage: Math.round(container.runningMs * 1e6 * 0.02) },
        system_cpu_usage: Math.round(this.#machine.monotonicMs() * 1e6 * cpus),
        online_cpus: cpus,
      },
      memory_stats: isRunning
        ? { usage: 6 * 1024 * 1024, limit: limit || (this.#options.memoryMiB ?? 8192) * 1024 * 1024, stats: {} }
        : {},
    };
  }

  #emit(container: SimContainer, action: string, attributes: Readonly<Record<string, string>> = {}): void {
    this.#lastEventNanos = Math.max(this.#lastEventNanos + 1000, this.#machine.now() * 1e6);
    const Attributes = { ...container.labels, image: container.body.Image, name: container.name, ...attributes };
    const event = { Action: action, Actor: { ID: container.id, Attributes }, timeNano: this.#lastEventNanos };
    for (const { labels, feed } of this.#watchers) if (hasLabels(container.labels, labels)) feed.push(event);
  }

  #latencyMs(weight: number): number {
    const typicalMs = this.#options.typicalMs ?? 0;
    return typicalMs === 0 || weight === 0 ? 0 : this.#random.latencyMs(typicalMs * weight);
  }

  #newId(): string {
    return Array.from(this.#random.bytes(32), (byte) => byte.toString(16).padStart(2, '0')).join('');
  }
}

export interface SimEngineOptions {
  /** How long the simplest call takes; starting is a hundred times that, a pull a thousand. 0: no time at all. */
  readonly typicalMs?: number;
  readonly registries?: SimRegistries;
  /** Images the engine has from the beginning. */
  readonly images?: readonly string[];
  readonly cpus?: number;
  readonly memoryMiB?: number;
  /** What a container runs, where that is not for the shell to say. */
  readonly program?: (container: SimContainer, shell: ShellState) => Process | undefined;
  /** How a health check ends at this moment, where that is not for the shell to say. */
  readonly health?: (container: SimContainer) => boolean | undefined;
}

function unreachable(): DockerError {
  return new DockerError('connect ECONNREFUSED /var/run/docker.sock');
}

function hasLabels(own: Readonly<Record<string, string>>, wanted: readonly string[]): boolean {
  return wanted.every((label) => {
    const at = label.indexOf('=');
    return at < 0 ? label in own : own[label.slice(0, at)] === label.slice(at + 1);
  });
}

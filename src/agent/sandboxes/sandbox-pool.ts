import { hex } from '../../core/hex.ts';
import type { ContainerBody, ContainerSummary, Docker } from '../../world/docker.ts';
import type { Clock, Log, Random } from '../../world/world.ts';
import type { ReadyInterface } from '../contract.ts';
import type { Lanes } from '../lanes.ts';
import { pauseImage, type PauseImage } from '../images/pause-image.ts';
import type { SubnetNetworks } from '../subnet-networks.ts';
import { burstPauseMs, type BurstSize, createBurstSize, type SandboxRange } from './burst-size.ts';
import { addressOfKey, interfaceKey, interfaceSandboxBody } from './interface-sandbox.ts';
import { bridgeKey, type Sandbox, sandboxBody, sandboxLabel, sandboxOf } from './sandbox.ts';

export interface SandboxPoolParts {
  readonly docker: Docker;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly lanes: Lanes;
  readonly pause: PauseImage;
  readonly networks: SubnetNetworks;
  readonly agentId: string;
  /** How many are kept ready on the engine's bridge; at most 0 makes none of any kind. */
  readonly warmSandboxes: SandboxRange;
  readonly useOf: SandboxUses;
}

export interface SandboxCounts {
  /** On the engine's bridge. */
  readonly ready: number;
  /** Containers that were given one, and that could have had one when there was none. */
  readonly hits: number;
  readonly misses: number;
  /** The same of those with a network interface, and of tasks. */
  readonly interfacesReady: number;
  readonly interfaceHits: number;
  readonly interfaceMisses: number;
}

/**
 * What the records say of a sandbox: whether what it was given to may still run, or whether it is only known whose it
 * will be.
 */
export type SandboxUse = 'needed' | 'over' | 'claimed';

/** Asked anew each time: records change while the engine answers. Nothing for one that no record names. */
export type SandboxUses = (id: string | undefined, key: string) => SandboxUse | undefined;

/**
 * Sandboxes that are ready for tasks to come. Who has which is written in the records of tasks before anything is done
 * with it: by its id, or by the network interface that the control plane gave the task and the sandbox has. What no
 * record names is free. So nothing is lost or given twice when the agent is killed, and nothing need be kept here that
 * the engine does not show.
 */
export class SandboxPool {
  readonly #parts: SandboxPoolParts;
  readonly #size: BurstSize;
  readonly #free = new Map<string, FreeSandbox>();
  /** Names of those being made. */
  readonly #making = new Set<string>();
  readonly #released = new Set<string>();
  /** By the address on the engine: what takes it or gives it up just now. */
  readonly #moving = new Map<string, Promise<void>>();
  /** Interfaces that a task may be given, by key, in the order in which they are to be made; undefined until told. */
  #ready: Map<string, ReadyInterface> | undefined;
  readonly #stop = new AbortController();
  #hits = 0;
  #misses = 0;
  #interfaceHits = 0;
  #interfaceMisses = 0;
  #isWanted = false;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #filling: Promise<void> | undefined;

  constructor(parts: SandboxPoolParts) {
    this.#parts = parts;
    this.#size = createBurstSize(parts.clock, parts.warmSandboxes);
  }

  get counts(): SandboxCounts {
    const ready = this.#freeOnBridge().length;
    return {
      ready,
      hits: this.#hits,
      misses: this.#misses,
      interfacesReady: this.#free.size - ready,
      interfaceHits: this.#interfaceHits,
      interfaceMisses: this.#interfaceMisses,
    };
  }

  /** One for a container that it fits, if there is one. The first to ask finds none: only then is it known to be of use. */
  take(): Sandbox | undefined {
    if (this.#isOff) return undefined;
    const [found] = this.#freeOnBridge();
    if (found) {
      this.#free.delete(found.id);
      this.#hits += 1;
    } else {
      this.#misses += 1;
    }
    this.#isWanted = true;
    this.#size.asked();
    this.#asked();
    return found && sandboxOf(found.id, found.address);
  }

  /** The one with a task's own interface. Whether there is one or not, none is made of it any more. */
  takeInterface(key: string): Sandbox | undefined {
    if (this.#isOff) return undefined;
    this.#ready?.delete(key);
    const found = this.#takeByKey(key);
    if (found) this.#interfaceHits += 1;
    else this.#interfaceMisses += 1;
    this.#asked();
    return found;
  }

  /**
   * Resolves when no sandbox has the address of a task, or takes it just now: but for the task's own, which was not there
   * yet when it was asked for, and which it gives.
   */
  async settled(key: string): Promise<Sandbox | undefined> {
    const address = addressOfKey(key);
    for (;;) {
      for (const other of this.#free.values()) {
        if (other.key !== key && addressOfKey(other.key) === address) this.#drop(other.id);
      }
      const moving = this.#moving.get(address);
      if (!moving) return this.#takeByKey(key);
      await moving;
    }
  }

  /** All interfaces that the control plane has ready for tasks of this agent. */
  keep(interfaces: readonly ReadyInterface[]): void {
    if (this.#isOff) return;
    this.#ready = new Map(interfaces.map((ready) => [interfaceKey(ready), ready]));
    for (const { id, key } of this.#free.values()) if (!this.#isKept(id, key)) this.#drop(id);
    this.#fill();
  }

  /** The container that had it will not run again. It is not given to another: who knows what was done to its network. */
  release(id: string, key = bridgeKey): void {
    if (this.#released.has(id)) return;
    this.#released.add(id);
    // A task may wait for the address of an interface.
    const lane = key === bridgeKey ? 'clear' : 'remove';
    const removed = this.#remove(id, lane).catch((error: unknown) => {
      this.#released.delete(id); // the next look at the engine finds it
      this.#parts.log.warn('a sandbox is not removed yet', { sandbox: id, reason: String(error) });
    });
    if (key !== bridgeKey) this.#move(key, removed);
  }

  /** It ended, or somebody removed it. */
  lost(id: string): void {
    if (!this.#free.has(id)) return;
    this.#drop(id);
    this.#fill();
  }

  /** Compares the agent's sandboxes on the engine with the records. */
  async reconcile(listed: readonly ContainerSummary[]): Promise<void> {
    const ids = new Set(listed.map(({ Id }) => Id));
    for (const { id, key } of this.#free.values()) if (!ids.has(id)) await this.#lookAt(id, key);
    for (const id of this.#released) {
      if (!ids.has(id) && this.#parts.useOf(id, bridgeKey) === undefined) this.#released.delete(id);
    }
    for (const { Id: id, Names, State, Labels } of listed) {
      if (this.#stop.signal.aborted) return;
      const key = Labels[sandboxLabel] ?? bridgeKey;
      const use = this.#parts.useOf(id, key);
      if (use === 'needed' || this.#released.has(id) || Names.some((name) => this.#making.has(name.slice(1)))) continue;
      if (use === 'over' || State !== 'running' || (!this.#free.has(id) && !this.#isKept(id, key))) {
        this.#free.delete(id);
        this.release(id, key);
      } else if (!this.#free.has(id)) {
        if (key === bridgeKey) this.#isWanted = true; // an agent before this one had use for it
        await this.#lookAt(id, key);
      }
    }
    for (const { id } of this.#freeOnBridge().slice(this.#size.size())) this.#drop(id); // more than are of use by now
    this.#fill();
  }

  /** Ends it and removes what is free; what takes too long is found by the agent that comes next. */
  async stop(): Promise<void> {
    const { clock } = this.#parts;
    this.#stop.abort();
    const giveUp = new AbortController();
    const removed = (async () => {
      await this.#filling;
      const ids = [...this.#free.keys()];
      this.#free.clear();
      await Promise.all(ids.map((id) => this.#remove(id, 'remove').catch(() => undefined))); // found by the next agent
    })();
    await Promise.race([removed, clock.sleep(stopPatienceMs, giveUp.signal)]);
    giveUp.abort();
  }

  get #isOff(): boolean {
    return this.#parts.warmSandboxes.most === 0;
  }

  #freeOnBridge(): readonly FreeSandbox[] {
    return [...this.#free.values()].filter(({ key }) => key === bridgeKey);
  }

  #takeByKey(key: string): Sandbox | undefined {
    for (const found of this.#free.values()) {
      if (found.key !== key) continue;
      this.#free.delete(found.id);
      return sandboxOf(found.id, found.address);
    }
    return undefined;
  }

  #asked(): void {
    this.#askedAtMs = this.#parts.clock.monotonicMs();
    this.#fill();
  }

  #drop(id: string): void {
    const dropped = this.#free.get(id);
    this.#free.delete(id);
    this.release(id, dropped?.key);
  }

  #move(key: string, until: Promise<void>): void {
    const address = addressOfKey(key);
    const all = Promise.all([this.#moving.get(address), until]).then(() => {
      if (this.#moving.get(address) === all) this.#moving.delete(address);
    });
    this.#moving.set(address, all);
  }

  /** Takes it in while it runs, and drops it otherwise. */
  async #lookAt(id: string, key: string): Promise<void> {
    const seen = await this.#parts.docker.inspectContainer(id);
    const use = this.#parts.useOf(id, key);
    const isTaken = this.#released.has(id) || use === 'needed' || use === 'over'; // while the engine was asked
    if (!seen?.State.Running || isTaken) this.#free.delete(id);
    else this.#free.set(id, { id, key, address: seen.NetworkSettings.Networks[networkOf(key)]?.IPAddress });
  }

  /** Whether one that is free, or would be, is of use. Before it is told, every interface may be. */
  #isKept(id: string, key: string): boolean {
    if (this.#isOff) return false;
    if (key === bridgeKey) return this.#free.has(id) || !this.#isFull();
    return this.#ready?.has(key) !== false || this.#parts.useOf(id, key) === 'claimed';
  }

  #isFull(): boolean {
    return this.#freeOnBridge().length >= this.#size.size();
  }

  /** What is to be made next. */
  #missing(): Missing | undefined {
    const { agentId, networks, useOf } = this.#parts;
    if (this.#isWanted && !this.#isFull()) {
      return { key: bridgeKey, body: sandboxBody(agentId, pauseImage), prepared: () => Promise.resolve() };
    }
    const there = new Set(Array.from(this.#free.values(), ({ key }) => key));
    for (const [key, ready] of this.#ready ?? []) {
      if (there.has(key) || useOf(undefined, key) !== undefined) continue;
      const body = interfaceSandboxBody(agentId, pauseImage, ready);
      return { key, body, prepared: () => networks.prepared(ready.subnet) };
    }
    return undefined;
  }

  /** Begins to make what is missing, unless that is under way. */
  #fill(): void {
    if (this.#filling || this.#stop.signal.aborted || !this.#missing()) return;
    this.#filling = this.#fillUp().finally(() => {
      this.#filling = undefined;
    });
  }

  /** One after the other, and only while nothing else is to be done on the engine. */
  async #fillUp(): Promise<void> {
    const { clock, lanes, log } = this.#parts;
    const { signal } = this.#stop;
    for (let failures = 0; this.#missing() && !signal.aborted; ) {
      const waitMs = burstPauseMs - Math.min(lanes.idleMs(), clock.monotonicMs() - this.#askedAtMs);
      if (waitMs > 0) {
        await clock.sleep(waitMs, signal);
        continue;
      }
      try {
        await lanes.run('fill', () => this.#make());
        failures = 0;
      } catch (error) {
        failures += 1;
        if (failures === 1) log.warn('no sandbox can be made ready', { reason: String(error) });
        await clock.sleep(Math.min(longestRetryMs, 500 * 2 ** failures), signal);
      }
    }
    if (!this.#missing()) log.info('sandboxes are ready', { ...this.counts });
  }

  async #make(): Promise<void> {
    const missing = this.#missing(); // of now: it waited for its turn
    if (!missing || this.#stop.signal.aborted) return;
    const made = this.#makeOne(missing);
    if (missing.key !== bridgeKey) {
      this.#move(
        missing.key,
        made.catch(() => undefined),
      );
    }
    await made;
  }

  async #makeOne({ key, body, prepared }: Missing): Promise<void> {
    const { docker, random, pause, networks } = this.#parts;
    const name = `longshore-sandbox-${hex(random.bytes(10))}`;
    this.#making.add(name);
    let id: string | undefined;
    try {
      await Promise.all([pause.prepared(), prepared()]);
      id = await docker.createContainer(name, body);
      await docker.startContainer(id);
      const seen = await docker.inspectContainer(id);
      if (!seen?.State.Running) throw new Error(`sandbox ${id} ended at once`);
      this.#free.set(id, { id, key, address: seen.NetworkSettings.Networks[networkOf(key)]?.IPAddress });
      if (key !== bridgeKey && !this.#isKept(id, key)) this.#drop(id); // it was given up meanwhile
    } catch (error) {
      pause.forget();
      networks.forget();
      this.#toTheEnd(key);
      if (id !== undefined) this.release(id, key);
      throw error;
    } finally {
      this.#making.delete(name);
    }
  }

  /** What cannot be made does not keep others from being made. */
  #toTheEnd(key: string): void {
    const ready = this.#ready?.get(key);
    if (!ready) return;
    this.#ready?.delete(key);
    this.#ready?.set(key, ready);
  }

  async #remove(id: string, lane: 'remove' | 'clear'): Promise<void> {
    const { docker, lanes } = this.#parts;
    await lanes.run(lane, async () => {
      await docker.removeContainer(id, { force: true, volumes: true }).catch(async (error: unknown) => {
        if (await docker.inspectContainer(id)) throw error; // somebody else was faster
      });
    });
  }
}

interface FreeSandbox {
  readonly id: string;
  readonly key: string;
  readonly address: string | undefined;
}

interface Missing {
  readonly key: string;
  readonly body: ContainerBody;
  readonly prepared: () => Promise<void>;
}

/** The engine's name of the network that a key is of. */
function networkOf(key: string): string {
  return key.split(' ')[0] ?? key;
}

/** Whether a container on the engine is a sandbox and not part of a task. */
export function isSandbox({ Labels }: Pick<ContainerSummary, 'Labels'>): boolean {
  return sandboxLabel in Labels;
}

const longestRetryMs = 60_000;
const stopPatienceMs = 5000;

import { hex } from '../../core/hex.ts';
import type { Clock, ContainerSummary, Docker, Log, Random } from '../../world/world.ts';
import type { Lanes } from '../lanes.ts';
import { pauseImage, type PauseImage } from '../images/pause-image.ts';
import { type Sandbox, sandboxBody, sandboxLabel, sandboxOf } from './sandbox.ts';

export interface SandboxPoolParts {
  readonly docker: Docker;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly lanes: Lanes;
  readonly pause: PauseImage;
  readonly agentId: string;
  /** How many are kept ready; 0 makes none. */
  readonly warmSandboxes: number;
}

export interface SandboxCounts {
  readonly ready: number;
  /** Containers that were given one, and that could have had one when there was none. */
  readonly hits: number;
  readonly misses: number;
}

/** What the records say of a sandbox: whether the container it was given to may still run. */
export type SandboxUse = 'needed' | 'over';

/** Asked anew each time: records change while the engine answers. Nothing for one that no record names. */
export type SandboxUses = (id: string) => SandboxUse | undefined;

/**
 * Sandboxes that are ready for containers to come. Who has which is written in the records of tasks before anything
 * is done with it; what no record names is free. So nothing is lost or given twice when the agent is killed, and
 * nothing need be kept here that the engine does not show.
 */
export class SandboxPool {
  readonly #parts: SandboxPoolParts;
  readonly #free = new Map<string, Sandbox>();
  /** Names of those being made. */
  readonly #making = new Set<string>();
  readonly #released = new Set<string>();
  readonly #stop = new AbortController();
  #hits = 0;
  #misses = 0;
  #isWanted = false;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #filling: Promise<void> | undefined;

  constructor(parts: SandboxPoolParts) {
    this.#parts = parts;
  }

  get counts(): SandboxCounts {
    return { ready: this.#free.size, hits: this.#hits, misses: this.#misses };
  }

  /** One for a container that it fits, if there is one. The first to ask finds none: only then is it known to be of use. */
  take(): Sandbox | undefined {
    if (this.#parts.warmSandboxes === 0) return undefined;
    const [found] = this.#free.values();
    if (found) {
      this.#free.delete(found.id);
      this.#hits += 1;
    } else {
      this.#misses += 1;
    }
    this.#isWanted = true;
    this.#askedAtMs = this.#parts.clock.monotonicMs();
    this.#fill();
    return found;
  }

  /** The container that had it will not run again. It is not given to another: who knows what was done to its network. */
  release(id: string): void {
    if (this.#released.has(id)) return;
    this.#released.add(id);
    this.#remove(id).catch((error: unknown) => {
      this.#released.delete(id); // the next look at the engine finds it
      this.#parts.log.warn('a sandbox is not removed yet', { sandbox: id, reason: String(error) });
    });
  }

  /** It ended, or somebody removed it. */
  lost(id: string): void {
    if (!this.#free.delete(id)) return;
    this.release(id);
    this.#fill();
  }

  /** Compares the agent's sandboxes on the engine with the records. */
  async reconcile(listed: readonly ContainerSummary[], useOf: SandboxUses): Promise<void> {
    const ids = new Set(listed.map(({ Id }) => Id));
    for (const id of this.#free.keys()) if (!ids.has(id)) await this.#lookAt(id, useOf);
    for (const id of this.#released) if (!ids.has(id) && useOf(id) === undefined) this.#released.delete(id);
    for (const { Id: id, Names, State } of listed) {
      if (this.#stop.signal.aborted) return;
      const use = useOf(id);
      if (use === 'needed' || this.#released.has(id) || Names.some((name) => this.#making.has(name.slice(1)))) continue;
      if (use === 'over' || State !== 'running' || (!this.#free.has(id) && this.#isFull())) {
        this.#free.delete(id);
        this.release(id);
      } else if (!this.#free.has(id)) {
        this.#isWanted = true; // an agent before this one had use for it
        await this.#lookAt(id, useOf);
      }
    }
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
      await Promise.all(ids.map((id) => this.#remove(id).catch(() => undefined))); // found by the next agent
    })();
    await Promise.race([removed, clock.sleep(stopPatienceMs, giveUp.signal)]);
    giveUp.abort();
  }

  /** Takes it in while it runs, and drops it otherwise. */
  async #lookAt(id: string, useOf: SandboxUses): Promise<void> {
    const seen = await this.#parts.docker.inspectContainer(id);
    const isTaken = this.#released.has(id) || useOf(id) !== undefined; // while the engine was asked
    if (!seen?.State.Running || isTaken) this.#free.delete(id);
    else this.#free.set(id, sandboxOf(id, seen.NetworkSettings.Networks['bridge']?.IPAddress));
  }

  #isFull(): boolean {
    return this.#free.size >= this.#parts.warmSandboxes;
  }

  /** Begins to make what is missing, unless that is under way. */
  #fill(): void {
    if (this.#filling || !this.#isWanted || this.#isFull() || this.#stop.signal.aborted) return;
    this.#filling = this.#fillUp().finally(() => {
      this.#filling = undefined;
    });
  }

  /** One after the other, and only while nothing else is to be done on the engine. */
  async #fillUp(): Promise<void> {
    const { clock, lanes, log } = this.#parts;
    const { signal } = this.#stop;
    for (let failures = 0; !this.#isFull() && !signal.aborted; ) {
      const waitMs = quietMs - Math.min(lanes.idleMs(), clock.monotonicMs() - this.#askedAtMs);
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
    if (this.#isFull()) log.info('sandboxes are ready', { ...this.counts });
  }

  async #make(): Promise<void> {
    const { docker, random, pause, agentId } = this.#parts;
    const name = `longshore-sandbox-${hex(random.bytes(10))}`;
    this.#making.add(name);
    let id: string | undefined;
    try {
      await pause.prepared();
      id = await docker.createContainer(name, sandboxBody(agentId, pauseImage));
      await docker.startContainer(id);
      const seen = await docker.inspectContainer(id);
      if (!seen?.State.Running) throw new Error(`sandbox ${id} ended at once`);
      this.#free.set(id, sandboxOf(id, seen.NetworkSettings.Networks['bridge']?.IPAddress));
    } catch (error) {
      pause.forget();
      if (id !== undefined) this.release(id);
      throw error;
    } finally {
      this.#making.delete(name);
    }
  }

  async #remove(id: string): Promise<void> {
    const { docker, lanes } = this.#parts;
    await lanes.run('remove', async () => {
      await docker.removeContainer(id, { force: true, volumes: true }).catch(async (error: unknown) => {
        if (await docker.inspectContainer(id)) throw error; // somebody else was faster
      });
    });
  }
}

/** Whether a container on the engine is a sandbox and not part of a task. */
export function isSandbox({ Labels }: Pick<ContainerSummary, 'Labels'>): boolean {
  return sandboxLabel in Labels;
}

/** A burst of tasks comes in several messages: a pause this long means that it is over. */
const quietMs = 500;
const longestRetryMs = 60_000;
const stopPatienceMs = 5000;

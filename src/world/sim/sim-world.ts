import type { Hash, Log, World } from '../world.ts';
import { SimCgroups } from './sim-cgroups.ts';
import { simCipher } from './sim-cipher.ts';
import { SimClock } from './sim-clock.ts';
import { SimFirewall } from './sim-firewall.ts';
import { SimDisk } from './sim-disk.ts';
import { SimEngine, type SimEngineOptions } from './sim-docker.ts';
import { simHash } from './sim-hash.ts';
import { type Ending, SimLife } from './sim-life.ts';
import { SimLog } from './sim-log.ts';
import { SimNet } from './sim-net.ts';
import { SimRandom } from './sim-random.ts';

/**
 * Machines on one network under one virtual clock, all from one seed.
 *
 *   const sim = simWorld('seed', { latencies: true });
 *   const host = sim.addHost('agent-1', { images: ['nginx:latest'] });
 *   const world = host.boot();                  // a World for one process on that machine
 *   await sim.clock.run(60_000);
 *   host.crash('process');                      // that World is dead: nothing comes back to it any more
 *   const again = host.boot();                  // same disk, same engine, same network name
 *
 * Without latencies everything still takes its turn in the queue, at the present instant; with `dueRunsByItself` tests
 * that let no time pass then need no driver.
 */
export function simWorld(seed: string | number, options: SimWorldOptions = {}): SimWorld {
  const random = new SimRandom(seed);
  const clock = options.clock ?? new SimClock({ dueRunsByItself: options.dueRunsByItself ?? false });
  const net = new SimNet(random.fork('net'), options.latencies ? typicalMs.net : 0);
  const hash = options.hash ?? simHash;
  const lines: string[] = [];
  const write = options.write ?? ((line: string) => lines.push(line));
  const hosts = new Map<string, SimHost>();
  return {
    clock,
    net,
    random,
    lines,
    hosts,
    addHost: (name, engine = {}) => {
      net.addHost(name);
      const host = new SimHost(name, clock, net, random.fork(`host ${name}`), write, hash, {
        ...(options.latencies ? { typicalMs: typicalMs.docker } : {}),
        ...engine,
      });
      hosts.set(name, host);
      return host;
    },
  };
}

/** One machine: its disk and engine outlive the processes that are booted on it. */
export class SimHost {
  readonly name: string;
  readonly disk: SimDisk;
  readonly engine: SimEngine;
  readonly #cgroups: SimCgroups;
  readonly firewall = new SimFirewall();
  readonly #clock: SimClock;
  readonly #net: SimNet;
  readonly #random: SimRandom;
  readonly #write: (line: string) => void;
  readonly #hash: Hash;
  readonly #lives = new Set<SimLife>();
  #boots = 0;

  constructor(
    name: string,
    clock: SimClock,
    net: SimNet,
    random: SimRandom,
    write: (line: string) => void,
    hash: Hash,
    engine: SimEngineOptions,
  ) {
    this.name = name;
    this.#clock = clock;
    this.#net = net;
    this.#random = random;
    this.#write = write;
    this.#hash = hash;
    this.disk = new SimDisk(random.fork('disk'), engine.typicalMs ? typicalMs.disk : 0);
    this.engine = new SimEngine(new SimLife(clock, name), random.fork('engine'), engine);
    this.#cgroups = new SimCgroups(this.engine);
  }

  /** The World of a new process on this machine. Several may run at once, under one name in the network. */
  boot(options: { readonly wallSkewMs?: number } = {}): World {
    const life = new SimLife(this.#clock, this.name, options.wallSkewMs ?? 0);
    life.onEnd(() => this.#lives.delete(life));
    this.#lives.add(life);
    this.#boots += 1;
    const log: Log = new SimLog(life, { host: this.name, write: this.#write });
    return {
      clock: life,
      random: this.#random.fork(`boot ${this.#boots}`),
      hash: this.#hash,
      cipher: simCipher,
      disk: this.disk.as(life),
      net: this.#net.as(life),
      docker: this.engine.as(life),
      cgroups: this.#cgroups.as(life),
      firewall: this.firewall.as(life),
      log,
    };
  }

  get isUp(): boolean {
    return this.#lives.size > 0;
  }

  /**
   * Ends every process on the machine. With `machine` the power fails: what was not synced is lost and the containers
   * have stopped when it boots again.
   */
  crash(ending: Ending): void {
    for (const life of this.#lives) life.end(ending);
    if (ending === 'process') return;
    this.disk.losePower();
    this.engine.goDown();
    this.engine.comeBack();
  }
}

export interface SimWorld {
  readonly clock: SimClock;
  readonly net: SimNet;
  readonly random: SimRandom;
  /** What was logged on all hosts; empty where `write` was given. */
  readonly lines: readonly string[];
  readonly hosts: ReadonlyMap<string, SimHost>;
  addHost(name: string, engine?: SimEngineOptions): SimHost;
}

export interface SimWorldOptions {
  readonly clock?: SimClock;
  /** Whether network, disk and engine take time, drawn from the seed. */
  readonly latencies?: boolean;
  /** As SimClock's, for tests without a driver. */
  readonly dueRunsByItself?: boolean;
  /** Takes the log lines of all hosts. */
  readonly write?: (line: string) => void;
  /** The host's own hashes, many times faster than those written in the language. */
  readonly hash?: Hash;
}

const typicalMs = { net: 1, disk: 1, docker: 2 } as const;

import { taskArnLabel } from '../src/agent/docker-config.ts';
import { DockerError } from '../src/world/docker.ts';
import type { SimRandom } from '../src/world/sim/sim-random.ts';
import type { SimHost } from '../src/world/sim/sim-world.ts';
import type { AgentMachine, System } from './system.ts';

/**
 * Misfortunes at random times, each with its own end: storms in which they come every few seconds, and quiet times between
 * them in which things may come to rest. All are over and healed after `end()`. Leaving out a kind does not move the
 * others, so that a failing run can be made smaller.
 */
export class Faults {
  readonly #system: System;
  readonly #random: SimRandom;
  readonly #healers = new Set<() => void>();
  readonly #counts = new Map<string, number>();
  readonly #kinds: readonly FaultKind[];
  readonly #without: ReadonlySet<string>;
  #strikes = 0;
  #stormUntilMs = 0;
  #ended = false;

  constructor(system: System, without: readonly string[]) {
    this.#system = system;
    this.#random = system.world.random.fork('faults');
    this.#without = new Set(without);
    // Each seed has its own mixture: some things only happen where others do not.
    const some = kinds.filter(() => this.#random.chance(0.5));
    this.#kinds = some.length === 0 ? kinds : some;
  }

  /** How often each happened. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  start(): void {
    const nowMs = this.#system.clock.monotonicMs();
    if (nowMs > this.#stormUntilMs && this.#random.chance(stormChance)) {
      this.#stormUntilMs = nowMs + this.#random.integer(30_000, 120_000);
    }
    const typicalMs = nowMs < this.#stormUntilMs ? stormMs : quietMs;
    this.#system.clock.after(this.#random.latencyMs(typicalMs), () => {
      if (this.#ended) return;
      this.#strike(this.#random.pick(this.#kinds));
      this.start();
    });
  }

  /** Heals everything at once. */
  end(): void {
    this.#ended = true;
    this.#system.trace.note('fault', 'all faults end');
    this.#system.forgetPlannedCrash();
    for (const heal of this.#healers) heal();
    this.#healers.clear();
  }

  #strike({ name, strike }: FaultKind): void {
    this.#strikes += 1;
    const random = this.#random.fork(`strike ${this.#strikes}`);
    if (this.#without.has(name)) return;
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    strike(this.#system, random, (afterMs, heal) => this.#later(afterMs, heal));
  }

  #later(afterMs: number, heal: () => void): void {
    const once = (): void => {
      if (this.#healers.delete(once)) heal();
    };
    this.#healers.add(once);
    this.#system.clock.after(afterMs, once);
  }
}

const stormChance = 0.1;
const stormMs = 10_000;
const quietMs = 160_000;

interface FaultKind {
  readonly name: string;
  readonly strike: (system: System, random: SimRandom, later: (afterMs: number, heal: () => void) => void) => void;
}

/** The name of every kind. */
export function faultNames(): readonly string[] {
  return kinds.map(({ name }) => name);
}

const kinds: readonly FaultKind[] = [
  { name: 'server process crash', strike: (system, random, later) => crashServer(system, random, later, 'process') },
  { name: 'server power loss', strike: (system, random, later) => crashServer(system, random, later, 'machine') },
  {
    name: 'server crash within a commit',
    strike: (system, random) => system.crashServerInCommit(random.integer(1, 10), random.chance(0.5)),
  },
  { name: 'agent process crash', strike: (system, random, later) => crashAgent(system, random, later, 'process') },
  { name: 'agent power loss', strike: (system, random, later) => crashAgent(system, random, later, 'machine') },
  {
    name: 'journal refuses',
    strike: (system, random, later) => {
      system.trace.note('fault', 'the journal refuses commits');
      system.journal.failWhen(() => random.chance(0.5));
      later(random.integer(100, 5000), () => system.journal.failWhen(undefined));
    },
  },
  {
    name: 'slow disk',
    strike: (system, random, later) => {
      system.trace.note('fault', 'the disk of the journal is slow');
      system.isDiskSlow = true;
      later(random.integer(5000, 60_000), () => {
        system.isDiskSlow = false;
      });
    },
  },
  {
    name: 'partition',
    strike: (system, random, later) => {
      const { host } = random.pick(system.agents);
      system.trace.note('fault', `${host.name} is cut off`);
      system.world.net.cut('server', host.name);
      later(random.integer(500, 180_000), () => system.world.net.heal());
    },
  },
  {
    name: 'websockets reset',
    strike: (system, random) => {
      const { host } = random.pick(system.agents);
      system.trace.note('fault', `websockets of ${host.name} are reset`);
      system.world.net.resetSockets('server', host.name);
    },
  },
  {
    name: 'bad network',
    strike: (system, random, later) => {
      system.trace.note('fault', 'the network is bad');
      const chance = (): number => (random.chance(0.5) ? random.fraction() * 0.1 : 0);
      system.sawBadNetwork();
      system.world.net.setFaults({
        loseRequest: chance(),
        loseAnswer: chance(),
        duplicateRequest: chance(),
        resetSocket: chance() / 10,
        loseMessage: chance(),
        repeatMessage: chance(),
        holdUpMessage: chance(),
        delay: chance() / 10,
      });
      later(random.integer(1000, 60_000), () => {
        system.sawBadNetwork();
        system.world.net.setFaults({});
      });
    },
  },
  {
    name: 'engine down',
    strike: (system, random, later) => {
      const { host } = disturb(random.pick(system.agents));
      system.trace.note('fault', `the engine of ${host.name} goes down`);
      host.engine.goDown();
      later(random.integer(100, 60_000), () => host.engine.comeBack());
    },
  },
  {
    name: 'engine hangs',
    strike: (system, random, later) => {
      const { host } = disturb(random.pick(system.agents));
      system.trace.note('fault', `the engine of ${host.name} hangs`);
      host.engine.hang();
      later(random.integer(100, 90_000), () => host.engine.comeBack());
    },
  },
  {
    name: 'engine calls fail',
    strike: (system, random, later) => {
      const { host } = disturb(random.pick(system.agents));
      system.trace.note('fault', `calls of the engine of ${host.name} fail at times`);
      host.engine.failWhen(() => (random.chance(0.1) ? new DockerError('server error', 500) : undefined));
      later(random.integer(1000, 30_000), () => host.engine.failWhen(undefined));
    },
  },
  {
    name: 'engine lies',
    strike: (system, random, later) => {
      const { host } = disturb(random.pick(system.agents));
      system.trace.note('fault', `the engine of ${host.name} hides containers`);
      const digit = random.integer(0, 15).toString(16);
      host.engine.hide((id) => id.endsWith(digit));
      later(random.integer(1000, 60_000), () => host.engine.hide(undefined));
    },
  },
  {
    name: 'health checks fail',
    strike: (system, random, later) => {
      const { host } = disturb(random.pick(system.agents));
      const ids = host.engine.containers.filter(() => random.chance(0.5)).map(({ id }) => id);
      system.trace.note('fault', `health checks on ${host.name} fail`);
      for (const id of ids) host.engine.forceHealth(id, false);
      later(random.integer(10_000, 90_000), () => {
        for (const id of ids) host.engine.forceHealth(id, undefined);
      });
    },
  },
  {
    name: 'container killed from outside',
    strike: (system, random) => {
      const found = someContainer(system, random);
      if (found) found.host.engine.crashContainer(found.id, 137);
    },
  },
  {
    name: 'container removed from outside',
    strike: (system, random) => {
      const found = someContainer(system, random);
      if (found) found.host.engine.removeBehindBack(found.id);
    },
  },
  {
    name: 'wall clock jumps',
    strike: (system, random) => {
      const byMs = random.integer(-60_000, 60_000);
      system.trace.note('fault', `wall time jumps by ${byMs} ms`);
      system.clock.jumpWall(byMs);
    },
  },
];

type Later = (afterMs: number, heal: () => void) => void;

function crashServer(system: System, random: SimRandom, later: Later, ending: 'process' | 'machine'): void {
  if (!system.isServerUp) return;
  system.crashServer(ending, random.chance(0.5));
  later(random.integer(200, 30_000), () => system.startServer());
}

function crashAgent(system: System, random: SimRandom, later: Later, ending: 'process' | 'machine'): void {
  const agent: AgentMachine = random.pick(system.agents);
  if (!agent.isUp) return;
  agent.crash(ending);
  later(random.integer(200, 90_000), () => agent.start());
}

function disturb(agent: AgentMachine): AgentMachine {
  agent.isDisturbed = true;
  return agent;
}

function someContainer(system: System, random: SimRandom) {
  const all = system.agents.flatMap(({ host }) =>
    host.engine.containers
      .filter(({ isRunning }) => isRunning)
      .map(({ id, name }) => ({ host, id, name, tasks: tasksOn(host, id) })),
  );
  if (all.length === 0) return undefined;
  const found = random.pick(all);
  for (const task of found.tasks) system.takenAway.add(task);
  system.trace.note('fault', `container ${found.name} on ${found.host.name} is taken away from outside`);
  return found;
}

/** The tasks that lose something with a container: its own, and those of containers that share its network. */
function tasksOn({ engine }: SimHost, id: string): readonly string[] {
  return engine.containers
    .filter((each) => each.id === id || each.body.HostConfig?.NetworkMode === `container:${id}`)
    .flatMap(({ labels }) => labels[taskArnLabel] ?? []);
}

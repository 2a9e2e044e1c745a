import { type AgentConfig, agentTables, startAgent } from '../src/agent/agent.ts';
import { rootAccessKeys } from '../src/app/access-keys.ts';
import { type ControlPlane, composeControlPlane } from '../src/app/compose.ts';
import { type AwsClient, createAwsClient } from '../src/aws/client.ts';
import { everyEvent } from '../src/services/ecs/outbox.ts';
import { CommitFailed, Store } from '../src/store/store.ts';
import type { StoredChange } from '../src/store/journal.ts';
import { MemoryJournal } from '../src/world/sim/memory-journal.ts';
import { SimClock } from '../src/world/sim/sim-clock.ts';
import type { Ending } from '../src/world/sim/sim-life.ts';
import type { SimRandom } from '../src/world/sim/sim-random.ts';
import { realHash } from '../src/world/real/real-hash.ts';
import { type SimHost, type SimWorld, simWorld } from '../src/world/sim/sim-world.ts';
import { DockerError } from '../src/world/docker.ts';
import type { World } from '../src/world/world.ts';
import { type Commit, Durable } from './durable.ts';
import { healthOf } from './health.ts';
import { Trace } from './trace.ts';
import { turns } from './turns.ts';

export const cluster = 'sim';
/** How many each agent keeps ready. */
export const warmSandboxes = { least: 2, most: 4 };
/** A bad network ends within this, and what it repeats has come. */
const longestBadNetworkMs = 75_000;
const accountId = '000000000000';
const region = 'us-east-1';
const port = 4566;
export const keys = { accessKeyId: 'AKIASIMULATEDROOTKEY', secretAccessKey: 'simulated' };

/** The control plane, agents on machines of their own and a client, all in this process, under virtual time. */
export class System {
  readonly world: SimWorld;
  readonly clock: SimClock;
  readonly random: SimRandom;
  readonly trace: Trace;
  readonly serverHost: SimHost;
  readonly journal: MemoryJournal;
  readonly agents: readonly AgentMachine[];
  readonly client: AwsClient;
  readonly clientWorld: World;
  /** Whether the agent of the Fargate pool measures its containers. In a few runs, to see that it does no harm: it is half
   * the cost of an idle hour. */
  readonly isMeasuring: boolean;
  /** Whether somebody wants to hear of events: in a few runs, as they are nearly half of what is written. */
  readonly isTelling: boolean;
  /**
   * Whether agents look, publish and sign their telemetry as they do by default: in a few runs, as with nothing to tell it is
   * a third of the cost. In the others little is left but what events say: what they miss is seen minutes later.
   */
  readonly isAttentive: boolean;
  /** While it is, commits take most of a second. */
  isDiskSlow = false;
  /** When requests last could get lost or come twice; a late repetition comes within seconds. */
  #badNetworkUntilMs = 0;
  /** Tasks whose containers a fault took away. */
  readonly takenAway = new Set<string>();
  /** What went wrong; empty is a pass. */
  readonly failures: Failure[] = [];
  /** How often what came to pass. */
  readonly sights = new Map<string, number>();
  /** What the journal holds. */
  readonly durable = new Durable();
  /** The server that answers now; undefined while it is down. */
  server: ControlPlane | undefined;
  readonly #serverStarted = new Set<(server: ControlPlane) => void>();
  readonly #written = new Set<(changes: readonly StoredChange[]) => void>();
  readonly #committed = new Set<(commit: Commit) => void>();
  #crashAtCommit: { readonly number: number; readonly keep: boolean } | undefined;
  #serverRun = 0;

  constructor(seed: string, options: SystemOptions) {
    this.clock = new SimClock({ turns });
    this.trace = new Trace(() => this.clock.monotonicMs(), options.keepLine);
    this.world = simWorld(seed, {
      clock: this.clock,
      latencies: true,
      hash: realHash(),
      write: (line) => this.#logged(line),
    });
    this.random = this.world.random.fork('system');
    this.isMeasuring = this.world.random.fork('measuring').chance(0.2);
    this.isTelling = this.world.random.fork('telling').chance(0.25);
    this.isAttentive = this.world.random.fork('attentive').chance(0.25);
    const commitRandom = this.world.random.fork('commits');
    this.serverHost = this.world.addHost('server');
    this.journal = new MemoryJournal(this.clock, {
      commitMs: () => {
        const delayMs = commitRandom.latencyMs(this.isDiskSlow ? 800 : 2);
        return this.#crashesInCommit() ? delayMs * 500 : delayMs;
      },
      onDurable: (changes) => {
        for (const { table, key, value } of changes) this.trace.note('commit', `${table} ${key} ${value ?? '-'}`);
        for (const listener of this.#written) listener(changes);
        const commit = this.durable.take(changes);
        for (const listener of this.#committed) listener(commit);
      },
    });
    this.agents = Array.from({ length: options.agents }, (_, index) => {
      const name = `agent-${index + 1}`;
      const host = this.world.addHost(name, { cpus: 4, memoryMiB: 8192, images: [], health: healthOf });
      return new AgentMachine(host, this, places[index % places.length] ?? places[0]);
    });
    this.clientWorld = this.world.addHost('client').boot();
    this.client = createAwsClient({ ...this.clientWorld, endpoint: this.endpoint, region, credentials: keys });
  }

  get endpoint(): string {
    return `http://server:${port}`;
  }

  get region(): string {
    return region;
  }

  /** `rule` is what does not hold, the same words each time. */
  fail(rule: string, sentence: string): void {
    this.trace.note('FAILURE', `${rule}: ${sentence}`);
    this.failures.push({ rule, sentence, atMs: this.clock.monotonicMs() });
  }

  /** Said when the network turns bad and when it is good again. */
  sawBadNetwork(): void {
    this.#badNetworkUntilMs = this.clock.monotonicMs();
  }

  /** Whether a request of before may still come once more. */
  get isNetworkBad(): boolean {
    return this.#badNetworkUntilMs > 0 && this.clock.monotonicMs() - this.#badNetworkUntilMs < longestBadNetworkMs;
  }

  get lastBadNetworkMs(): number {
    return this.#badNetworkUntilMs;
  }

  onServerStarted(listener: (server: ControlPlane) => void): void {
    this.#serverStarted.add(listener);
  }

  saw(sight: string): void {
    this.sights.set(sight, (this.sights.get(sight) ?? 0) + 1);
  }

  /** Called with each group of changes at the moment it is durable. */
  onWrite(listener: (changes: readonly StoredChange[]) => void): void {
    this.#written.add(listener);
  }

  /** The same as records; `durable` is then as after it. */
  onCommit(listener: (commit: Commit) => void): void {
    this.#committed.add(listener);
  }

  startServer(): void {
    this.#serverRun += 1;
    const run = this.#serverRun;
    const start = async (): Promise<void> => {
      const world = this.serverHost.boot();
      const server = await composeControlPlane({
        world,
        journal: this.journal.open(),
        logDirectory: '/var/lib/longshore/logs',
        imageDirectory: '/var/lib/longshore/images',
        objectDirectory: '/var/lib/longshore/objects',
        fileSystemDirectory: '/var/lib/longshore/file-systems',
        dataKey: new Uint8Array(32),
        accessKeys: rootAccessKeys(keys, accountId),
        accounts: [accountId],
        region,
        allowedHosts: ['server'],
        wantsEvent: this.isTelling ? everyEvent : () => false,
      });
      await world.net.listen({ host: '0.0.0.0', port }, server.handler);
      if (run !== this.#serverRun) return;
      this.server = server;
      this.trace.note('server', 'ready');
      for (const listener of this.#serverStarted) listener(server);
    };
    start().catch((error: unknown) => {
      if (!(error instanceof CommitFailed))
        this.fail('processes start', `the server does not start: ${describe(error)}`);
      // A journal that refuses ends the process; whatever supervises it starts it again.
      if (run !== this.#serverRun) return;
      this.crashServer('process', false);
      this.clock.after(1000, () => {
        if (run + 1 === this.#serverRun) this.startServer();
      });
    });
  }

  /** Ends the server's process or its machine. A commit under way is lost, or kept without anybody being told. */
  crashServer(ending: Ending, keepUnderWay: boolean): void {
    this.trace.note('fault', `server ${ending} crash, commit under way ${keepUnderWay ? 'kept' : 'lost'}`);
    this.#serverRun += 1;
    this.server = undefined;
    this.serverHost.crash(ending);
    this.journal.crash({ keepUnderWay });
  }

  /** Crashes the server in the middle of its `commits`th commit from now. */
  crashServerInCommit(commits: number, keep: boolean): void {
    this.#crashAtCommit = { number: this.journal.commits + commits, keep };
  }

  forgetPlannedCrash(): void {
    this.#crashAtCommit = undefined;
  }

  get isServerUp(): boolean {
    return this.server !== undefined;
  }

  /** The commit in which the server crashes takes long, so that more of what happens falls into it. */
  #crashesInCommit(): boolean {
    const due = this.#crashAtCommit;
    if (!due || this.journal.commits < due.number) return false;
    this.#crashAtCommit = undefined;
    const run = this.#serverRun;
    this.clock.after(this.random.integer(1, 500), () => {
      if (run !== this.#serverRun) return;
      this.crashServer('process', due.keep);
      this.clock.after(this.random.integer(200, 15_000), () => {
        if (run + 1 === this.#serverRun) this.startServer();
      });
    });
    return true;
  }

  #logged(line: string): void {
    // Without the places in files of a stack, which would make the trace that of one checkout.
    this.trace.line(line.replaceAll(/\(?file:\/\/[^\s")]*\)?/g, ''));
    // An error in a log is our bug, but for the one that a fault of the journal explains. What the world does is a warning.
    if (/^\S+ \S+ error /.test(line) && !line.includes('the journal could not make the change durable')) {
      this.fail('no error is logged', line);
    }
  }
}

export interface SystemOptions {
  /** How many: the first serves the Fargate pool, the others the cluster. */
  readonly agents: number;
  /** Takes each line of the trace. */
  readonly keepLine?: ((line: string) => void) | undefined;
}

export interface Failure {
  readonly rule: string;
  readonly sentence: string;
  /** Virtual time. */
  readonly atMs: number;
}

/** Where machines stand, in turn: one serves the Fargate pool, the others the cluster, in two zones and two racks. */
const places: readonly [Place, ...Place[]] = [
  { fargatePool: true, availabilityZone: 'us-east-1a', rack: 'one' },
  { fargatePool: false, availabilityZone: 'us-east-1a', rack: 'one' },
  { fargatePool: false, availabilityZone: 'us-east-1b', rack: 'two' },
  { fargatePool: false, availabilityZone: 'us-east-1b', rack: 'one' },
];

interface Place {
  readonly fargatePool: boolean;
  readonly availabilityZone: string;
  readonly rack: string;
}

/** A machine with an agent: its engine and the agent's journal outlive the agent's process. */
export class AgentMachine {
  readonly host: SimHost;
  readonly place: Place;
  readonly journal: MemoryJournal;
  readonly #system: System;
  /** Whether a fault has touched its engine or its power: from then on containers may end for no reason of ours. */
  isDisturbed = false;
  /** Known once its agent has registered. */
  instanceArn: string | undefined;
  #isUp = false;
  #run = 0;

  constructor(host: SimHost, system: System, place: Place) {
    this.host = host;
    this.place = place;
    this.#system = system;
    const random = system.world.random.fork(`${host.name} commits`);
    this.journal = new MemoryJournal(system.clock, { commitMs: () => random.latencyMs(2) });
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  start(): void {
    this.#isUp = true;
    this.#run += 1;
    const run = this.#run;
    const start = async (): Promise<void> => {
      const world = this.host.boot();
      const { endpoint, region } = this.#system;
      const store = await Store.open({
        journal: this.journal.open(),
        clock: world.clock,
        random: world.random,
        tables: agentTables,
        projections: [],
      });
      const client = createAwsClient({ ...world, endpoint, region, credentials: keys });
      const backend = this.#system.isAttentive ? client : { ...client, signFrame: () => '' };
      const agent = await startAgent({ world, store, backend, config: this.#config() });
      void agent.connected.then((arn) => {
        this.instanceArn = arn;
      });
    };
    start().catch((error: unknown) => {
      if (!(error instanceof DockerError))
        this.#system.fail('processes start', `${this.host.name} does not start: ${describe(error)}`);
      // Without its engine an agent cannot begin: whatever supervises it starts it again.
      this.host.crash('process');
      this.journal.crash();
      this.#system.clock.after(5000, () => this.#restartedBySupervisor(run));
    });
  }

  #restartedBySupervisor(run: number): void {
    if (run === this.#run && this.#isUp) this.start();
  }

  #config(): AgentConfig {
    const { fargatePool, availabilityZone, rack } = this.place;
    return {
      cluster: fargatePool ? 'default' : cluster,
      fargatePool,
      availabilityZone,
      attributes: fargatePool ? [] : [{ name: 'rack', value: rack }],
      warmSandboxes,
      tags: [],
      reservedMemoryMiB: 32,
      version: '0.0.0-sim',
      cleanupWaitMs: 60_000,
      disableMetrics: !(fargatePool && this.#system.isMeasuring),
      ...(this.#system.isAttentive ? {} : { lookEveryMs: 120_000, publishEveryMs: 60_000 }),
    };
  }

  crash(ending: Ending): void {
    this.#isUp = false;
    this.#system.trace.note('fault', `${this.host.name} ${ending} crash`);
    if (ending === 'machine') this.isDisturbed = true;
    this.host.crash(ending);
    this.journal.crash({ keepUnderWay: this.#system.random.chance(0.5) });
  }
}

export function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

import { hex } from '../core/hex.ts';
import type { Store, Transaction } from '../store/store.ts';
import type { Docker, DockerEvent } from '../world/docker.ts';
import type { Clock, Log, Random, Timer } from '../world/world.ts';
import { newTask, stopped } from './accept.ts';
import { type Cleaner, createCleaner } from './cleaner.ts';
import { isOver } from './container-end.ts';
import type { PayloadTask, ReadyInterface } from './contract.ts';
import { agentLabel, containerNameLabel, taskArnLabel } from './docker-config.ts';
import { EngineAway } from './engine-error.ts';
import type { Executor, Outcome } from './execute.ts';
import { createLanes, type Lanes } from './lanes.ts';
import type { LogShipper } from './logs/log-shipper.ts';
import { observe, observeDeath } from './observe.ts';
import type { PauseImage } from './images/pause-image.ts';
import { isEnding, type Plan, planTask, type Step, statusOf } from './plan.ts';
import { nextReport } from './report.ts';
import type { SandboxRange } from './sandboxes/burst-size.ts';
import { adopting, asNew, interfaceKeyOf } from './sandboxes/interface-sandbox.ts';
import { bridgeKey, fitsSandbox, sandboxLabel } from './sandboxes/sandbox.ts';
import { isSandbox, type SandboxCounts, SandboxPool, type SandboxUse } from './sandboxes/sandbox-pool.ts';
import { agentTasks, type ContainerRecord, identities, pauseName, type TaskRecord } from './state.ts';
import type { SubnetNetworks } from './subnet-networks.ts';

export interface TaskEngineParts {
  readonly store: Store;
  readonly docker: Docker;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly executor: Executor;
  readonly logs: Pick<LogShipper, 'follow' | 'finished'>;
  readonly agentId: string;
  readonly cores: number;
  readonly stopTimeoutSeconds: number;
  readonly cleanupWaitMs: number;
  readonly keepStoppedTasks: number;
  readonly pause: PauseImage;
  readonly networks: SubnetNetworks;
  readonly warmSandboxes: SandboxRange;
  readonly lookEveryMs: number;
  /** Hears of a task of which something can be told that the engine would show again. */
  readonly onEvident: (arn: string) => void;
}

/**
 * Brings the engine to what the records want, one plan after the other, and the records to what the engine shows. It
 * holds nothing that cannot be rebuilt from the two: killed at any moment, the next one goes on from there.
 */
export class TaskEngine {
  readonly #parts: TaskEngineParts;
  readonly #lanes: Lanes;
  readonly #busy = new Map<string, Map<string, Step['kind']>>();
  readonly #timers = new Map<string, Timer>();
  /** Containers being looked at, and whether to look again afterwards. */
  readonly #looking = new Map<string, { again: boolean }>();
  /** Ids of containers in which the kernel has killed for want of memory. */
  readonly #outOfMemory = new Set<string>();
  readonly #stop = new AbortController();
  readonly #cleaner: Cleaner;
  readonly #pool: SandboxPool;
  #adopted = false;

  constructor(parts: TaskEngineParts) {
    this.#parts = parts;
    this.#lanes = createLanes(parts.clock, 2 * parts.cores);
    this.#cleaner = createCleaner({ ...parts, lanes: this.#lanes });
    this.#pool = new SandboxPool({
      ...parts,
      lanes: this.#lanes,
      useOf: (id, key) => (key === bridgeKey ? this.#useOfBridge(id) : this.#useOfInterface(id, key)),
    });
  }

  /** Takes over what is on the engine, then works until `stop`. Resolves once what was found is in the records. */
  async start(): Promise<void> {
    const { clock, log } = this.#parts;
    void this.#watchEvents();
    for (let attempt = 0; !this.#stop.signal.aborted; attempt += 1) {
      try {
        await this.#adopt();
        break;
      } catch (error) {
        log.warn('the container engine does not answer', { reason: messageOf(error) });
        await clock.sleep(Math.min(10_000, 250 * 2 ** attempt), this.#stop.signal);
      }
    }
    this.#adopted = true;
    void this.#lookRegularly();
    for (const task of this.tasks()) this.#advance(task.arn);
  }

  /** Leaves every container of a task as it is. */
  async stop(): Promise<void> {
    this.#stop.abort();
    for (const timer of this.#timers.values()) timer.cancel();
    await Promise.all([this.#cleaner.stop(), this.#pool.stop()]);
  }

  /** Of this life of the agent. */
  get sandboxes(): SandboxCounts {
    return this.#pool.counts;
  }

  /** Those of which something may still be on the engine. */
  tasks(): readonly TaskRecord[] {
    return this.#parts.store.view((reader) => [...reader.find(agentTasks, 'remains', 'left')]);
  }

  /** Takes the tasks of one payload. Resolves when they are durable; work on them begins then, stops first. */
  async accept(payloads: readonly PayloadTask[], seqNum: number): Promise<void> {
    const { store, random } = this.#parts;
    const newName = (): string => hex(random.bytes(10));
    const ordered = [...payloads].sort(
      (a, b) => Number(a.desiredStatus === 'RUNNING') - Number(b.desiredStatus === 'RUNNING'),
    );
    const writes = ordered.map((payload) =>
      store.update((tx, env) => {
        const known = tx.get(agentTasks, payload.arn);
        if (!known) tx.put(agentTasks, this.#withSandboxes(newTask(payload, env.now, newName)));
        else if (payload.desiredStatus === 'STOPPED') tx.put(agentTasks, stopped(known));
      }),
    );
    await Promise.all([...writes, this.sawSeqNum(seqNum)]);
    void this.#beginEach(ordered.map(({ arn }) => arn));
  }

  /** With a turn between them: the engine works on the first while the rest are made ready. */
  async #beginEach(arns: readonly string[]): Promise<void> {
    for (const arn of arns) {
      this.#advance(arn);
      await new Promise<void>((resolve) => this.#parts.clock.soon(resolve));
    }
  }

  /** Written with the task: a sandbox that was given away is not free, whatever becomes of the agent. */
  #withSandboxes(task: TaskRecord): TaskRecord {
    if (task.desiredStatus === 'STOPPED' || task.failure !== undefined) return task;
    const key = interfaceKeyOf(task.payload);
    const ofItsInterface = key === undefined ? undefined : this.#pool.takeInterface(key);
    if (ofItsInterface) return adopting(task, ofItsInterface, this.#parts.clock.now());
    const containers: Record<string, ContainerRecord> = { ...task.containers };
    for (const wanted of task.payload.containers) {
      const record = containers[wanted.name];
      const sandbox = record && fitsSandbox(task.payload, wanted) ? this.#pool.take() : undefined;
      if (record && sandbox) containers[wanted.name] = { ...record, sandbox };
    }
    return { ...task, containers };
  }

  /** The network interfaces that tasks to come may be given. */
  keepReady(interfaces: readonly ReadyInterface[]): void {
    this.#pool.keep(interfaces);
  }

  async stopTasks(arns: readonly string[]): Promise<void> {
    await Promise.all(
      arns.map((arn) =>
        this.#parts.store.update((tx) => {
          const task = tx.get(agentTasks, arn);
          if (task) tx.put(agentTasks, stopped(task));
        }),
      ),
    );
    for (const arn of arns) this.#advance(arn);
  }

  async sawSeqNum(seqNum: number): Promise<void> {
    await this.#parts.store.update((tx) => {
      const identity = tx.get(identities, 'agent');
      if (identity && seqNum > identity.highestSeqNum) tx.put(identities, { ...identity, highestSeqNum: seqNum });
    });
  }

  #task(arn: string): TaskRecord | undefined {
    return this.#parts.store.view((reader) => reader.get(agentTasks, arn));
  }

  #busyOf(arn: string): Map<string, Step['kind']> {
    const busy = this.#busy.get(arn) ?? new Map<string, Step['kind']>();
    this.#busy.set(arn, busy);
    return busy;
  }

  #plan(task: TaskRecord): Plan {
    return planTask(task, this.#busyOf(task.arn), this.#parts.clock.now(), this.#parts.stopTimeoutSeconds);
  }

  /** Plans and begins what can be begun. Called whenever anything about the task changed; harmless when nothing did. */
  #advance(arn: string): void {
    if (!this.#adopted || this.#stop.signal.aborted) return;
    const task = this.#task(arn);
    if (!task || task.stoppedAt !== undefined) return;
    const plan = this.#plan(task);
    const noted = note(task, plan, this.#parts.clock.now());
    if (noted !== task) {
      this.#write(arn, (now) => note(now, plan, this.#parts.clock.now()));
      if (plan.failure !== undefined) return this.#advance(arn);
    }
    this.#releaseSandboxes(task);
    if (plan.status === 'STOPPED') {
      this.#busy.delete(arn);
      this.#timers.get(arn)?.cancel();
      this.#timers.delete(arn);
      this.#cleaner.soon();
      return;
    }
    for (const step of plan.steps) this.#begin(arn, step);
    this.#timers.get(arn)?.cancel();
    this.#timers.delete(arn);
    if (plan.wakeAt !== undefined) {
      const delayMs = Math.max(1, plan.wakeAt - this.#parts.clock.now());
      this.#timers.set(
        arn,
        this.#parts.clock.after(delayMs, () => this.#advance(arn)),
      );
    }
  }

  #releaseSandboxes(task: TaskRecord): void {
    for (const container of Object.values(task.containers)) {
      const { sandbox, name } = container;
      // What holds the task's own interface is removed by its plan, before anybody is told that the task has stopped.
      if (!sandbox || name === pauseName) continue;
      if (this.#sandboxUse(task, container) === 'over') this.#pool.release(sandbox.id);
    }
  }

  #useOfBridge(id: string | undefined): SandboxUse | undefined {
    const holder = id === undefined ? undefined : this.#holderOf(id);
    return holder && this.#sandboxUse(holder.task, holder.container);
  }

  #useOfInterface(id: string | undefined, key: string): SandboxUse | undefined {
    const task = this.tasks().find(({ payload }) => interfaceKeyOf(payload) === key);
    const pause = task?.containers[pauseName];
    if (!task || !pause) return undefined;
    if (task.stoppedAt !== undefined || pause.phase === 'gone') return 'over';
    if (pause.phase === 'none' && pause.id === undefined) return isEnding(task) ? 'over' : 'claimed';
    return id === undefined || pause.id === id ? 'needed' : 'over';
  }

  #sandboxUse(task: TaskRecord, container: ContainerRecord): SandboxUse {
    const isOver = statusOf(task, container, isEnding(task), this.#busyOf(task.arn)) === 'STOPPED';
    return isOver || task.stoppedAt !== undefined ? 'over' : 'needed';
  }

  /** What the records say of a sandbox, and of which container they say it. */
  #holderOf(sandboxId: string): { readonly task: TaskRecord; readonly container: ContainerRecord } | undefined {
    for (const task of this.tasks()) {
      for (const container of Object.values(task.containers)) {
        if (container.sandbox?.id === sandboxId) return { task, container };
      }
    }
    return undefined;
  }

  /** A sandbox ended. One that is free is replaced; a container that ran in one has lost its network and is stopped. */
  async #sandboxEnded(id: string): Promise<void> {
    this.#pool.lost(id);
    const seen = await this.#parts.docker.inspectContainer(id);
    const holder = this.#holderOf(id);
    if (holder?.container.name === pauseName) return this.#look(holder.task.arn, pauseName);
    if (seen?.State.Running || holder?.container.phase !== 'running') return;
    const { task, container } = holder;
    this.#write(task.arn, (now) => {
      const current = now.containers[container.name];
      if (current?.phase !== 'running' || current.startedAt !== container.startedAt) return now;
      const next: ContainerRecord = { ...current, sandbox: { id, isLost: true } };
      return { ...now, containers: { ...now.containers, [container.name]: next } };
    });
    this.#advance(task.arn);
  }

  #begin(arn: string, step: Step): void {
    const busy = this.#busyOf(arn);
    busy.set(step.target, step.kind);
    const work = async (): Promise<readonly Outcome[]> => {
      // While it waited in its lane the task may have changed its mind.
      busy.delete(step.target);
      const task = this.#task(arn);
      const still = task && this.#plan(task).steps.some((s) => s.kind === step.kind && s.target === step.target);
      if (!task || !still || this.#stop.signal.aborted) return [];
      busy.set(step.target, step.kind);
      // Where its output goes is shown by no engine: whoever comes after a crash knows it from the record alone.
      if (step.kind === 'start' && task.outputs?.[step.target]) await this.#parts.store.durable();
      const outcomes = await this.#parts.executor.execute(step, task);
      return step.target === '@network' ? [...(await this.#lateSandbox(task)), ...outcomes] : outcomes;
    };
    const lane = laneOf(step.kind);
    const run = lane === undefined ? work() : this.#lanes.run(lane, work);
    run.then(
      (outcomes) => this.#finish(arn, step, outcomes),
      (error: unknown) => {
        if (error instanceof EngineAway) {
          void this.#waitForEngine(arn, step, error);
          return;
        }
        // A step reports its failures itself, so this one is a bug of ours; the task must not hang on it.
        this.#parts.log.error('a step broke', {
          task: arn,
          step: step.kind,
          target: step.target,
          reason: messageOf(error),
        });
        this.#finish(arn, step, [
          (now) => ({ ...now, failure: now.failure ?? `ResourceInitializationError: ${messageOf(error)}` }),
        ]);
      },
    );
  }

  /** The sandbox with the task's interface, where it was being made when the task came; else that address is free now. */
  async #lateSandbox(task: TaskRecord): Promise<readonly Outcome[]> {
    const key = interfaceKeyOf(task.payload);
    if (key === undefined || task.containers[pauseName]?.phase !== 'none') return [];
    const sandbox = await this.#pool.settled(key);
    return sandbox ? [(now) => adopting(now, sandbox, this.#parts.clock.now())] : [];
  }

  /** The step stays busy, so that nothing is begun behind it, until the engine answers; then the task is planned anew. */
  async #waitForEngine(arn: string, step: Step, away: EngineAway): Promise<void> {
    const { docker, clock, log } = this.#parts;
    log.warn('the container engine does not answer, the task waits for it', {
      task: arn,
      step: step.kind,
      reason: away.message,
    });
    for (let answers = false; !answers && !this.#stop.signal.aborted; ) {
      await clock.sleep(engineRetryMs, this.#stop.signal);
      answers = await docker.version().then(
        () => true,
        () => false,
      );
    }
    if (this.#stop.signal.aborted) return;
    this.#busy.get(arn)?.delete(step.target);
    await this.#lookAtAll();
    this.#advance(arn);
  }

  #finish(arn: string, step: Step, outcomes: readonly Outcome[]): void {
    if (this.#stop.signal.aborted) return;
    this.#busy.get(arn)?.delete(step.target);
    for (const outcome of outcomes) {
      this.#write(arn, outcome);
      const task = this.#task(arn);
      if (outcomes.length > 1 && task) this.#write(arn, (now) => note(now, this.#plan(now), this.#parts.clock.now()));
    }
    const task = this.#task(arn);
    if (task && step.kind === 'start') this.#followLogs(task, step.target);
    const look = this.#looking.get(`${arn} ${step.target}`);
    if (look?.again) {
      this.#looking.delete(`${arn} ${step.target}`);
      void this.#look(arn, step.target);
    }
    this.#advance(arn);
  }

  /**
   * Applies to memory at once; the journal follows. What the engine does not show is told to the outside when it is
   * durable; the rest is in no hurry, as an agent that was killed sees on the engine how far it had come.
   */
  #write(arn: string, outcome: Outcome): void {
    const { store, log } = this.#parts;
    const write = (tx: Transaction): void => {
      const task = tx.get(agentTasks, arn);
      if (task && task.cleanedAt === undefined) tx.put(agentTasks, outcome(task));
    };
    const before = this.#task(arn);
    store.updateUnhurried(write).catch((error: unknown) => {
      log.error('what happened to a task could not be kept', { task: arn, reason: messageOf(error) });
    });
    const task = this.#task(arn);
    // Most looks find nothing new, and what there was to tell has been told or waits.
    if (task === before) return;
    const report = task && nextReport(task);
    if (!report?.urgent) return;
    if (report.evident) this.#parts.onEvident(arn);
    else void store.durable().catch(() => undefined); // said above
  }

  /** Asks the engine about one container and writes the answer down. One look at a time, none while a start is under way. */
  async #look(arn: string, name: string): Promise<void> {
    const key = `${arn} ${name}`;
    const kind = this.#busy.get(arn)?.get(name);
    const open = this.#looking.get(key);
    if (open || kind === 'start' || kind === 'create' || kind === 'remove') {
      if (open) open.again = true;
      else this.#looking.set(key, { again: true });
      return;
    }
    const look = { again: false };
    this.#looking.set(key, look);
    try {
      do {
        look.again = false;
        const task = this.#task(arn);
        const container = task?.containers[name];
        if (!task || container?.id === undefined || container.phase === 'gone') break;
        const outcome = await this.#parts.executor.inspect(task, container);
        if (this.#busy.get(arn)?.get(name) === 'start') {
          look.again = true; // it was asked before this start: the step looks again when it ends
          return;
        }
        if (this.#task(arn)?.containers[name]?.startedAt !== container.startedAt) {
          look.again = true; // asked before a start that has ended meanwhile
          continue;
        }
        this.#write(arn, outcome);
        this.#advance(arn);
      } while (look.again);
    } catch (error) {
      this.#parts.log.warn('container not inspected', { task: arn, container: name, reason: messageOf(error) });
    } finally {
      if (!look.again) this.#looking.delete(key);
    }
  }

  /** Begun before anything is looked at, so that what happens meanwhile is heard. */
  async #watchEvents(): Promise<void> {
    const { docker, clock, log, agentId } = this.#parts;
    while (!this.#stop.signal.aborted) {
      // The engine does not say when it begins to tell; by then it does, and what was missed before is seen here.
      const settled = clock.after(eventsSettleMs, () => void this.#lookAtAll());
      try {
        for await (const event of docker.events([`${agentLabel}=${agentId}`], this.#stop.signal)) this.#take(event);
      } catch (error) {
        log.warn('the engine’s events ended', { reason: messageOf(error) });
      }
      settled.cancel();
      await clock.sleep(eventsRetryMs, this.#stop.signal);
      if (this.#stop.signal.aborted) return;
      await this.#lookAtAll();
    }
  }

  #take(event: DockerEvent): void {
    const word = event.Action.split(':')[0] ?? '';
    if (!telling.has(word)) return;
    const arn = event.Actor.Attributes[taskArnLabel];
    const name = event.Actor.Attributes[containerNameLabel];
    if (sandboxLabel in event.Actor.Attributes && (word === 'die' || word === 'destroy')) {
      this.#sandboxEnded(event.Actor.ID).catch((error: unknown) =>
        this.#parts.log.warn('a sandbox that ended was not looked at', { reason: messageOf(error) }),
      );
    }
    if (word === 'oom') this.#outOfMemory.add(event.Actor.ID);
    if (word === 'destroy') this.#outOfMemory.delete(event.Actor.ID);
    if (arn === undefined || name === undefined) return;
    if (word !== 'die' || !this.#takeDeath(arn, name, event)) void this.#look(arn, name);
  }

  /** Whether the event told all there is to know. */
  #takeDeath(arn: string, name: string, event: DockerEvent): boolean {
    const kind = this.#busy.get(arn)?.get(name);
    const seen = this.#task(arn)?.containers[name];
    if (!seen || kind === 'start' || kind === 'create' || kind === 'remove') return false;
    const ended = this.#outOfMemory.has(event.Actor.ID) ? undefined : observeDeath(seen, event);
    if (!ended) return false;
    this.#write(arn, (now) => ({ ...now, containers: { ...now.containers, [name]: ended } }));
    this.#advance(arn);
    return true;
  }

  /** The safety net under the events: whatever they missed is seen here. */
  async #lookRegularly(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#parts.clock.sleep(this.#parts.lookEveryMs, this.#stop.signal);
      if (this.#stop.signal.aborted) return;
      await this.#lookAtAll();
      this.#cleaner.now();
    }
  }

  async #lookAtAll(): Promise<void> {
    if (!this.#adopted || this.#stop.signal.aborted) return;
    try {
      await this.#adopt();
    } catch (error) {
      this.#parts.log.warn('the container engine does not answer', { reason: messageOf(error) });
      return;
    }
    for (const task of this.tasks()) this.#advance(task.arn);
  }

  /** Compares every container of ours on the engine with the records: found ones are taken in, lost ones noticed. */
  async #adopt(): Promise<void> {
    const { docker, agentId, clock } = this.#parts;
    const listed = await docker.listContainers([`${agentLabel}=${agentId}`]);
    const byTask = new Map<string, Map<string, string>>();
    const sandboxes = listed.filter(isSandbox);
    for (const container of listed) {
      if (isSandbox(container)) continue;
      const arn = container.Labels[taskArnLabel] ?? '';
      const name = container.Labels[containerNameLabel] ?? '';
      const names = byTask.get(arn) ?? new Map<string, string>();
      byTask.set(arn, names.set(name, container.Id));
      const seen = this.#task(arn)?.containers[name];
      // An engine that did not show it for a while had us believe that it was gone.
      if (!seen || seen.phase === 'gone') await this.#removeStray(container.Id, arn);
    }
    for (const task of this.tasks()) {
      if (task.cleanedAt !== undefined) continue;
      for (const container of Object.values(task.containers)) {
        if (this.#busy.get(task.arn)?.has(container.name)) continue;
        const id = container.id ?? byTask.get(task.arn)?.get(container.name);
        if (id === undefined || container.phase === 'gone') continue;
        if (task.stoppedAt !== undefined && container.phase === 'exited') {
          if (!this.#adopted) this.#followLogs(task, container.name);
          continue;
        }
        const inspect = await docker.inspectContainer(id);
        if (this.#busy.get(task.arn)?.has(container.name)) continue;
        const wanted = task.payload.containers.find((candidate) => candidate.name === container.name);
        this.#write(task.arn, (now) => {
          const seen = now.containers[container.name];
          if (!seen || (seen.id !== undefined && seen.id !== id)) return now;
          const next = asNew(now, observe({ ...seen, id }, inspect, wanted, clock.now()));
          return { ...now, containers: { ...now.containers, [container.name]: next } };
        });
        const after = this.#task(task.arn);
        if (after?.stoppedAt !== undefined && inspect?.State.Running) {
          await this.#removeStray(id, task.arn); // a start of an agent that was killed came after the end of the task
          continue;
        }
        const startedAt = after?.containers[container.name]?.startedAt;
        if (after && (!this.#adopted || startedAt !== container.startedAt)) this.#followLogs(after, container.name);
      }
    }
    await this.#pool.reconcile(sandboxes);
    for (const { Id, State } of sandboxes) if (State !== 'running') await this.#sandboxEnded(Id);
  }

  async #removeStray(id: string, arn: string): Promise<void> {
    this.#parts.log.warn('removing a container of a task that is over or not known', { container: id, task: arn });
    await this.#parts.docker.removeContainer(id, { force: true, volumes: true }).catch(async (error: unknown) => {
      if (await this.#parts.docker.inspectContainer(id)) throw error; // somebody else was faster
    });
  }

  #followLogs(task: TaskRecord, name: string): void {
    const container = task.containers[name];
    const destination = task.outputs?.[name]?.destination;
    if (!destination || container?.id === undefined || container.startedAt === undefined) return;
    this.#parts.logs.follow(container.id, destination);
  }
}

/** What a plan decided, written into the record once and never taken back. */
function note(task: TaskRecord, plan: Plan, now: number): TaskRecord {
  const ended = task.payload.containers
    .filter((wanted) => wanted.essential)
    .map((wanted) => task.containers[wanted.name])
    .find((seen) => seen !== undefined && seen.startedAt !== undefined && isOver(task, seen));
  const change: Partial<TaskRecord> = {
    ...(plan.failure !== undefined && task.failure === undefined ? { failure: plan.failure } : {}),
    ...(plan.status === 'RUNNING' && task.ranAt === undefined ? { ranAt: now } : {}),
    ...(ended && task.executionStoppedAt === undefined ? { executionStoppedAt: ended.finishedAt ?? now } : {}),
    ...(plan.status === 'STOPPED' && task.stoppedAt === undefined ? { stoppedAt: now } : {}),
  };
  return Object.keys(change).length === 0 ? task : { ...task, ...change };
}

/** Pulls and stops wait on others than the engine, and the rest takes it no work. */
function laneOf(kind: Step['kind']): 'start' | 'create' | 'remove' | undefined {
  return kind === 'start' || kind === 'create' || kind === 'remove' ? kind : undefined;
}

/** Events after which a container may be other than it was; those of our own steps tell nothing new. */
const telling = new Set(['die', 'oom', 'destroy', 'health_status', 'pause', 'unpause']);

const eventsSettleMs = 1000;
const eventsRetryMs = 500;
const engineRetryMs = 500;

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

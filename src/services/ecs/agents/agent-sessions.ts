import { longshoreAgentHash } from '../../../agent/contract.ts';
import type { Store } from '../../../store/store.ts';
import type { Socket } from '../../../world/net.ts';
import type { Clock, Log, Random, Timer } from '../../../world/world.ts';
import { readyInterfaces, watchSecurityGroups } from '../../ec2/public.ts';
import { type ContainerInstanceRecord, containerInstances, tasks } from '../tables.ts';
import { AcsSession } from './acs-session.ts';
import type { InstanceHealth } from './instance-health.ts';
import type { TaskCredentials } from './task-credentials.ts';
import type { TaskMetrics } from './task-metrics.ts';
import { TcsSession } from './tcs-session.ts';

/** An agent that reconnects (it does so every half hour) within this time was never gone. */
const disconnectGraceMs = 10_000;
/** After a start, time for the agents of before to come back; without it a restart would look like the loss of all hosts. */
const restartGraceMs = 60_000;

/**
 * The live sessions of agents, at most one of each kind per container instance, and what is known of instances only
 * while they are connected. Writes `agentConnected` when it changes; a lost agent never stops a task.
 */
export class AgentSessions {
  readonly #parts: AgentSessionsParts;
  readonly #acs = new Map<string, AcsSession>();
  readonly #tcs = new Map<string, TcsSession>();
  readonly #health = new Map<string, readonly InstanceHealth[]>();
  readonly #graces = new Map<string, Timer>();
  #store: Store | undefined;
  #stops: (() => void)[] = [];

  constructor(parts: AgentSessionsParts) {
    this.#parts = parts;
  }

  /** Begins to follow the store. Repeated calls do nothing. */
  start(store: Store): void {
    if (this.#store) return;
    this.#store = store;
    this.#stops = [
      store.watch(tasks, (arn) => this.#taskChanged(store, arn)),
      store.watch(containerInstances, (arn) => this.#instanceChanged(store, arn)),
      watchSecurityGroups(store, {
        onGroup: (groupId) => {
          for (const session of this.#acs.values()) session.wakeSecurityGroup(groupId);
        },
        onInterface: (networkInterfaceId) => {
          for (const session of this.#acs.values()) session.wakeNetworkInterface(networkInterfaceId);
        },
      }),
      store.watch(readyInterfaces, () => {
        for (const session of this.#acs.values()) session.wakeReadyInterfaces();
      }),
    ];
    const connected = store.view((reader) => [...reader.list(containerInstances)].filter((it) => it.agentConnected));
    for (const { arn } of connected) this.#expectBack(store, arn, restartGraceMs);
  }

  /** Closes every session; their agents reconnect at once, here or to whoever serves now. */
  stop(): void {
    for (const stop of this.#stops) stop();
    for (const timer of this.#graces.values()) timer.cancel();
    this.#store = undefined; // from here on nothing is written about sessions that end
    for (const session of [...this.#acs.values(), ...this.#tcs.values()]) session.close(1001, 'server is going away');
  }

  /** The address of the agent that holds the instance's ACS session, where one is open. */
  addressOf(instanceArn: string): string | undefined {
    return this.#acs.get(instanceArn)?.remoteAddress;
  }

  /** What the agent said of its host's health; empty when it has said nothing since it connected. */
  healthOf(instanceArn: string): readonly InstanceHealth[] {
    return this.#health.get(instanceArn) ?? [];
  }

  /**
   * Takes over the socket of a verified agent. A session of the same instance that is still open ends: an agent opens a
   * new one only when it has given up the old, whatever the network makes us believe.
   */
  async openAcs(store: Store, socket: Socket, opened: OpenedSession): Promise<void> {
    this.start(store);
    const { arn } = opened.instance;
    const previous = this.#acs.get(arn);
    const session = new AcsSession({
      ...this.#parts,
      store,
      socket,
      instance: opened.instance,
      remoteAddress: opened.remoteAddress,
      endpoint: opened.endpoint,
      speaksLongshore: opened.versionInfo?.agentHash === longshoreAgentHash,
      wantsReadyInterfaces: opened.readyInterfaces > 0,
      onEnd: (ended, reason) => this.#acsEnded(ended, reason),
    });
    this.#acs.set(arn, session);
    previous?.close(1000, 'replaced by a newer session');
    this.#graces.get(arn)?.cancel();
    this.#graces.delete(arn);
    try {
      await setConnected(store, arn, true, opened);
    } catch (error) {
      this.#parts.log.error('agent session failed', { instance: arn, error: String(error) });
      return session.close(1011, 'internal error');
    }
    session.start();
    this.#parts.log.info('agent connected', { instance: arn, address: opened.remoteAddress });
  }

  openTcs(store: Store, socket: Socket, opened: OpenedSession): void {
    this.start(store);
    const { arn } = opened.instance;
    const previous = this.#tcs.get(arn);
    const session = new TcsSession({
      ...this.#parts,
      store,
      socket,
      instanceArn: arn,
      onHealth: (health) => this.#health.set(arn, health),
      onEnd: (ended) => {
        if (this.#tcs.get(arn) === ended) this.#tcs.delete(arn);
      },
    });
    this.#tcs.set(arn, session);
    previous?.close(1000, 'replaced by a newer session');
    session.start();
  }

  /** No scan: the changed task names its instance, and the instance has one session or none. */
  #taskChanged(store: Store, taskArn: string): void {
    const instanceArn = store.view((reader) => reader.get(tasks, taskArn))?.containerInstanceArn;
    if (instanceArn !== undefined) this.#acs.get(instanceArn)?.wake(taskArn);
  }

  /** A deregistered instance loses its sessions; its agent comes back once and is told why. */
  #instanceChanged(store: Store, instanceArn: string): void {
    const instance = store.view((reader) => reader.get(containerInstances, instanceArn));
    if (instance && instance.status !== 'INACTIVE') return;
    this.#acs.get(instanceArn)?.close(1000, 'the container instance is not active');
    this.#tcs.get(instanceArn)?.close(1000, 'the container instance is not active');
    this.#health.delete(instanceArn);
    this.#parts.metrics.forget(instanceArn);
  }

  #acsEnded(session: AcsSession, reason: string): void {
    const { instanceArn } = session;
    if (this.#acs.get(instanceArn) !== session) return; // a newer one has its place
    this.#acs.delete(instanceArn);
    this.#parts.log.info('agent session ended', { instance: instanceArn, reason });
    if (this.#store) this.#expectBack(this.#store, instanceArn, disconnectGraceMs);
  }

  #expectBack(store: Store, instanceArn: string, graceMs: number): void {
    this.#graces.get(instanceArn)?.cancel();
    const timer = this.#parts.clock.after(graceMs, () => {
      this.#graces.delete(instanceArn);
      if (this.#acs.has(instanceArn)) return;
      this.#health.delete(instanceArn);
      setConnected(store, instanceArn, false, undefined).catch((error: unknown) => {
        this.#parts.log.error('agent disconnection not recorded', { instance: instanceArn, error: String(error) });
        if (this.#store) this.#expectBack(store, instanceArn, disconnectGraceMs);
      });
    });
    this.#graces.set(instanceArn, timer);
  }
}

export interface AgentSessionsParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly credentials: TaskCredentials;
  readonly metrics: TaskMetrics;
}

export interface OpenedSession {
  readonly instance: ContainerInstanceRecord;
  readonly remoteAddress: string;
  /** The URL by which the agent reached us. */
  readonly endpoint: string;
  readonly versionInfo: ContainerInstanceRecord['versionInfo'] | undefined;
  /** How many of them the agent wants to be told of. */
  readonly readyInterfaces: number;
}

async function setConnected(
  store: Store,
  instanceArn: string,
  agentConnected: boolean,
  opened: Pick<OpenedSession, 'versionInfo' | 'readyInterfaces'> | undefined,
): Promise<void> {
  await store.update((tx, env) => {
    const instance = tx.get(containerInstances, instanceArn);
    if (!instance) return;
    const { readyInterfaces: _wanted, ...kept } = instance;
    const told = opened
      ? {
          ...kept,
          ...(opened.versionInfo && { versionInfo: { ...instance.versionInfo, ...opened.versionInfo } }),
          ...(opened.readyInterfaces > 0 && { readyInterfaces: opened.readyInterfaces }),
        }
      : instance;
    if (instance.agentConnected === agentConnected) return tx.put(containerInstances, told);
    tx.put(containerInstances, {
      ...told,
      agentConnected,
      agentConnectedChangedAt: env.now,
      version: instance.version + 1,
    });
  });
}

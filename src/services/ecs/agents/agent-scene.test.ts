/** The stage for tests of the agent protocol: the real store and manifest, and agents that behave as AWS's own does. */
import assert from 'node:assert/strict';
import {
  type Frame,
  type PayloadMessage,
  type PayloadTask,
  readyInterfacesParameter,
  type TaskManifestMessage,
} from '../../../agent/contract.ts';
import type { Call, OperationContext } from '../../../aws/operation.ts';
import { Store } from '../../../store/store.ts';
import { MemoryJournal } from '../../../world/sim/memory-journal.ts';
import { SimClock } from '../../../world/sim/sim-clock.ts';
import { simHash } from '../../../world/sim/sim-hash.ts';
import { SimLife } from '../../../world/sim/sim-life.ts';
import { SimLog } from '../../../world/sim/sim-log.ts';
import { SimRandom } from '../../../world/sim/sim-random.ts';
import { SocketPair } from '../../../world/sim/sim-socket.ts';
import type { HttpResponse, Socket } from '../../../world/net.ts';
import { cloudwatch } from '../../cloudwatch/service.ts';
import { ec2 } from '../../ec2/service.ts';
import { iam } from '../../iam/service.ts';
import { createSessionTokens } from '../../sts/public.ts';
import { tokenKeys } from '../../sts/tables.ts';
import { registerContainerInstance } from '../operations/register-container-instance.ts';
import { createEcsParts, type EcsParts } from '../parts.ts';
import { createTaskCredentials } from './task-credentials.ts';
import { ecsService } from '../service.ts';
import {
  type ClusterRecord,
  type ContainerInstanceRecord,
  clusters,
  containerInstances,
  type TaskDefinitionRecord,
  type TaskRecord,
  taskDefinitions,
  tasks,
} from '../tables.ts';

export const scope = { accountId: '000000000001', region: 'eu-west-1' } as const;
export const instanceRole = 'arn:aws:iam::000000000001:user/host-1';
export const root = 'arn:aws:iam::000000000001:root';

export const cluster: ClusterRecord = {
  ...scope,
  arn: 'arn:aws:ecs:eu-west-1:000000000001:cluster/default',
  name: 'default',
  status: 'ACTIVE',
  settings: [],
  capacityProviders: [],
  defaultCapacityProviderStrategy: [],
  tags: [],
  createdAt: 0,
};

export const definition: TaskDefinitionRecord = {
  ...scope,
  arn: 'arn:aws:ecs:eu-west-1:000000000001:task-definition/web:3',
  family: 'web',
  revision: 3,
  status: 'ACTIVE',
  definition: {
    family: 'web',
    revision: 3,
    networkMode: 'bridge',
    containerDefinitions: [{ name: 'app', image: 'busybox', cpu: 10, memory: 64, essential: true }],
    volumes: [],
  },
  tags: [],
  registeredAt: 0,
};

/** Task number `n` of the definition, on an instance, waiting for its agent. */
export function taskOf(n: number, containerInstanceArn: string, changes: Partial<TaskRecord> = {}): TaskRecord {
  const id = n.toString(16).padStart(32, '0');
  const arn = `arn:aws:ecs:eu-west-1:000000000001:task/default/${id}`;
  return {
    ...scope,
    arn,
    id,
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    taskDefinitionArn: definition.arn,
    family: 'web',
    revision: 3,
    launchType: 'EC2',
    containerInstanceArn,
    group: 'family:web',
    overrides: {},
    enableExecuteCommand: false,
    placementConstraints: [],
    tags: [],
    attributes: [],
    reservation: { cpuUnits: 10, memoryMiB: 64, tcpPorts: [], udpPorts: [], networkInterfaces: 0, gpus: 0 },
    desiredStatus: 'RUNNING',
    lastStatus: 'PENDING',
    containers: [
      {
        arn: `arn:aws:ecs:eu-west-1:000000000001:container/default/${id}/c`,
        name: 'app',
        image: 'busybox',
        essential: true,
        cpu: '10',
        lastStatus: 'PENDING',
        healthStatus: 'UNKNOWN',
        networkBindings: [],
      },
    ],
    healthStatus: 'UNKNOWN',
    createdAt: 0,
    version: 1,
    ...changes,
  };
}

export class AgentScene {
  store: Store;
  parts: EcsParts;
  readonly clock: SimClock;
  readonly log: SimLog;
  readonly #journal: Journal;
  readonly #random = new SimRandom(1);
  #server: SimLife;

  private constructor(journal: Journal, store: Store) {
    this.clock = journal.clock;
    this.#journal = journal;
    this.store = store;
    this.log = new SimLog(journal.clock);
    this.#server = new SimLife(journal.clock, 'server');
    this.parts = this.#newParts();
  }

  /** A store with one cluster and one task definition. */
  static async open(): Promise<AgentScene> {
    const journal = new Journal(new SimClock({ dueRunsByItself: true }));
    const scene = new AgentScene(journal, await journal.open());
    await scene.store.update((tx) => {
      tx.put(clusters, cluster);
      tx.put(taskDefinitions, definition);
      tx.put(tokenKeys, { name: 'current', secret: '0'.repeat(64) });
    });
    return scene;
  }

  /** Lets every commit fail, or no more. */
  breakJournal(broken: boolean): void {
    this.#journal.memory.failWhen(broken ? () => true : undefined);
  }

  /** Lets every commit from now on take this long. */
  slowJournal(commitMs: number): void {
    this.#journal.commitMs = commitMs;
  }

  /** The server is killed and another begins with what was durable. */
  async restart(): Promise<void> {
    this.#server.end('process');
    this.#server = new SimLife(this.clock, 'server');
    this.#journal.memory.crash();
    this.store = await this.#journal.open();
    this.parts = this.#newParts();
    this.parts.agents.start(this.store);
  }

  call(principalArn = instanceRole): Call {
    return {
      ...scope,
      requestId: 'request-1',
      service: 'ecs',
      operation: 'Test',
      principal: { arn: principalArn, accountId: scope.accountId, accessKeyId: 'AKIATEST', userId: 'test' },
      endpoint: 'http://longshore.test:4566',
      sourceAddress: '10.0.0.7',
      receivedAt: this.clock.now(),
    };
  }

  context(principalArn?: string): OperationContext<EcsParts> {
    return { call: this.call(principalArn), store: this.store, parts: this.parts };
  }

  /** Registers an instance with 2 vCPU and 4 GiB and gives its ARN. */
  async register(
    attributes: readonly { readonly name: string; readonly value?: string }[] = [],
    principalArn?: string,
  ): Promise<string> {
    const { containerInstance } = await registerContainerInstance(
      {
        cluster: 'default',
        attributes,
        totalResources: [
          { name: 'CPU', type: 'INTEGER', integerValue: 2048 },
          { name: 'MEMORY', type: 'INTEGER', integerValue: 4096 },
          { name: 'PORTS', type: 'STRINGSET', stringSetValue: ['22'] },
          { name: 'PORTS_UDP', type: 'STRINGSET', stringSetValue: [] },
        ],
      },
      this.context(principalArn),
    );
    assert(containerInstance?.containerInstanceArn);
    return containerInstance.containerInstanceArn;
  }

  instance(arn: string): ContainerInstanceRecord {
    const instance = this.store.view((reader) => reader.get(containerInstances, arn));
    assert(instance);
    return instance;
  }

  task(arn: string): TaskRecord {
    const task = this.store.view((reader) => reader.get(tasks, arn));
    assert(task);
    return task;
  }

  async put(...records: readonly TaskRecord[]): Promise<void> {
    await this.store.update((tx) => {
      for (const record of records) tx.put(tasks, record);
    });
  }

  async change(arn: string, write: (task: TaskRecord) => TaskRecord): Promise<void> {
    await this.store.update((tx) => {
      const task = tx.get(tasks, arn);
      assert(task);
      tx.put(tasks, write(task));
    });
  }

  /** Connects the agent and lets what follows at once happen. */
  async connect(agent: StockAgent, options: ConnectOptions = {}): Promise<void> {
    const socket = await this.openAcs(agent.instanceArn, options);
    assert(!('status' in socket), 'the session is accepted');
    agent.attach(socket);
    await this.clock.settle();
  }

  /** The agent's end of an ACS socket, or the refusal. */
  async openAcs(instanceArn: string, options: ConnectOptions = {}): Promise<Socket | HttpResponse> {
    const { agentHash = 'abc' } = options;
    const query = {
      agentHash,
      agentVersion: '1.105.1',
      clusterArn: 'default',
      containerInstanceArn: instanceArn,
      dockerVersion: 'DockerVersion: 25.0.1',
      protocolVersion: '2',
      sendCredentials: 'true',
      seqNum: '1',
      ...(options.readyInterfaces !== undefined && { [readyInterfacesParameter]: String(options.readyInterfaces) }),
    };
    return await this.#open('/_acs/ws', query, options);
  }

  async openTcs(instanceArn: string, options: ConnectOptions = {}): Promise<Socket | HttpResponse> {
    return await this.#open('/_tcs/ws', { cluster: 'default', containerInstance: instanceArn }, options);
  }

  async #open(
    path: string,
    query: Readonly<Record<string, string>>,
    { principalArn, address = '10.0.0.7', latencyMs, bufferedBytes }: ConnectOptions,
  ): Promise<Socket | HttpResponse> {
    const endpoint = ecsService(this.parts).sockets[path];
    assert(endpoint);
    const target = `${path}?${new URLSearchParams(query).toString()}`;
    const answer = await endpoint(
      {
        method: 'GET',
        target,
        headers: [],
        remoteAddress: address,
        body: { read: async () => new Uint8Array(), stream: async function* () {} },
      },
      new Map(Object.entries(query)),
      this.context(principalArn),
    );
    if (typeof answer !== 'function') return answer;
    const pair = new SocketPair({
      client: new SimLife(this.clock, 'agent'),
      server: this.#server,
      link: 'agent',
      latencyMs: latencyMs ?? (() => 0),
      isCut: () => false,
      arrivals: () => [0],
      resets: () => false,
      forget: () => undefined,
    });
    answer(withBuffer(pair.serverEnd, bufferedBytes));
    return pair.clientEnd;
  }

  #newParts(): EcsParts {
    const clock = this.#server;
    const tokens = createSessionTokens(simHash, this.#random);
    const credentials = createTaskCredentials({ clock, hash: simHash, tokens });
    return createEcsParts({ clock, random: this.#random, hash: simHash, log: this.log, credentials });
  }
}

export interface ConnectOptions {
  readonly principalArn?: string;
  readonly address?: string;
  readonly latencyMs?: () => number;
  readonly agentHash?: string;
  /** How many our own agent asks for. */
  readonly readyInterfaces?: number;
  /** What the server is told of its end. */
  readonly bufferedBytes?: () => number;
}

function withBuffer(socket: Socket, bufferedBytes: (() => number) | undefined): Socket {
  if (!bufferedBytes) return socket;
  return {
    ...socket,
    get bufferedBytes() {
      return bufferedBytes();
    },
  };
}

/**
 * The half of amazon-ecs-agent that matters to a server: it acknowledges what it has taken in, drops a manifest that is
 * not newer than all it has seen, and asks before it stops what a manifest does not name.
 */
export class StockAgent {
  readonly instanceArn: string;
  readonly manifests: TaskManifestMessage[] = [];
  readonly payloads: PayloadMessage[] = [];
  /** Every sequence number in the order received, over all sessions. */
  readonly numbers: number[] = [];
  readonly droppedManifests: TaskManifestMessage[] = [];
  /** What it would run, by task ARN; lost when its disk is. */
  readonly known = new Map<string, PayloadTask>();
  readonly types: string[] = [];
  answersHeartbeats = true;
  acknowledges = true;
  closed: { readonly code: number; readonly reason: string } | undefined;
  #highest = 0;
  #socket: Socket | undefined;

  constructor(instanceArn: string) {
    this.instanceArn = instanceArn;
  }

  attach(socket: Socket): void {
    this.#socket = socket;
    this.closed = undefined;
    socket.onClose((code, reason) => {
      if (this.#socket === socket) this.closed = { code, reason };
    });
    socket.onMessage((data) => {
      assert(typeof data === 'string', 'frames are text');
      if (this.#socket !== socket) return; // an agent closes a socket before it opens the next, and reads no more of it
      this.#receive(JSON.parse(data) as Frame<string, never>);
    });
  }

  leave(): void {
    this.#socket?.close(1000, 'ConnectionExpired: Reconnect to continue');
  }

  running(): readonly string[] {
    return [...this.known.values()].filter((task) => task.desiredStatus === 'RUNNING').map((task) => task.arn);
  }

  /** For agents that look at more. */
  receiveOther(_type: string, _message: never): void {}

  send(type: string, message: object): void {
    this.#socket?.send(JSON.stringify({ type, message }));
  }

  #receive(frame: Frame<string, never>): void {
    this.types.push(frame.type);
    if (frame.type === 'HeartbeatMessage') this.#heartbeat(frame.message);
    if (frame.type === 'TaskManifestMessage') this.#manifest(frame.message);
    if (frame.type === 'PayloadMessage') this.#payload(frame.message);
    if (frame.type === 'TaskStopVerificationAck') this.#stop(frame.message);
    this.receiveOther(frame.type, frame.message);
  }

  #heartbeat({ messageId }: { readonly messageId: string }): void {
    if (this.answersHeartbeats) this.send('HeartbeatAckRequest', { messageId });
  }

  #manifest(message: TaskManifestMessage): void {
    this.numbers.push(message.timeline);
    if (message.timeline <= this.#highest) {
      this.droppedManifests.push(message);
      return;
    }
    this.#highest = message.timeline;
    this.manifests.push(message);
    this.#acknowledge(message.messageId);
    const listed = new Set(message.tasks.filter((it) => it.desiredStatus === 'RUNNING').map((it) => it.taskArn));
    const stopCandidates = this.running()
      .filter((arn) => !listed.has(arn))
      .map((taskArn) => ({ taskArn, taskClusterArn: cluster.arn, desiredStatus: 'STOPPED' }));
    if (stopCandidates.length > 0) {
      this.send('TaskStopVerificationMessage', { messageId: message.messageId, stopCandidates });
    }
  }

  #payload(message: PayloadMessage): void {
    assert(message.messageId && message.clusterArn && message.containerInstanceArn, 'the agent needs all three');
    this.numbers.push(message.seqNum);
    this.#highest = Math.max(this.#highest, message.seqNum);
    this.payloads.push(message);
    for (const task of message.tasks) this.known.set(task.arn, task);
    this.#acknowledge(message.messageId);
  }

  #stop({ stopTasks }: { readonly stopTasks: readonly { readonly taskArn: string }[] }): void {
    for (const { taskArn } of stopTasks) {
      const task = this.known.get(taskArn);
      if (task) this.known.set(taskArn, { ...task, desiredStatus: 'STOPPED' });
    }
  }

  #acknowledge(messageId: string): void {
    if (!this.acknowledges) return;
    this.send('AckRequest', { cluster: cluster.arn, containerInstance: this.instanceArn, messageId });
  }
}

/** What outlives a server: its journal, whose speed a test may set. */
class Journal {
  readonly clock: SimClock;
  readonly memory: MemoryJournal;
  commitMs = 0;

  constructor(clock: SimClock) {
    this.clock = clock;
    this.memory = new MemoryJournal(clock, { commitMs: () => this.commitMs });
  }

  async open(): Promise<Store> {
    const random = new SimRandom(2);
    const { tables, projections } = ecsService(
      createEcsParts({ clock: this.clock, random, hash: simHash, log: new SimLog(this.clock) }),
    );
    return await Store.open({
      journal: this.memory.open(),
      clock: this.clock,
      random,
      tables: [...tables, ...cloudwatch.tables, ...ec2.tables, ...iam.tables, tokenKeys],
      projections: [...projections, ...ec2.projections],
    });
  }
}

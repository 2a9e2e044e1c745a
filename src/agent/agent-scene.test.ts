/** The stage for tests of the agent: a machine with an engine, the agent on it, and the control plane it talks to. */
import assert from 'node:assert/strict';
import { Store } from '../store/store.ts';
import { MemoryJournal } from '../world/sim/memory-journal.ts';
import { type SimHost, simWorld } from '../world/sim/sim-world.ts';
import { NetError, type Socket } from '../world/net.ts';
import { type Agent, type AgentConfig, agentTables, startAgent } from './agent.ts';
import type { Backend, PayloadContainer, PayloadTask } from './contract.ts';

export const instanceArn = 'arn:aws:ecs:us-east-1:123456789012:container-instance/default/0123';

/** The other end of the protocol, as far as a test needs it: it keeps what it is told and sends what the test says. */
export class Peer implements Backend {
  readonly region = 'us-east-1';
  readonly calls: { readonly operation: string; readonly input: Readonly<Record<string, unknown>> }[] = [];
  readonly frames: { readonly type: string; readonly message: Readonly<Record<string, unknown>> }[] = [];
  readonly published: string[] = [];
  isReachable = true;
  refusal: ((operation: string) => Error | undefined) | undefined;
  #acs: ((type: string, message: object) => void) | undefined;
  #close: (() => void)[] = [];
  #seqNum = 0;

  async call(_service: 'ecs' | 'logs', operation: string, input: object): Promise<Readonly<Record<string, unknown>>> {
    if (!this.isReachable) throw new NetError('connect ECONNREFUSED');
    const refused = this.refusal?.(operation);
    if (refused) throw refused;
    this.calls.push({ operation, input: Object.fromEntries(Object.entries(input)) });
    if (operation === 'RegisterContainerInstance') return { containerInstance: { containerInstanceArn: instanceArn } };
    if (operation === 'DiscoverPollEndpoint')
      return { endpoint: 'http://server/', telemetryEndpoint: 'http://server/t' };
    return { acknowledgment: 'ok' };
  }

  async openSocket(url: string): Promise<Socket> {
    if (!this.isReachable) throw new NetError('connect ECONNREFUSED');
    let listen: (message: string) => void = () => undefined;
    let closed: (code: number, reason: string) => void = () => undefined;
    const isAcs = url.includes('protocolVersion=2');
    if (isAcs) this.#acs = (type, message) => listen(JSON.stringify({ type, message }));
    this.#close.push(() => closed(1006, 'connection lost'));
    return {
      bufferedBytes: 0,
      send: (message) => {
        const text = String(message);
        if (isAcs) this.frames.push(JSON.parse(text));
        else this.published.push(text);
      },
      onMessage: (listener) => {
        listen = listener;
      },
      onClose: (listener) => {
        closed = listener;
      },
      close: (code = 1000, reason = '') => closed(code, reason),
    };
  }

  signFrame(): string {
    return 'Authorization: AWS4-HMAC-SHA256 …\r\n\r\n';
  }

  disconnect(): void {
    for (const close of this.#close.splice(0)) close();
  }

  send(type: string, message: object): void {
    assert.ok(this.#acs, 'the agent is connected');
    this.#acs(type, message);
  }

  payload(...tasks: readonly PayloadTask[]): string {
    this.#seqNum += 1;
    const messageId = `payload-${this.#seqNum}`;
    this.send('PayloadMessage', {
      messageId,
      clusterArn: 'arn:cluster',
      containerInstanceArn: instanceArn,
      tasks,
      generatedAt: 0,
      seqNum: this.#seqNum,
    });
    return messageId;
  }

  manifest(running: readonly string[]): string {
    this.#seqNum += 1;
    const messageId = `manifest-${this.#seqNum}`;
    this.send('TaskManifestMessage', {
      messageId,
      clusterArn: 'arn:cluster',
      containerInstanceArn: instanceArn,
      tasks: running.map((taskArn) => ({ taskArn, taskClusterArn: 'arn:cluster', desiredStatus: 'RUNNING' })),
      generatedAt: 0,
      timeline: this.#seqNum,
    });
    return messageId;
  }

  /** What was told of one task, in order. */
  told(arn: string): readonly Readonly<Record<string, unknown>>[] {
    return this.calls
      .filter((call) => call.operation === 'SubmitTaskStateChange' && call.input['task'] === arn)
      .map((call) => call.input);
  }

  statuses(arn: string): readonly unknown[] {
    return this.told(arn).map((input) => input['status'] ?? 'ATTACHED');
  }

  has(arn: string, status: string): boolean {
    return this.statuses(arn).includes(status);
  }

  acknowledged(messageId: string): boolean {
    return this.frames.some((frame) => frame.type === 'AckRequest' && frame.message['messageId'] === messageId);
  }
}

/** One machine with an agent on it, and the peer it talks to. */
export async function machine(
  seed: string,
  over: Partial<AgentConfig> = {},
): Promise<{
  readonly sim: ReturnType<typeof simWorld>;
  readonly host: SimHost;
  readonly peer: Peer;
  readonly start: () => Promise<Agent>;
  /** Kill -9: nothing the agent had in memory is left. */
  readonly kill: () => void;
  readonly until: (predicate: () => boolean, limitMs?: number) => Promise<void>;
}> {
  const sim = simWorld(seed, { latencies: true });
  const host = sim.addHost('agent-1', { images: ['busybox:latest'] });
  const journal = new MemoryJournal(sim.clock);
  const peer = new Peer();
  async function boot(): Promise<Agent> {
    const world = host.boot();
    const parts = { journal: journal.open(), clock: world.clock, random: world.random };
    const store = await Store.open({ ...parts, tables: agentTables, projections: [] });
    return startAgent({
      world,
      store,
      backend: peer,
      config: {
        cluster: 'default',
        fargatePool: false,
        attributes: [{ name: 'rack', value: 'r1' }],
        reservedMemoryMiB: 128,
        tags: [],
        version: '0.1.0',
        pullBehavior: 'prefer-cached',
        cleanupWaitMs: 60_000,
        warmSandboxes: 0,
        ...over,
      },
    });
  }
  return {
    sim,
    host,
    peer,
    start: async () => {
      const agent = await sim.clock.runUntilSettled(boot(), 60_000);
      await sim.clock.runUntilSettled(agent.connected, 60_000);
      return agent;
    },
    kill: () => {
      host.crash('process');
      journal.crash();
    },
    until: (predicate, limitMs = 60_000) => sim.clock.runUntil(predicate, limitMs),
  };
}

let tasksMade = 0;

/** A container whose shell runs `script`. */
export function container(name: string, script: string, over: Partial<PayloadContainer> = {}): PayloadContainer {
  return {
    name,
    image: 'busybox:latest',
    containerArn: `arn:aws:ecs:us-east-1:123456789012:container/${name}`,
    cpu: 0,
    memory: 0,
    essential: true,
    command: ['sh', '-c', script],
    environment: {},
    links: [],
    portMappings: [],
    mountPoints: [],
    volumesFrom: [],
    dockerConfig: { version: '1.18', config: '{}', hostConfig: '{}' },
    dependsOn: [],
    stopTimeout: 2,
    ...over,
  };
}

/** A task of a new ARN. */
export function task(containers: readonly PayloadContainer[], over: Partial<PayloadTask> = {}): PayloadTask {
  tasksMade += 1;
  return {
    arn: `arn:aws:ecs:us-east-1:123456789012:task/default/${String(tasksMade).padStart(32, '0')}`,
    taskClusterArn: 'arn:cluster',
    family: 'web',
    version: '1',
    desiredStatus: 'RUNNING',
    containers,
    volumes: [],
    ...over,
  };
}

/** An awsvpc task of one container that has this address. */
export function awsvpc(address: string, over: Partial<PayloadTask> = {}): PayloadTask {
  return task([container('app', 'sleep 3600')], {
    networkMode: 'awsvpc',
    elasticNetworkInterfaces: [
      {
        attachmentArn: 'arn:attachment',
        ec2Id: 'eni-1',
        macAddress: '02:42:ac:1f:00:05',
        ipv4Addresses: [{ privateAddress: address, primary: true }],
        subnetGatewayIpv4Address: '172.31.0.1/20',
        privateDnsName: '',
        domainNameServers: [],
        index: 0,
        interfaceAssociationProtocol: 'default',
      },
    ],
    longshore: { logs: [], subnet },
    ...over,
  });
}

const subnet = {
  subnetId: 'subnet-1',
  cidrBlock: '172.31.0.0/20',
  gateway: '172.31.0.1',
  vpcCidrBlock: '172.31.0.0/16',
};

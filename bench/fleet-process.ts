// A control plane with its real journal and thousands of agents that only acknowledge and report, in this process:
// takes 100,000 tasks to RUNNING and prints one line of JSON that says what they cost.
import type { RegisterContainerInstanceResponse, RunTaskResponse } from '@aws-sdk/client-ecs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openJournal } from '../src/app/journal.ts';
import type { PayloadMessage } from '../src/agent/contract.ts';
import type { Call } from '../src/aws/operation.ts';
import type { Service } from '../src/aws/service.ts';
import { Runner } from '../src/control/runner.ts';
import { cloudwatch } from '../src/services/cloudwatch/service.ts';
import { ec2 } from '../src/services/ec2/service.ts';
import { createEcsParts, type EcsParts } from '../src/services/ecs/parts.ts';
import { ecsService } from '../src/services/ecs/service.ts';
import { containerInstances } from '../src/services/ecs/tables.ts';
import { Store } from '../src/store/store.ts';
import { realWorld } from '../src/world/real/real-world.ts';
import type { Socket } from '../src/world/net.ts';

const { values } = parseArgs({
  options: {
    directory: { type: 'string', default: '' },
    hosts: { type: 'string', default: '5000' },
    tasks: { type: 'string', default: '100000' },
  },
});
const world = realWorld();
const scope = { accountId: '000000000000', region: 'us-east-1' };
const rootArn = 'arn:aws:iam::000000000000:root';

let onRunning: (taskArn: string) => void = () => undefined;

const parts = createEcsParts({
  clock: world.clock,
  random: world.random,
  hash: world.hash,
  log: { ...world.log, info: () => undefined },
});
const ecs: Service<EcsParts> = ecsService(parts);
const services = [ecs, ec2, cloudwatch];
const journal = await openJournal(world.log, join(values.directory, 'state'), false);
const store = await Store.open({
  journal,
  clock: world.clock,
  random: world.random,
  tables: services.flatMap((service) => service.tables),
  projections: services.flatMap((service) => service.projections),
  derivations: services.flatMap((service) => service.derivations ?? []),
});

await fill();
process.exit(0);

async function fill(): Promise<void> {
  const hosts = Number(values.hosts);
  const wanted = Number(values.tasks);
  new Runner({
    store,
    clock: world.clock,
    log: world.log,
    reconcilers: services.flatMap((service) => service.reconcilers),
  }).start();
  parts.agents.start(store);
  await ask('CreateCluster', { clusterName: 'fleet' });
  await ask('RegisterTaskDefinition', {
    family: 'fleet',
    networkMode: 'none',
    containerDefinitions: [
      { name: 'app', image: 'fleet:1', cpu: 10, memory: 64, environment: [{ name: 'A', value: 'b' }] },
    ],
  });
  await Promise.all(Array.from({ length: hosts }, (_, index) => connectHost(index)));
  const memoryBefore = usedBytes();
  const begun = performance.now();
  let running = 0;
  let lastArn = '';
  onRunning = (arn) => {
    running += 1;
    lastArn = arn;
  };
  const callers = Array.from({ length: 8 }, async (_, caller) => {
    for (let placed = caller * 10; placed < wanted; placed += 80) {
      const { tasks = [] } = await ask<RunTaskResponse>('RunTask', {
        cluster: 'fleet',
        taskDefinition: 'fleet',
        count: 10,
        placementStrategy: [
          { type: 'spread', field: 'attribute:ecs.availability-zone' },
          { type: 'binpack', field: 'memory' },
        ],
      });
      if (tasks.length !== 10) throw new Error(`RunTask placed ${tasks.length} of 10`);
    }
  });
  await Promise.all(callers);
  const acceptedMs = performance.now() - begun;
  while (running < wanted) await new Promise((resolve) => setTimeout(resolve, 5));
  await store.durable();
  const runningMs = performance.now() - begun;
  const bytesPerTask = (usedBytes() - memoryBefore) / wanted;
  process.stdout.write(`${JSON.stringify({ acceptedMs, runningMs, bytesPerTask, taskArn: lastArn })}\n`);
}

/** An agent whose engine costs nothing: what it is told to run, runs. */
async function connectHost(index: number): Promise<void> {
  const { containerInstance } = await ask<RegisterContainerInstanceResponse>('RegisterContainerInstance', {
    cluster: 'fleet',
    totalResources: [
      { name: 'CPU', type: 'INTEGER', integerValue: 4096 },
      { name: 'MEMORY', type: 'INTEGER', integerValue: 16_384 },
      { name: 'PORTS', type: 'STRINGSET', stringSetValue: ['22'] },
      { name: 'PORTS_UDP', type: 'STRINGSET', stringSetValue: [] },
    ],
    attributes: [
      { name: 'ecs.availability-zone', value: `us-east-1${'ab'[index % 2] ?? 'a'}` },
      { name: 'com.amazonaws.ecs.capability.docker-remote-api.1.18' },
    ],
  });
  const arn = containerInstance?.containerInstanceArn ?? '';
  const instance = store.view((reader) => reader.get(containerInstances, arn));
  if (!instance) throw new Error(`instance ${arn} is not registered`);
  let listener: (message: string | Uint8Array) => void = () => undefined;
  const socket: Socket = {
    bufferedBytes: 0,
    send: (text) => queueMicrotask(() => receive(String(text))),
    onMessage: (given) => (listener = given),
    onClose: () => undefined,
    close: () => undefined,
  };
  const receive = (text: string): void => {
    const { type, message }: { type: string; message: PayloadMessage } = JSON.parse(text);
    const ack = type === 'HeartbeatMessage' ? 'HeartbeatAckRequest' : 'AckRequest';
    listener(
      JSON.stringify({
        type: ack,
        message: { cluster: 'fleet', containerInstance: arn, messageId: message.messageId },
      }),
    );
    if (type !== 'PayloadMessage') return;
    for (const task of message.tasks) {
      const containers = task.containers.map(({ name }) => ({
        containerName: name,
        status: 'RUNNING',
        runtimeId: task.arn.slice(-32) + task.arn.slice(-32),
      }));
      void ask('SubmitTaskStateChange', { cluster: 'fleet', task: task.arn, status: 'RUNNING', containers }).then(
        () => onRunning(task.arn),
        fail,
      );
    }
  };
  await parts.agents.openAcs(store, socket, {
    instance,
    remoteAddress: '127.0.0.1',
    endpoint: 'http://127.0.0.1',
    versionInfo: {},
    readyInterfaces: 0,
  });
}

/** An operation as the gateway calls it, after the wire. */
async function ask<Output>(operation: string, input: object): Promise<Output> {
  const handler: unknown = ecs.operations[operation];
  if (typeof handler !== 'function') throw new Error(`${operation} is built`);
  const call: Call = {
    ...scope,
    requestId: 'bench',
    service: 'ecs',
    operation,
    principal: { arn: rootArn, accountId: scope.accountId, accessKeyId: 'bench', userId: scope.accountId },
    endpoint: 'http://127.0.0.1:4566',
    sourceAddress: '127.0.0.1',
    receivedAt: world.clock.now(),
  };
  return await handler(input, { call, store, parts });
}

function usedBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

function fail(error: unknown): never {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
}

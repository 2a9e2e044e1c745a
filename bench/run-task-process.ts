// A control plane with its real journal in this process, asked at its gateway: bytes of signed requests in, bytes of
// answers out, no sockets between. Prints how many RunTask calls a second it answered, each durable.
import { join } from 'node:path';
import { rootAccessKeys } from '../src/app/access-keys.ts';
import { composeControlPlane } from '../src/app/compose.ts';
import { openJournal } from '../src/app/journal.ts';
import { createSigner } from '../src/aws/signer.ts';
import { realWorld } from '../src/world/real/real-world.ts';
import type { Headers, HttpRequest, Socket } from '../src/world/net.ts';
import { testKeys } from '../test/running/server.ts';

const callers = 64;
const calls = 20_000;
const directory = process.argv[2] ?? '';
const real = realWorld();
const world = { ...real, log: { ...real.log, info: () => undefined } };
const host = '127.0.0.1:4566';
const sign = createSigner({ ...world, region: 'us-east-1', credentials: testKeys });

const journal = await openJournal(world.log, join(directory, 'state'), false);
const { handler } = await composeControlPlane({
  world,
  journal,
  logDirectory: join(directory, 'logs'),
  imageDirectory: join(directory, 'images'),
  objectDirectory: join(directory, 'objects'),
  fileSystemDirectory: join(directory, 'file-systems'),
  dataKey: world.random.bytes(32),
  accessKeys: rootAccessKeys(testKeys, '000000000000'),
  accounts: ['000000000000'],
  region: 'us-east-1',
  allowedHosts: ['127.0.0.1'],
});

await ask('CreateCluster', { clusterName: 'bench' });
await connectAgent();
await ask('RegisterTaskDefinition', {
  family: 'bench',
  networkMode: 'none',
  containerDefinitions: [{ name: 'app', image: 'bench:1', cpu: 1, memory: 6 }],
});
const runTask = prepared('RunTask', { cluster: 'bench', taskDefinition: 'bench' });
const send = async (count: number): Promise<void> => {
  for (let done = 0; done < count; done += 1) {
    const text = await answered(runTask());
    if (!text.includes('"taskArn"')) throw new Error(`no task was placed: ${text}`);
  }
};
await Promise.all(Array.from({ length: callers }, () => send(30))); // warm-up
const started = performance.now();
await Promise.all(Array.from({ length: callers }, () => send(Math.ceil(calls / callers))));
process.stdout.write(`${Math.round(calls / ((performance.now() - started) / 1000))}\n`);
process.exit(0);

async function connectAgent(): Promise<void> {
  const registered: { readonly containerInstance: { readonly containerInstanceArn: string } } = JSON.parse(
    await ask('RegisterContainerInstance', {
      cluster: 'bench',
      totalResources: [
        { name: 'CPU', type: 'INTEGER', integerValue: 2_000_000_000 },
        { name: 'MEMORY', type: 'INTEGER', integerValue: 2_000_000_000 },
      ],
      attributes: [
        { name: 'com.amazonaws.ecs.capability.docker-remote-api.1.18' },
        { name: 'ecs.capability.task-cpu-mem-limit' },
      ],
    }),
  );
  const { containerInstanceArn } = registered.containerInstance;
  const query = new URLSearchParams({
    agentHash: 'bench',
    agentVersion: '1.0.0',
    clusterArn: 'bench',
    containerInstanceArn,
    protocolVersion: '2',
    sendCredentials: 'false',
    seqNum: '1',
  });
  const target = `/_acs/ws?${query.toString()}`;
  const headers = sign({ method: 'GET', url: `http://${host}${target}`, headers: { host }, body: '', service: 'ecs' });
  const taken = await handler.upgrade(request('GET', target, headers, ''));
  if (typeof taken !== 'function') throw new Error(`the session was refused with ${taken.status}`);
  let listener: (message: string | Uint8Array) => void = () => undefined;
  const socket: Socket = {
    bufferedBytes: 0,
    send: (text) =>
      queueMicrotask(() => {
        const { type, message } = JSON.parse(String(text));
        const ack = type === 'HeartbeatMessage' ? 'HeartbeatAckRequest' : 'AckRequest';
        listener(
          JSON.stringify({
            type: ack,
            message: { cluster: 'bench', containerInstance: containerInstanceArn, messageId: message.messageId },
          }),
        );
      }),
    onMessage: (given) => {
      listener = given;
    },
    onClose: () => undefined,
    close: () => undefined,
  };
  taken(socket);
}

async function ask(operation: string, input: object): Promise<string> {
  return await answered(prepared(operation, input)());
}

/** A signed request that can be made again and again: the client's own signing is not what is measured. */
function prepared(operation: string, input: object): () => HttpRequest {
  const body = JSON.stringify(input);
  const headers = sign({
    method: 'POST',
    url: `http://${host}/`,
    headers: {
      host,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AmazonEC2ContainerServiceV20141113.${operation}`,
    },
    body,
    service: 'ecs',
  });
  return () => request('POST', '/', headers, body);
}

function request(method: string, target: string, headers: Headers, body: string): HttpRequest {
  const bytes = new TextEncoder().encode(body);
  return {
    method,
    target,
    headers: Object.entries(headers),
    remoteAddress: '127.0.0.1',
    body: {
      read: () => Promise.resolve(bytes),
      stream: async function* () {
        yield bytes;
      },
    },
  };
}

async function answered(asked: HttpRequest): Promise<string> {
  const { status, body } = await handler.request(asked);
  if (typeof body !== 'string') throw new Error('the gateway answers JSON as text');
  if (status !== 200) throw new Error(`HTTP ${status}: ${body}`);
  return body;
}

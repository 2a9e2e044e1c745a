import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simWorld } from '../world/sim/sim-world.ts';
import type { HttpHandler, HttpRequest } from '../world/net.ts';
import type { World } from '../world/world.ts';
import { type AwsClient, createAwsClient } from './client.ts';
import { AwsError } from './error.ts';
import { readHead } from './request-head.ts';
import { createVerifier } from './sigv4.ts';
import { hostSet, isAllowedHost } from './steps/check-host.ts';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const principal = { arn: 'arn:aws:iam::1:root', accountId: '1', accessKeyId: 'AKIDEXAMPLE', userId: '1' };
const port = 4566;

/** A server on one simulated machine that verifies what a client on another sends, and a client there. */
async function pair(handler: Partial<HttpHandler>): Promise<{
  readonly client: AwsClient;
  readonly server: World;
  readonly verify: (request: HttpRequest, body?: Uint8Array) => boolean;
}> {
  const sim = simWorld('client', { dueRunsByItself: true });
  const server = sim.addHost('server').boot();
  const world = sim.addHost('agent').boot();
  const accessKeys = { find: () => ({ secretAccessKey: 'secret', principal }) };
  const verifier = createVerifier({ hash: server.hash, region: 'us-east-1', accessKeys });
  const refuse = async (): Promise<never> => assert.fail('not asked for');
  await server.net.listen({ host: '0.0.0.0', port }, { request: refuse, upgrade: refuse, ...handler });
  const client = createAwsClient({ ...world, endpoint: `http://server:${port}/`, region: 'us-east-1', credentials });
  const verify = (request: HttpRequest, body: Uint8Array = new Uint8Array()): boolean =>
    !('problem' in verifier.verify(readHead(request), body, 'ecs', server.clock.now()));
  return { client, server, verify };
}

test('a call is signed, carries dates as seconds, and gives what was answered', async () => {
  const calls: unknown[] = [];
  const { client, verify } = await pair({
    request: async (request) => {
      const body = (await request.body.read(1000)) ?? new Uint8Array();
      const target = request.headers.find(([name]) => name.toLowerCase() === 'x-amz-target')?.[1];
      calls.push([target, JSON.parse(new TextDecoder().decode(body)), verify(request, body)]);
      return { status: 200, headers: {}, body: '{"acknowledgment":"yes"}' };
    },
  });
  const answer = await client.call('ecs', 'SubmitTaskStateChange', {
    task: 't',
    pullStartedAt: new Date(1500),
    containers: [{ at: new Date(2000) }],
  });
  assert.deepEqual(answer, { acknowledgment: 'yes' });
  const input = { task: 't', pullStartedAt: 1.5, containers: [{ at: 2 }] };
  assert.deepEqual(calls, [['AmazonEC2ContainerServiceV20141113.SubmitTaskStateChange', input, true]]);
});

test('an error is an AwsError with code, message, status and members; an empty answer is an empty object', async () => {
  const answers = [
    {
      status: 400,
      headers: {},
      body: '{"__type":"com.amazonaws.ecs#ConflictException","message":"No.","resourceIds":["a"]}',
    },
    { status: 500, headers: {}, body: '<html>' },
    { status: 200, headers: {}, body: '' },
    { status: 200, headers: {}, body: 'not JSON' },
  ];
  const { client } = await pair({ request: async () => answers.shift() ?? assert.fail('no more answers') });
  await assert.rejects(client.call('ecs', 'RunTask', {}), (error) => {
    assert.ok(error instanceof AwsError);
    assert.deepEqual(
      [error.code, error.message, error.status, error.members],
      ['ConflictException', 'No.', 400, { resourceIds: ['a'] }],
    );
    return true;
  });
  await assert.rejects(client.call('ecs', 'RunTask', {}), { code: 'HTTP 500', message: '<html>', status: 500 });
  assert.deepEqual(await client.call('logs', 'CreateLogGroup', {}), {});
  await assert.rejects(client.call('ecs', 'RunTask', {}), { code: 'HTTP 200' });
});

test('where no server is, a call is a NetError', async () => {
  const sim = simWorld('nobody', { dueRunsByItself: true });
  const world = sim.addHost('agent').boot();
  const client = createAwsClient({ ...world, endpoint: 'http://server:1', region: 'us-east-1', credentials });
  await assert.rejects(client.call('ecs', 'ListClusters', {}), { name: 'NetError' });
});

test('a websocket is opened with a signature over its whole query', async () => {
  const verdicts: boolean[] = [];
  const { client, verify } = await pair({
    upgrade: async (request) => {
      verdicts.push(verify(request), verify({ ...request, target: `${request.target}&more=1` }));
      return (socket) => socket.send('hello');
    },
  });
  const socket = await client.openSocket(`ws://server:${port}/ws?agentHash=a%20b&cluster=c%2Fd&seqNum=1`);
  const message = await new Promise((resolve) => socket.onMessage(resolve));
  assert.equal(message, 'hello');
  assert.deepEqual(verdicts, [true, false]);
});

test('a frame carries a header block of its own, signed over its body, ending in an empty line', async () => {
  const { client, verify } = await pair({});
  const body = '{"type":"PublishHealthRequest"}';
  const block = client.signFrame('ws://server:4566/ws?cluster=c', body);
  assert.match(
    block,
    /^Host: server:4566\r\nX-Amz-Date: \d{8}T\d{6}Z\r\nAuthorization: AWS4-HMAC-SHA256 [^\r\n]+\r\n\r\n$/,
  );
  const headers = block
    .trimEnd()
    .split('\r\n')
    .map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]);
  const request = {
    method: 'GET',
    target: '/ws?cluster=c',
    headers,
    remoteAddress: '',
    body: { read: async () => undefined, stream: async function* () {} },
  };
  assert.equal(verify(request, new TextEncoder().encode(body)), true);
  assert.equal(verify(request, new TextEncoder().encode(`${body} `)), false);
  assert.equal(isAllowedHost(readHead(request), hostSet(['server'])), true);
});

test('what S3 says when it refuses an object is read as XML has it', async () => {
  const body =
    '<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code><Message>not on &quot;a&amp;b&quot;</Message></Error>';
  const { client } = await pair({
    request: async () => ({ status: 403, headers: { 'content-type': 'application/xml' }, body }),
  });
  await assert.rejects(client.getObject('bucket', 'a&b'), {
    code: 'AccessDenied',
    message: 'not on "a&b"',
    status: 403,
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ecsTarget, formRequest, jsonRequest, notes, openBed, rawRequest, textOf } from './bed.ts';

const health = '/_longshore/health';

test('an unsigned path is answered under our own names only', async () => {
  const { handler } = await openBed();
  const statusOf = async (host: string): Promise<number> =>
    (await handler.request(rawRequest('GET', health, [['Host', host]]))).status;
  for (const host of [
    'localhost',
    'localhost:4566',
    'LocalHost:1',
    'ecs.localhost:4566',
    '127.0.0.1',
    '127.0.0.1:80',
    'Longshore.Example',
  ]) {
    assert.equal(await statusOf(host), 200, host);
  }
  for (const host of [
    'evil.example',
    'evil.example:4566',
    'localhost.evil.example',
    'evillocalhost',
    'longshore.example.evil',
    '127.0.0.1.evil.example',
    '127.0.0.2',
    '[::1]',
    'localhost:4566:1',
    'localhost, evil.example',
    'evil.example@localhost',
    '',
  ]) {
    assert.equal(await statusOf(host), 403, host);
  }
  assert.equal((await handler.request(rawRequest('GET', health, []))).status, 403, 'no Host at all');
  const twice = rawRequest('GET', health, [
    ['Host', 'localhost'],
    ['Host', 'localhost'],
  ]);
  assert.equal((await handler.request(twice)).status, 403, 'two Hosts');
});

test('what is not signed is refused under a foreign name on every path, before its body is read', async () => {
  const { handler } = await openBed();
  for (const [method, path] of [
    ['GET', '/'],
    ['POST', '/'],
    ['GET', '/ws'],
    ['OPTIONS', '/'],
    ['GET', `${health}?a`],
  ] as const) {
    const request = rawRequest(method, path, [
      ['Host', 'evil.example'],
      ['X-Amz-Target', `${ecsTarget}.ListClusters`],
    ]);
    const unread = { ...request, body: { ...request.body, read: () => assert.fail('the body is not read') } };
    assert.equal((await handler.request(unread)).status, 403);
    assert.equal((await upgradeOf(handler.upgrade(request))).status, 403);
  }
});

test('a signature that verifies may come under any name, one that does not may not', async () => {
  const bed = await openBed();
  const good = jsonRequest(bed, `${ecsTarget}.ListClusters`, '{}', { host: 'longshore.internal:4566' });
  assert.equal((await bed.handler.request(good)).status, 200);
  const bad = {
    ...good,
    headers: good.headers.map(
      ([name, value]) => [name, name === 'authorization' ? value.replace(/.$/, 'z') : value] as const,
    ),
  };
  const refused = await bed.handler.request(bad);
  assert.equal(refused.status, 403);
  assert.match(await textOf(refused), /Host header names no host/);
});

test('a presigned request is not excused from the names', async () => {
  const bed = await openBed();
  const request = rawRequest('GET', '/?Action=GetCallerIdentity&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0', [
    ['Host', 'evil.example'],
  ]);
  assert.equal((await bed.handler.request(request)).status, 403);
});

test('a page of another origin is refused, one of ours is not', async () => {
  const bed = await openBed();
  for (const origin of [
    'https://evil.example',
    'null',
    'http://localhost:8080',
    'file://',
    'http://localhost:4566.evil.example',
  ]) {
    const request = jsonRequest(bed, `${ecsTarget}.CreateCluster`, '{"clusterName":"a"}', { origin });
    assert.equal((await bed.handler.request(request)).status, 403, origin);
    assert.equal((await upgradeOf(bed.handler.upgrade(request))).status, 403, origin);
    const route = rawRequest('GET', health, [
      ['Host', 'localhost:4566'],
      ['Origin', origin],
    ]);
    assert.equal((await bed.handler.request(route)).status, 403, origin);
  }
  const own = jsonRequest(bed, `${ecsTarget}.CreateCluster`, '{"clusterName":"b"}', {
    origin: 'http://localhost:4566',
  });
  assert.equal((await bed.handler.request(own)).status, 200);
  assert.deepEqual(
    bed.store.view((reader) => [...reader.list(notes)]),
    [{ name: 'b' }],
  );
});

test('no answer carries a CORS header, to a preflight least of all', async () => {
  const bed = await openBed();
  for (const headers of [
    [
      ['Host', 'localhost:4566'],
      ['Origin', 'https://evil.example'],
      ['Access-Control-Request-Method', 'POST'],
      ['Access-Control-Request-Private-Network', 'true'],
    ],
    [
      ['Host', 'localhost:4566'],
      ['Origin', 'http://localhost:4566'],
      ['Access-Control-Request-Method', 'POST'],
    ],
  ] as const) {
    for (const path of ['/', health, '/ws']) {
      if (path === health && headers.length === 3) continue; // a route of its own, of our own page
      const answer = await bed.handler.request(rawRequest('OPTIONS', path, headers));
      assert.ok(answer.status >= 400, path);
      assert.equal(
        Object.keys(answer.headers).some((name) => name.toLowerCase().startsWith('access-control')),
        false,
      );
    }
  }
});

test('a JSON API takes no content type that a page can send unasked', async () => {
  const bed = await openBed();
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'TEXT/PLAIN;charset=utf-8',
    'text/html',
  ]) {
    const request = jsonRequest(bed, `${ecsTarget}.CreateCluster`, '{}', { 'content-type': type });
    assert.equal((await bed.handler.request(request)).status, 415, type);
  }
  assert.deepEqual(
    bed.store.view((reader) => [...reader.list(notes)]),
    [],
  );
});

test('a body in another encoding than its own is refused: the signature is over the bytes as sent', async () => {
  const bed = await openBed();
  for (const encoding of ['gzip', 'aws-chunked', 'br']) {
    const request = jsonRequest(bed, `${ecsTarget}.CreateCluster`, '{}', { 'content-encoding': encoding });
    assert.equal((await bed.handler.request(request)).status, 415, encoding);
  }
});

test('a form is answered only for services that take forms', async () => {
  const bed = await openBed();
  const answer = await bed.handler.request(formRequest(bed, 'ecs', { Action: 'ListClusters', Version: '2014-11-13' }));
  assert.equal(answer.status, 403);
  assert.match(await textOf(answer), /<Code>SignatureDoesNotMatch<\/Code>/);
});

async function upgradeOf(answering: Promise<unknown>): Promise<{ readonly status: number }> {
  const answer = await answering;
  assert.ok(typeof answer === 'object' && answer !== null && 'status' in answer && typeof answer.status === 'number');
  return { status: answer.status };
}

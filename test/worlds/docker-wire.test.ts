import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { describe, test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { jsonLines, logLines } from '../../src/world/real/docker-streams.ts';
import { realDocker } from '../../src/world/real/real-docker.ts';
import { type Docker, DockerError, type LogLine } from '../../src/world/docker.ts';
import { text } from './fixture.ts';

// What a healthy engine of one version cannot be made to do: other versions, bad endings, odd chunks.

const time = '2026-01-02T03:04:05.123456789Z';

describe('log streams', () => {
  const line = fc.record({
    stream: fc.constantFrom('stdout', 'stderr'),
    content: fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 30 }).map((value) => value.replaceAll(/[\r\n]/g, '')),
      fc.nat(50_000).map((length) => 'x'.repeat(length)),
    ),
  });
  const lines = fc.array(line, { maxLength: 12 });
  const cuts = fc.array(fc.nat(200), { minLength: 1, maxLength: 20 });

  test('framed entries give their lines whatever the chunks, partial entries joined', async () => {
    await fc.assert(
      fc.asyncProperty(lines, cuts, async (expected, sizes) => {
        const frames = expected.flatMap(({ stream, content }) =>
          entriesOf(content, '\n').map((entry) => {
            const head = Buffer.alloc(8);
            head[0] = stream === 'stdout' ? 1 : 2;
            head.writeUInt32BE(entry.length, 4);
            return Buffer.concat([head, entry]);
          }),
        );
        const found = await all(logLines(chunked(Buffer.concat(frames), sizes), false));
        assert.deepEqual(
          found.map(({ stream, timestamp, text: bytes }) => ({ stream, timestamp, content: text(bytes) })),
          expected.map((item) => ({ ...item, timestamp: time })),
        );
      }),
      { numRuns: 60 },
    );
  });

  test('lines of a terminal come without frames, each break with a carriage return', async () => {
    await fc.assert(
      fc.asyncProperty(lines, cuts, async (expected, sizes) => {
        const bytes = Buffer.concat(expected.flatMap(({ content }) => entriesOf(content, '\r\n')));
        const found = await all(logLines(chunked(bytes, sizes), true));
        assert.deepEqual(
          found.map((item) => text(item.text)),
          expected.map(({ content }) => content),
        );
      }),
      { numRuns: 60 },
    );
  });

  test('a line without end is given in pieces of a megabyte, and the last line without its break', async () => {
    const frames = Array.from({ length: 100 }, () => {
      const entry = Buffer.from(`${time} ${'x'.repeat(16 * 1024)}`);
      const head = Buffer.alloc(8);
      head[0] = 1;
      head.writeUInt32BE(entry.length, 4);
      return Buffer.concat([head, entry]);
    });
    const found: LogLine[] = await all(logLines(chunked(Buffer.concat(frames), [60_000]), false));
    assert.deepEqual(
      found.map((item) => item.text.length),
      [64 * 16 * 1024, 36 * 16 * 1024],
    );
  });

  test('JSON values come one per line whatever the chunks', async () => {
    const value = fc.oneof(fc.string({ unit: 'grapheme' }), fc.nat(), fc.dictionary(fc.string(), fc.nat()));
    await fc.assert(
      fc.asyncProperty(fc.array(value), cuts, async (values, sizes) => {
        const bytes = Buffer.from(values.map((item) => `${JSON.stringify(item)}\r\n`).join(''));
        assert.equal(JSON.stringify(await all(jsonLines(chunked(bytes, sizes)))), JSON.stringify(values));
      }),
      { numRuns: 60 },
    );
  });
});

describe('the engine at the other end', () => {
  test('is spoken to in a version both know, agreed upon once', async (t) => {
    for (const [api, oldest, spoken] of [
      ['1.41', '1.12', '1.41'],
      ['1.43', '1.12', '1.43'],
      ['1.52', '1.24', '1.43'],
      ['1.52', '1.44', '1.44'],
    ]) {
      const asked: string[] = [];
      const docker = await engine(t, ({ url = '' }, response) => {
        asked.push(url);
        response.end(JSON.stringify({ ApiVersion: api, MinAPIVersion: oldest }));
      });
      await docker.info();
      await docker.info();
      assert.deepEqual(asked, ['/version', `/v${spoken}/info`, `/v${spoken}/info`]);
    }
  });

  test('a refusal carries its status and its own message', async (t) => {
    const docker = await engine(t, answering(500, '{"message":"driver failed programming external connectivity"}'));
    await assert.rejects(docker.startContainer('x'), {
      name: 'DockerError',
      status: 500,
      message: 'driver failed programming external connectivity',
    });
  });

  test('a name that would lead to another path is the name of nothing, and the engine is not asked', async (t) => {
    const asked: string[] = [];
    const docker = await engine(t, ({ url = '' }, response) => {
      asked.push(url);
      response.end('{"ApiVersion":"1.43"}');
    });
    for (const name of ['https://example.com/image', '../containers/x', 'a/./b', '', '/a']) {
      await assert.rejects(docker.inspectImage(name), { name: 'DockerError', message: 'invalid reference format' });
    }
    assert.deepEqual(asked, []);
  });

  test('a pull that fails in the midst of its progress rejects; one that ends gives its digest', async (t) => {
    const digest = `sha256:${'ab'.repeat(32)}`;
    const good = await engine(t, answering(200, `{"status":"Pulling"}\r\n{"status":"Digest: ${digest}"}\r\n`));
    assert.deepEqual(await good.pullImage('nginx'), { digest });
    const bad = await engine(
      t,
      answering(200, '{"status":"Pulling"}\r\n{"errorDetail":{"message":"denied"},"error":"denied"}\r\n'),
    );
    await assert.rejects(bad.pullImage('nginx'), { name: 'DockerError', message: 'denied' });
  });

  test('a pull asks for one tag or digest, with the credentials in its header', async (t) => {
    const asked: [string | null, string | undefined][] = [];
    const docker = await engine(t, (request, response) => {
      const url = new URL(request.url ?? '', 'http://engine');
      if (url.pathname.endsWith('/images/create'))
        asked.push([url.searchParams.get('fromImage'), request.headers['x-registry-auth']?.toString()]);
      response.end('{"ApiVersion":"1.43"}');
    });
    const digest = `sha256:${'0'.repeat(64)}`;
    for (const reference of ['nginx', 'host:5000/a/b', 'host:5000/a/b:1', `a@${digest}`, `a:1@${digest}`]) {
      await docker.pullImage(reference);
    }
    const authorization = { username: 'AWS', password: 'ä', serveraddress: 'host' };
    await docker.pullImage('a:1', authorization);
    assert.deepEqual(
      asked.map(([fromImage]) => fromImage),
      ['nginx:latest', 'host:5000/a/b:latest', 'host:5000/a/b:1', `a@${digest}`, `a@${digest}`, 'a:1'],
    );
    const sent = Buffer.from(asked.at(-1)?.[1] ?? '', 'base64url').toString();
    assert.deepEqual(JSON.parse(sent), authorization);
  });

  test('an event stream that ends by itself throws: the watcher must look anew', async (t) => {
    const docker = await engine(t, answering(200, '{"ApiVersion":"1.43","Action":"start"}\n'));
    const seen: string[] = [];
    await assert.rejects(async () => {
      for await (const { Action } of docker.events([], new AbortController().signal)) seen.push(Action);
    }, DockerError);
    assert.deepEqual(seen, ['start']);
  });

  test('a followed log that is broken off throws; it has not ended', async (t) => {
    const docker = await engine(t, (request, response) => {
      if (!request.url?.includes('/logs')) {
        response.end('{"ApiVersion":"1.43","Config":{"Tty":true}}');
        return;
      }
      response.write(`${time} one\r\n`, () => response.destroy());
    });
    const seen: (string | undefined)[] = [];
    await assert.rejects(async () => {
      for await (const item of docker.logs('x', { follow: true }, new AbortController().signal))
        seen.push(text(item.text));
    }, DockerError);
    assert.deepEqual(seen, ['one']);
  });

  test('nobody there is an error without a status, and the next call tries anew', async (t) => {
    const docker = realDocker('unix:///nowhere/docker.sock');
    await assert.rejects(docker.version(), (error) => {
      assert.ok(error instanceof DockerError);
      assert.equal(error.status, undefined);
      assert.match(error.message, /\/nowhere\/docker\.sock/);
      return true;
    });
    let up = false;
    const late = await engine(t, (request, response) => {
      if (!up) request.socket.destroy();
      else response.end('{"ApiVersion":"1.43"}');
    });
    await assert.rejects(late.info(), DockerError);
    up = true;
    await late.info();
  });

  test('reading again over a connection that the engine had dropped succeeds', async (t) => {
    const sockets: Socket[] = [];
    let drops = 0;
    const docker = await engine(t, (request, response) => {
      const isOld = sockets.includes(request.socket);
      if (isOld && drops === 0) {
        drops += 1;
        request.socket.resetAndDestroy();
        return;
      }
      if (request.url !== '/version') sockets.push(request.socket);
      response.end('{"ApiVersion":"1.43"}');
    });
    await docker.info();
    await docker.info();
    assert.equal(drops, 1);
  });

  test('DOCKER_HOST in a form that is not spoken is refused with the forms that are', () => {
    assert.throws(() => realDocker('ssh://host'), /unix:\/\/\/path or tcp:\/\/host:port/);
  });
});

function answering(status: number, body: string): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    if (request.url === '/version') response.end('{"ApiVersion":"1.43"}');
    else response.writeHead(status).end(body);
  };
}

/** A server that answers as told, as an engine reached over TCP. */
async function engine(
  t: TestContext,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Docker> {
  const server: Server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return realDocker(`tcp://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

/** A line as the engine keeps it: entries of 16 KiB, each with the time, the last with the break. */
function entriesOf(content: string, end: string): Buffer[] {
  const bytes = Buffer.concat([Buffer.from(content), Buffer.from(end)]);
  const entries: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 16 * 1024) {
    entries.push(Buffer.concat([Buffer.from(`${time} `), bytes.subarray(at, at + 16 * 1024)]));
  }
  return entries;
}

async function* chunked(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, round = 0; at < bytes.length; round += 1) {
    const size = (sizes[round % sizes.length] ?? 0) * (bytes.length > 5000 ? 100 : 1) + 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

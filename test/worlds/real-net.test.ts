import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text as readAll } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { bodyOf, SlowBodies } from '../../src/world/real/http-body.ts';
import { realNet } from '../../src/world/real/real-net.ts';
import { type HttpHandler, type HttpRequest, NetError } from '../../src/world/net.ts';
import type { Log } from '../../src/world/world.ts';
import { signalOf, text, utf8 } from './fixture.ts';
import { ok, serve } from './net-suite.ts';

// What a client of the port cannot send, or cannot see: these talk to the server over a plain connection.

const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

async function serveRaw(
  handler: Partial<HttpHandler>,
  use: (open: () => Promise<RawClient>) => Promise<void>,
  log: Log = silent,
): Promise<void> {
  const clients: RawClient[] = [];
  await serve(realNet(log), handler, async (_url, listener) => {
    await use(async () => {
      const client = await RawClient.open(listener.port);
      clients.push(client);
      return client;
    });
    for (const client of clients) client.socket.destroy();
  });
}

async function first(parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
  for await (const part of parts) if (part.length > 0) return;
}

class RawClient {
  readonly socket: Socket;
  received = '';

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => (this.received += chunk));
    socket.on('error', () => undefined);
  }

  static async open(port: number): Promise<RawClient> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  send(bytes: string): void {
    this.socket.write(bytes, 'latin1');
  }

  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.received)) {
      assert.ok(!this.socket.closed, `closed after ${JSON.stringify(this.received)}`);
      await Promise.race([once(this.socket, 'data'), once(this.socket, 'close')]);
    }
    return this.received;
  }

  async closed(): Promise<string> {
    if (!this.socket.closed) await once(this.socket, 'close');
    return this.received;
  }
}

describe('requests as they are on the wire', () => {
  test('headers keep their order, case and repeats, and the target its bytes', async () => {
    const seen = signalOf<HttpRequest>();
    await serveRaw({ request: async (request) => (seen.give(request), ok('')) }, async (open) => {
      const client = await open();
      client.send('GET /a//b/%7e/../?b=2&a HTTP/1.1\r\nX-B: 1\r\nhost: h\r\nx-a:  2 \r\nX-B: 3\r\n\r\n');
      const request = await seen.promise;
      assert.equal(request.target, '/a//b/%7e/../?b=2&a');
      assert.deepEqual(request.headers, [
        ['X-B', '1'],
        ['host', 'h'],
        ['x-a', '2'],
        ['X-B', '3'],
      ]);
    });
  });

  test('a large body is lent in parts whatever its chunks, also to who is slower than the client', async () => {
    const sent = Buffer.alloc(3_000_001, 'every byte in its place ');
    const received: Buffer[] = [];
    const handler = async ({ body }: HttpRequest) => {
      for await (const part of body.lend?.() ?? []) {
        received.push(Buffer.from(part)); // the part itself is gone with the next
        await new Promise((resolve) => setImmediate(resolve));
      }
      return ok('taken');
    };
    await serveRaw({ request: handler }, async (open) => {
      const client = await open();
      client.send('PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n');
      for (let at = 0, length = 1; at < sent.length; at += length, length = (length * 7) % 99_991) {
        const chunk = sent.subarray(at, at + length);
        client.send(`${chunk.length.toString(16)}\r\n${chunk.toString('latin1')}\r\n`);
      }
      client.send('0\r\n\r\n');
      await client.until(/taken/);
      assert.ok(Buffer.concat(received).equals(sent));
      assert.ok(received.length < 20, `${received.length} parts`);
    });
  });

  test('what came of a lent body before its client left is given, and then a NetError', async () => {
    const seen = signalOf<{ readonly bytes: string; readonly error: unknown }>();
    const begun = signalOf<void>();
    const handler = async ({ body }: HttpRequest) => {
      let bytes = '';
      begun.give();
      try {
        for await (const part of body.lend?.() ?? []) bytes += text(part) ?? '';
        seen.give({ bytes, error: undefined });
      } catch (error) {
        seen.give({ bytes, error });
      }
      return ok('');
    };
    await serveRaw({ request: handler }, async (open) => {
      const client = await open();
      client.send('PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf');
      await begun.promise;
      client.socket.end();
      const { bytes, error } = await seen.promise;
      assert.equal(bytes, 'half');
      assert.ok(error instanceof NetError);
    });
  });

  test('a body that is lent after its client has left is a NetError', async () => {
    const arrived = signalOf<void>();
    const left = signalOf<void>();
    const seen = signalOf<unknown>();
    const handler = async ({ target, body }: HttpRequest) => {
      if (target === '/other') return ok('other');
      arrived.give();
      await left.promise;
      try {
        for await (const part of body.lend?.() ?? []) seen.give(part);
        seen.give('the end');
      } catch (error) {
        seen.give(error);
      }
      return ok('');
    };
    await serveRaw({ request: handler }, async (open) => {
      const client = await open();
      client.send('PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n');
      await arrived.promise;
      client.socket.destroy();
      const other = await open();
      other.send('GET /other HTTP/1.1\r\nHost: h\r\n\r\n');
      await other.until(/other/); // the server has looked at its connections since
      left.give();
      assert.ok((await seen.promise) instanceof NetError);
    });
  });

  test('chunked bodies are read whole and held to the limit', async () => {
    const handler = async ({ body }: HttpRequest) => ok(text(await body.read(12)) ?? 'too long');
    await serveRaw({ request: handler }, async (open) => {
      const client = await open();
      const post = 'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n';
      client.send(`${post}5\r\nhello\r\n`);
      client.send('7\r\n, world\r\n0\r\n\r\n');
      await client.until(/hello, world$/);
      client.send(`${post}5\r\nhello\r\n9\r\n, worldly\r\n0\r\n\r\n`);
      await client.until(/too long$/);
      client.send(`${post}2\r\nok\r\n0\r\n\r\n`);
      await client.until(/ok$/);
    });
  });

  test('pipelined requests on one connection are answered in order', async () => {
    await serveRaw({ request: async ({ target }) => ok(`<${target}>`) }, async (open) => {
      const client = await open();
      client.send('GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n');
      assert.match(await client.until(/<\/2>$/), /<\/1>.*<\/2>$/s);
    });
  });

  test('what is not HTTP is answered 400 and closed', async () => {
    await serveRaw({}, async (open) => {
      for (const nonsense of ['\x16\x03\x01 hello\r\n\r\n', 'GET / HTTP/1.1\r\nno colon\r\n\r\n']) {
        const client = await open();
        client.send(nonsense);
        assert.match(await client.closed(), /^HTTP\/1\.1 400 /);
      }
    });
  });

  test('a client that leaves within its body ends the read with an error and is no failure of ours', async () => {
    const failed = signalOf<unknown>();
    const logged: string[] = [];
    const handler = async ({ body }: HttpRequest) => {
      try {
        await body.read(100);
      } catch (error) {
        failed.give(error);
        throw error;
      }
      return ok('');
    };
    const log: Log = { ...silent, error: (event) => logged.push(event) };
    await serveRaw(
      { request: handler },
      async (open) => {
        const client = await open();
        client.send('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 50\r\n\r\nhalf');
        client.socket.end();
        assert.match(String(await failed.promise), /NetError/);
      },
      log,
    );
    assert.deepEqual(logged, []);
  });
});

describe('slow clients', () => {
  test('one that pauses within its body is cut off; one that keeps sending is not', async (t) => {
    const slow = new SlowBodies(20);
    const outcomes: string[] = [];
    const server = createServer((request, response) => {
      bodyOf(request, 8, slow)
        .read(100)
        .then((body) => outcomes.push(text(body) ?? ''))
        .catch((error: unknown) => outcomes.push(String(error)))
        .finally(() => response.end('end'));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => (slow.stop(), server.closeAllConnections(), server.close()));
    const { port } = server.address() as AddressInfo;
    const steady = await RawClient.open(port);
    steady.send('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 8\r\n\r\n');
    for (const letter of '12345678') {
      await new Promise((resolve) => setTimeout(resolve, 40)); // in all longer than a pause may be
      steady.send(letter);
    }
    await steady.until(/end$/);
    const silentClient = await RawClient.open(port);
    silentClient.send('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 8\r\n\r\n123');
    await silentClient.closed();
    steady.socket.destroy();
    assert.equal(outcomes[0], '12345678');
    assert.match(outcomes[1] ?? '', /NetError.*stopped sending/);
  });
});

describe('answers', () => {
  test('a handler that throws is answered 500 without a word of why, and logged without the query', async () => {
    const logged: unknown[] = [];
    const log: Log = { ...silent, error: (event, fields) => logged.push(event, fields?.['path'], fields?.['error']) };
    const handler = async () => {
      throw new Error('inner secret');
    };
    await serveRaw(
      { request: handler },
      async (open) => {
        const client = await open();
        client.send('GET /x?X-Amz-Signature=abc HTTP/1.1\r\nHost: h\r\n\r\n');
        assert.doesNotMatch(await client.until(/^HTTP\/1\.1 500 .*\r\n\r\n/s), /secret/);
      },
      log,
    );
    assert.deepEqual(logged.slice(0, 2), ['request failed', '/x']);
    assert.match(String(logged[2]), /inner secret/);
  });

  test('a body of known length is sent with it, and 204 and HEAD without a body', async () => {
    const handler = async ({ target }: HttpRequest) =>
      target === '/none' ? { status: 204, headers: {}, body: '' } : ok('ä!');
    await serveRaw({ request: handler }, async (open) => {
      const client = await open();
      client.send('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
      assert.match(await client.until(/!$/), /content-length: 3\r\n/i);
      client.received = '';
      client.send('HEAD / HTTP/1.1\r\nHost: h\r\n\r\nGET /none HTTP/1.1\r\nHost: h\r\n\r\n');
      const both = await client.until(/ 204 .*\r\n\r\n/s);
      assert.match(both, /^HTTP\/1\.1 200 [^!]*content-length: 3\r\n[^!]*\r\n\r\nHTTP\/1\.1 204 /i);
      assert.doesNotMatch(both, /content-length: 0|chunked/i);
    });
  });

  // Docker's client: it asks for the connection to be closed, and loses an answer to a reset while it still writes.
  for (const [how, take] of [
    ['is lent', (body: HttpRequest['body']) => first(body.lend?.() ?? [])],
    ['is streamed', (body: HttpRequest['body']) => first(body.stream())],
    ['is longer than the limit', (body: HttpRequest['body']) => body.read(10)],
    ['nobody looks at', async () => undefined],
  ] as const) {
    test(`a client that is answered while it sends a body that ${how} may send all of it before it is cut off`, async () => {
      const handler = async ({ body }: HttpRequest) => {
        await take(body);
        return ok('refused!');
      };
      await serveRaw({ request: handler }, async (open) => {
        const client = await open();
        const errors: Error[] = [];
        client.socket.on('error', (error) => errors.push(error));
        const chunk = `8000\r\n${'x'.repeat(0x8000)}\r\n`;
        client.send('PUT / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n');
        for (let sent = 0; sent < 32; sent += 1) client.send(chunk); // two parts that are lent
        await client.until(/refused!$/);
        for (let sent = 0; sent < 1000; sent += 1) {
          if (!client.socket.write(chunk, 'latin1')) await once(client.socket, 'drain');
        }
        client.send('0\r\n\r\n');
        assert.match(await client.closed(), /^HTTP\/1\.1 200 .*refused!$/s);
        assert.deepEqual(errors, []);
      });
    });
  }

  test('a stream is taken no faster than the client reads, and its head comes before its first chunk', async () => {
    let taken = 0;
    const first = signalOf<void>();
    async function* endless(): AsyncGenerator<Uint8Array> {
      await first.promise;
      for (;;) {
        taken += 1;
        yield new Uint8Array(64 * 1024);
      }
    }
    await serveRaw({ request: async () => ({ status: 200, headers: {}, body: endless() }) }, async (open) => {
      const client = await open();
      client.send('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
      await client.until(/\r\n\r\n/);
      assert.equal(taken, 0);
      client.socket.pause();
      first.give();
      let before = -1;
      while (taken !== before) {
        before = taken;
        await new Promise((resolve) => setTimeout(resolve, 100)); // until it stands still
      }
      assert.ok(taken < 1000, `${taken} chunks for a client that reads none`);
    });
  });

  test('a stream that fails breaks the connection off, so that the client knows', async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield utf8('part');
      throw new Error('source gone');
    }
    await serveRaw({ request: async () => ({ status: 200, headers: {}, body: failing() }) }, async (open) => {
      const client = await open();
      client.send('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
      const received = await client.closed();
      assert.match(received, /part/);
      assert.doesNotMatch(received, /\r\n0\r\n/);
    });
  });
});

describe('upgrades', () => {
  test('an offer to speak HTTP/2 is an ordinary request', async () => {
    await serveRaw({ request: async () => ok('plain') }, async (open) => {
      const client = await open();
      client.send('GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n');
      assert.match(await client.until(/plain$/), /^HTTP\/1\.1 200 /);
    });
  });

  test('a websocket without a key is answered 400, a handler that throws 500', async () => {
    const upgrade = async ({ target }: HttpRequest) => {
      if (target === '/throws') throw new Error('bug');
      return () => assert.fail('no socket can open');
    };
    await serveRaw({ upgrade }, async (open) => {
      for (const [target, status] of [
        ['/', 400],
        ['/throws', 500],
      ] as const) {
        const client = await open();
        client.send(`GET ${target} HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
        assert.match(await client.closed(), new RegExp(`^HTTP/1\\.1 ${status} `));
      }
    });
  });
});

describe('closing', () => {
  test('idle kept-alive connections end at once', async () => {
    const net = realNet(silent);
    const listener = await net.listen(
      { host: '127.0.0.1', port: 0 },
      { request: async () => ok('x'), upgrade: async () => ok('') },
    );
    const client = await RawClient.open(listener.port);
    client.send('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    await client.until(/x$/);
    const before = performance.now();
    await listener.close();
    await client.closed();
    assert.ok(performance.now() - before < 60_000, 'an idle connection is kept for 75 seconds');
  });
});

test('who speaks TLS to a port that is passed on is understood, and gets the answer the same way', async () => {
  await serve(realNet(silent), { request: async ({ target }) => ok(`asked for ${target}`) }, async (url) => {
    const front = await realNet(silent).forward({ host: '127.0.0.1', port: 0 }, url);
    try {
      const ask = request({ port: front.port, path: '/over-tls', rejectUnauthorized: false }).end();
      const [answer]: IncomingMessage[] = await once(ask, 'response');
      assert.ok(answer);
      assert.equal(await readAll(answer), 'asked for /over-tls');
      const distrustful = request({ port: front.port, path: '/' }).end();
      await assert.rejects(once(distrustful, 'response'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    } finally {
      await front.close();
    }
  });
});

test('headers are spelled as AWS spells them, for clients that look for nothing else', async () => {
  const headers = { etag: '"1"', 'x-amz-request-id': 'r', 'x-amzn-requestid': 'n' };
  const bodies = [
    'text',
    (async function* () {
      yield utf8('chunk');
    })(),
  ];
  for (const body of bodies) {
    await serveRaw({ request: async () => ({ status: 200, headers, body }) }, async (open) => {
      const client = await open();
      client.send('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
      const head = await client.until(/\r\n\r\n/);
      assert.match(head, /\r\nETag: "1"\r\nx-amz-request-id: r\r\nx-amzn-RequestId: n\r\n/);
    });
  }
});

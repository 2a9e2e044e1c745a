import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { HttpHandler, HttpRequest, HttpResponse, Listener, Net, Socket } from '../../src/world/net.ts';
import { NetError, SocketRefused } from '../../src/world/net.ts';
import { type Fixture, type MakeFixture, signalOf, text, utf8, worldTest } from './fixture.ts';

export interface NetFixture extends Fixture {
  readonly net: Net;
}

const host = '127.0.0.1';

export function netSuite(make: MakeFixture<NetFixture>): void {
  describe('net: requests', () => {
    worldTest(make, 'what is forwarded arrives as it was sent, and the answer comes back', async ({ net }) => {
      const handler = async ({ target, body }: HttpRequest): Promise<HttpResponse> => ({
        status: 202,
        headers: { 'x-seen': target },
        body: `got ${text(await body.read(1000))}`,
      });
      await serve(net, { request: handler }, async (url) => {
        const forward = await net.forward({ host, port: 0 }, url);
        const there = `http://${host}:${forward.port}`;
        const answer = await net.request({ method: 'POST', url: `${there}/a?b=c`, headers: {}, body: 'hello' });
        assert.equal(answer.status, 202);
        assert.equal(answer.headers['x-seen'], '/a?b=c');
        assert.equal(text(answer.body), 'got hello');
        await forward.close();
        await assert.rejects(net.request({ method: 'GET', url: there, headers: {} }), NetError);
      });
    });

    worldTest(make, 'a port that is taken is refused by name', async ({ net }) => {
      await serve(net, {}, async (url, { port }) => {
        const isTaken = (error: unknown): boolean => error instanceof NetError && error.code === 'EADDRINUSE';
        await assert.rejects(
          net.listen({ host, port }, { request: async () => ok(''), upgrade: async () => ok('') }),
          isTaken,
        );
        await assert.rejects(net.forward({ host, port }, url), isTaken);
      });
    });

    worldTest(make, 'the server sees method, raw target, headers and body as sent', async ({ net }) => {
      const seen = signalOf<{ request: HttpRequest; body: string | undefined }>();
      await serve(
        net,
        { request: async (request) => (seen.give({ request, body: text(await request.body.read(1000)) }), ok('')) },
        async (url) => {
          await net.request({
            method: 'POST',
            url: `${url}/a%2Fb/../c?x=%20&x=2`,
            headers: { 'X-Amz-Target': 'Some.Thing', 'content-type': 'text/plain' },
            body: 'hello ä',
          });
          const { request, body } = await seen.promise;
          assert.equal(request.method, 'POST');
          assert.equal(request.target, '/a%2Fb/../c?x=%20&x=2');
          assert.ok(request.headers.some(([name, value]) => name === 'X-Amz-Target' && value === 'Some.Thing'));
          assert.ok(request.headers.some(([name]) => name.toLowerCase() === 'host'));
          assert.equal(request.remoteAddress, '127.0.0.1');
          assert.equal(body, 'hello ä');
        },
      );
    });

    worldTest(make, 'the client sees status, headers and body as answered', async ({ net }) => {
      const answers: HttpResponse[] = [
        { status: 404, headers: { 'x-one': '1' }, body: 'text ä' },
        { status: 200, headers: {}, body: Uint8Array.of(0, 255, 10) },
        { status: 204, headers: {}, body: '' },
      ];
      await serve(net, { request: async ({ target }) => answers[Number(target.slice(1))] ?? ok('') }, async (url) => {
        const first = await net.request({ method: 'GET', url: `${url}/0`, headers: {} });
        assert.equal(first.status, 404);
        assert.equal(first.headers['x-one'], '1');
        assert.equal(text(first.body), 'text ä');
        const second = await net.request({ method: 'GET', url: `${url}/1`, headers: {} });
        assert.deepEqual([...second.body], [0, 255, 10]);
        const third = await net.request({ method: 'DELETE', url: `${url}/2`, headers: {} });
        assert.equal(third.status, 204);
        assert.equal(third.body.length, 0);
      });
    });

    worldTest(make, 'a body over the limit reads as undefined and the answer still arrives', async ({ net }) => {
      const handler = async ({ body }: HttpRequest): Promise<HttpResponse> =>
        (await body.read(10)) ? ok('fits') : { status: 413, headers: {}, body: 'too long' };
      await serve(net, { request: handler }, async (url) => {
        const fits = await net.request({ method: 'POST', url, headers: {}, body: '0123456789' });
        assert.equal(text(fits.body), 'fits');
        const tooLong = await net.request({ method: 'POST', url, headers: {}, body: '0123456789+' });
        assert.equal(tooLong.status, 413);
        const farTooLong = await net.request({ method: 'POST', url, headers: {}, body: new Uint8Array(200_000) });
        assert.equal(farTooLong.status, 413);
        const again = await net.request({ method: 'POST', url, headers: {}, body: 'short' });
        assert.equal(text(again.body), 'fits');
      });
    });

    worldTest(make, 'an absent body reads as empty', async ({ net }) => {
      await serve(net, { request: async ({ body }) => ok(String((await body.read(10))?.length)) }, async (url) => {
        assert.equal(text((await net.request({ method: 'GET', url, headers: {} })).body), '0');
      });
    });

    worldTest(make, 'a request body can be taken as a stream', async ({ net }) => {
      const handler = async ({ body }: HttpRequest): Promise<HttpResponse> => {
        let total = 0;
        for await (const chunk of body.stream()) total += chunk.length;
        return ok(String(total));
      };
      await serve(net, { request: handler }, async (url) => {
        const answer = await net.request({ method: 'PUT', url, headers: {}, body: new Uint8Array(300_000) });
        assert.equal(text(answer.body), '300000');
      });
    });

    worldTest(make, 'a streamed answer arrives whole and in order', async ({ net }) => {
      async function* chunks(): AsyncGenerator<Uint8Array> {
        for (let index = 0; index < 100; index += 1) yield utf8(`${index},`.repeat(200));
      }
      await serve(net, { request: async () => ({ status: 200, headers: {}, body: chunks() }) }, async (url) => {
        const { body } = await net.request({ method: 'GET', url, headers: {} });
        assert.equal(text(body), Array.from({ length: 100 }, (_, index) => `${index},`.repeat(200)).join(''));
      });
    });

    worldTest(make, 'a streamed answer is returned early when the client leaves', async ({ net }) => {
      const ended = signalOf<string>();
      const released = signalOf<void>();
      const body: AsyncIterable<Uint8Array> = {
        [Symbol.asyncIterator]() {
          let first = true;
          return {
            async next() {
              if (!first) await released.promise; // as a follower of something quiet waits
              first = false;
              return { done: false, value: utf8('x') };
            },
            async return() {
              ended.give('returned');
              released.give();
              return { done: true, value: undefined };
            },
          };
        },
      };
      await serve(net, { request: async () => ({ status: 200, headers: {}, body }) }, async (url) => {
        await assert.rejects(net.request({ method: 'GET', url, headers: {}, timeoutMs: 100 }), NetError);
        assert.equal(await ended.promise, 'returned');
      });
    });

    worldTest(make, 'no answer in time, or nobody there, is a NetError', async ({ net }) => {
      const release = signalOf<void>();
      await serve(net, { request: async () => (await release.promise, ok('late')) }, async (url, listener) => {
        await assert.rejects(net.request({ method: 'GET', url, headers: {}, timeoutMs: 50 }), NetError);
        release.give();
        await listener.close();
        await assert.rejects(net.request({ method: 'GET', url, headers: {} }), NetError);
      });
    });

    worldTest(make, 'closing lets a running exchange end', async ({ net }) => {
      const arrived = signalOf<void>();
      const release = signalOf<void>();
      const handler = async (): Promise<HttpResponse> => {
        arrived.give();
        await release.promise;
        return ok('finished');
      };
      await serve(net, { request: handler }, async (url, listener) => {
        const answer = net.request({ method: 'GET', url, headers: {} });
        await arrived.promise;
        const closed = listener.close();
        release.give();
        assert.equal(text((await answer).body), 'finished');
        await closed;
      });
    });

    worldTest(make, 'a port in use rejects', async ({ net }) => {
      await serve(net, {}, async (_url, listener) => {
        await assert.rejects(net.listen({ host, port: listener.port }, handlerOf({})), NetError);
      });
    });
  });

  describe('net: websockets', () => {
    worldTest(make, 'text and bytes go both ways and stay apart', async ({ net }) => {
      const echo = (socket: Socket): void => socket.onMessage((message) => socket.send(message));
      await serve(net, { upgrade: async () => echo }, async (url) => {
        const socket = await net.openSocket({ url: webSocketUrl(url), headers: {} });
        const got: (string | Uint8Array)[] = [];
        const all = signalOf<void>();
        socket.onMessage((message) => {
          got.push(message);
          if (got.length === 3) all.give();
        });
        socket.send('text ä');
        socket.send(Uint8Array.of(1, 2, 3));
        socket.send('');
        await all.promise;
        assert.equal(got[0], 'text ä');
        assert.ok(got[1] instanceof Uint8Array);
        assert.deepEqual([...got[1]], [1, 2, 3]);
        assert.equal(got[2], '');
        socket.close();
      });
    });

    worldTest(make, 'the upgrade request is seen whole', async ({ net }) => {
      const seen = signalOf<HttpRequest>();
      const accept = async (request: HttpRequest): Promise<(socket: Socket) => void> => {
        seen.give(request);
        return (socket) => socket.send('open');
      };
      await serve(net, { upgrade: accept }, async (url) => {
        const socket = await net.openSocket({
          url: `${webSocketUrl(url)}/ws?a=%2F`,
          headers: { Authorization: 'AWS4 something' },
        });
        const request = await seen.promise;
        assert.equal(request.method, 'GET');
        assert.equal(request.target, '/ws?a=%2F');
        assert.ok(request.headers.some(([name, value]) => name === 'Authorization' && value === 'AWS4 something'));
        socket.close();
      });
    });

    worldTest(make, 'messages that come before anyone listens wait', async ({ net }) => {
      const greet = (socket: Socket): void => {
        socket.send('one');
        socket.send('two');
        socket.close(1000, 'done');
      };
      await serve(net, { upgrade: async () => greet }, async (url) => {
        const socket = await net.openSocket({ url: webSocketUrl(url), headers: {} });
        const closed = signalOf<void>();
        socket.onClose(() => closed.give());
        await closed.promise;
        const got: unknown[] = [];
        socket.onMessage((message) => got.push(message));
        await Promise.resolve();
        assert.deepEqual(got, ['one', 'two']);
      });
    });

    worldTest(make, 'code and reason of a close reach the other side, and a late listener too', async ({ net }) => {
      const atServer = signalOf<[number, string]>();
      const watch = (socket: Socket): void => socket.onClose((code, reason) => atServer.give([code, reason]));
      await serve(net, { upgrade: async () => watch }, async (url) => {
        const socket = await net.openSocket({ url: webSocketUrl(url), headers: {} });
        const atClient = signalOf<[number, string]>();
        socket.close(4001, 'we part');
        assert.deepEqual(await atServer.promise, [4001, 'we part']);
        socket.onClose((code, reason) => atClient.give([code, reason]));
        assert.deepEqual(await atClient.promise, [4001, 'we part']);
        socket.send('into the void'); // after the close: dropped, never thrown
        socket.close();
      });
    });

    worldTest(make, 'a refused upgrade gives status and body', async ({ net }) => {
      const refuse = async (): Promise<HttpResponse> => ({
        status: 403,
        headers: { 'content-type': 'application/json' },
        body: '{"message":"no"}',
      });
      await serve(net, { upgrade: refuse }, async (url) => {
        await assert.rejects(net.openSocket({ url: webSocketUrl(url), headers: {} }), (error) => {
          assert.ok(error instanceof SocketRefused);
          assert.equal(error.status, 403);
          assert.equal(error.body, '{"message":"no"}');
          return true;
        });
      });
    });

    worldTest(make, 'a socket to nobody is a NetError', async ({ net }) => {
      const listener = await net.listen({ host, port: 0 }, handlerOf({}));
      await listener.close();
      await assert.rejects(net.openSocket({ url: `ws://${host}:${listener.port}/`, headers: {} }), NetError);
    });

    worldTest(make, 'closing the listener closes its sockets with 1001', async ({ net }) => {
      await serve(net, { upgrade: async () => () => undefined }, async (url, listener) => {
        const socket = await net.openSocket({ url: webSocketUrl(url), headers: {} });
        const closed = signalOf<number>();
        socket.onClose((code) => closed.give(code));
        await listener.close();
        assert.equal(await closed.promise, 1001);
      });
    });

    worldTest(make, 'what was sent drains from the buffer', async ({ net }) => {
      const accepted = signalOf<Socket>();
      await serve(net, { upgrade: async () => (socket) => accepted.give(socket) }, async (url) => {
        const socket = await net.openSocket({ url: webSocketUrl(url), headers: {} });
        const size = signalOf<number>();
        socket.onMessage((message) => size.give(message.length));
        const server = await accepted.promise;
        server.send(new Uint8Array(500_000));
        assert.equal(await size.promise, 500_000);
        assert.equal(server.bufferedBytes, 0);
        socket.close();
      });
    });
  });
}

export function ok(body: string): HttpResponse {
  return { status: 200, headers: {}, body };
}

export function handlerOf(handler: Partial<HttpHandler>): HttpHandler {
  return {
    request: async () => ok(''),
    upgrade: async () => ({ status: 400, headers: {}, body: '' }),
    ...handler,
  };
}

/** Listens for the time of `use`. */
export async function serve(
  net: Net,
  handler: Partial<HttpHandler>,
  use: (url: string, listener: Listener) => Promise<void>,
): Promise<void> {
  const listener = await net.listen({ host, port: 0 }, handlerOf(handler));
  try {
    await use(`http://${host}:${listener.port}`, listener);
  } finally {
    await listener.close();
  }
}

export function webSocketUrl(url: string): string {
  return url.replace(/^http/, 'ws');
}

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  type HttpHandler,
  type HttpRequest,
  type HttpResponse,
  type ListenAddress,
  type Listener,
  NetError,
} from '../net.ts';
import type { Log } from '../world.ts';
import { http } from './node-http.ts';
import { spelled } from './header-spelling.ts';
import { bodyOf, SlowBodies, throwAwayRest } from './http-body.ts';
import { WebSockets } from './web-sockets.ts';

const serverOptions = {
  // Longer than the idle time of any load balancer or SDK in front, so that it is always the client who closes first.
  keepAliveTimeout: 75_000,
  headersTimeout: 60_000,
  requestTimeout: 0, // a body may be an image layer; who waits for a whole body limits the pauses
  maxHeaderSize: 32 * 1024,
  // Without this an upgrade to HTTP/2 that a client merely offers would be taken for a websocket.
  shouldUpgradeCallback: (request: IncomingMessage) => request.headers.upgrade?.toLowerCase() === 'websocket',
};

/** How long a closing listener waits for exchanges that do not end (a followed log) and sockets that do not answer. */
const closeLimitMs = 5_000;

export async function listenHttp(address: ListenAddress, handler: HttpHandler, log: Log): Promise<Listener> {
  const webSockets = new WebSockets();
  const slow = new SlowBodies();
  let closing = false;
  const server = http.createServer(serverOptions, (request, response) => {
    if (closing) response.shouldKeepAlive = false;
    void answer(handler.request(requestOf(request, slow)), request, response, log);
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => undefined); // the client left before the handshake; whoever reads next sees the close
    void upgrade(handler, requestOf(request, slow), request, socket, head, webSockets, log);
  });
  await listening(server, address);
  const { port } = server.address() as AddressInfo; // a server on a port has one
  return {
    port,
    close: () => {
      closing = true;
      return close(server, webSockets).finally(() => slow.stop());
    },
  };
}

function listening(server: Server, address: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(cannotListen(address, error));
    server.once('error', fail);
    server.once('listening', () => {
      server.off('error', fail);
      resolve();
    });
    try {
      server.listen(bound(address) ?? address, backlog);
    } catch (error) {
      fail(error as Error);
    }
  });
}

const backlog = 1024;

/**
 * server.listen looks an address up as if it were a name, and compiles a pattern of all IPv6 addresses on the way: 5 ms of
 * each start. A number is bound without that, where Node can (26.4).
 */
function bound(address: ListenAddress): net.BoundSocket | undefined {
  return 'BoundSocket' in net && net.isIPv4(address.host) ? new net.BoundSocket({ ...address }) : undefined;
}

export function cannotListen(address: ListenAddress, error: NodeJS.ErrnoException): NetError {
  const { code, message } = error;
  const options = { cause: error, ...(code !== undefined && { code }) };
  return new NetError(`cannot listen on ${address.host}:${address.port}: ${message}`, options);
}

function requestOf(request: IncomingMessage, slow: SlowBodies): HttpRequest {
  const { rawHeaders } = request;
  const headers: (readonly [string, string])[] = [];
  let length: number | undefined = 0; // what declares neither a length nor chunks has no body
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    const value = rawHeaders[index + 1] as string;
    headers.push([name, value]);
    if (name.length === 14 && name.toLowerCase() === 'content-length') length = Number(value);
    if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') length = undefined;
  }
  return {
    method: request.method ?? '',
    target: request.url ?? '',
    headers,
    remoteAddress: plainAddress(request.socket.remoteAddress ?? ''),
    body: bodyOf(request, length, slow),
  };
}

/** A listener on `::` sees IPv4 clients as ::ffff:127.0.0.1. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}

async function answer(
  answered: Promise<HttpResponse>,
  request: IncomingMessage,
  response: ServerResponse,
  log: Log,
): Promise<void> {
  try {
    await send(await answered, request, response);
  } catch (error) {
    if (request.socket.destroyed) return; // the client left, and what waited for it says so
    log.error('request failed', {
      method: request.method,
      path: request.url?.split('?')[0], // a query may carry a signature
      error: String(error instanceof Error ? error.stack : error),
    });
    // Without the end of the body the client knows that it is not whole. What was written before is still buffered for
    // this turn of the loop, and goes out first.
    if (response.headersSent) setImmediate(() => request.socket.destroySoon());
    else end(request, response.writeHead(500, { 'content-length': '0' }));
  }
}

async function send(
  { status, headers, body }: HttpResponse,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (typeof body === 'string' || body instanceof Uint8Array) {
    end(request, response.writeHead(status, withLength(status, headers, body)), body);
    return;
  }
  response.writeHead(status, spelled(headers)).flushHeaders();
  await sendStream(body, response);
  end(request, response);
}

/**
 * A client that is answered while it still sends is told all at once, and the answer is ended when it has sent all or has
 * left. Ended, it closes the connection where the client asked for that (docker does): what is still on its way resets the
 * connection, and the client sees a broken pipe and not the answer.
 */
function end(request: IncomingMessage, response: ServerResponse, body: string | Uint8Array = ''): void {
  if (request.complete) {
    response.end(body);
    return;
  }
  response.flushHeaders();
  if (body.length > 0) response.write(body);
  throwAwayRest(request, () => response.end());
}

/** writeHead sends a body of unknown length in chunks, so the length is told here. */
function withLength(status: number, headers: HttpResponse['headers'], body: string | Uint8Array): string[] {
  const list = spelled(headers);
  const isTold = status === 204 || status === 304 || list.some((text, at) => at % 2 === 0 && isLength(text));
  if (!isTold) list.push('Content-Length', String(Buffer.byteLength(body)));
  return list;
}

function isLength(name: string): boolean {
  return name.length === 14 && name.toLowerCase() === 'content-length';
}

/** Takes a chunk only when the last is on its way, and returns the iterator the moment the client leaves. */
async function sendStream(body: AsyncIterable<Uint8Array>, response: ServerResponse): Promise<void> {
  const iterator = body[Symbol.asyncIterator]();
  let ended = false;
  let wake = (): void => undefined;
  const left = new Promise<void>((resolve, reject) => {
    response.once('close', () => {
      if (ended) return;
      ended = true;
      wake();
      // Not awaited by the loop below, which may be waiting for a chunk that never comes.
      Promise.resolve(iterator.return?.()).then(() => resolve(), reject);
    });
  });
  response.on('drain', () => wake());
  const sending = async (): Promise<void> => {
    for (;;) {
      const next = await iterator.next();
      if (ended) return;
      if (next.done) break;
      if (response.write(next.value)) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    ended = true;
  };
  await Promise.race([sending(), left]);
}

async function upgrade(
  handler: HttpHandler,
  asked: HttpRequest,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  webSockets: WebSockets,
  log: Log,
): Promise<void> {
  const refuse = (refusal: Promise<HttpResponse>): void => {
    const response = new http.ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(request.socket);
    response.once('finish', () => socket.end());
    void answer(refusal, request, response, log);
  };
  try {
    const outcome = await handler.upgrade(asked);
    if (typeof outcome !== 'function') {
      refuse(Promise.resolve(outcome));
      return;
    }
    await webSockets.accept(request, socket, head, outcome);
  } catch (error) {
    refuse(Promise.reject(error as Error));
  }
}

async function close(server: Server, webSockets: WebSockets): Promise<void> {
  webSockets.close();
  // Closing ends the connections that are idle now; one that becomes idle later (its answer had begun) is swept.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  const limit = setTimeout(() => {
    server.closeAllConnections();
    webSockets.terminate();
  }, closeLimitMs);
  await new Promise<void>((resolve) => {
    server.close(() => resolve()); // the error it may give is that it was closed already
  });
  clearInterval(sweep);
  clearTimeout(limit);
}

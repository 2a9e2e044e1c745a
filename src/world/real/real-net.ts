import type { IncomingMessage } from 'node:http';
import { type Headers, type Net, NetError, type Socket, SocketRefused } from '../net.ts';
import type { Log } from '../world.ts';
import { httpClient } from './http-exchange.ts';
import { listenHttp } from './http-listener.ts';
import { longestMessageBytes, RealSocket } from './real-socket.ts';
import { forwardTcp } from './tcp-forward.ts';

const handshakeLimitMs = 30_000;

/** `log` is told of requests whose handler failed: a bug, answered with a bare 500. */
export function realNet(log: Log): Net {
  return {
    listen: (address, handler) => listenHttp(address, handler, log),
    forward: forwardTcp,
    request: httpClient(),
    openSocket,
  };
}

async function openSocket(request: { readonly url: string; readonly headers: Headers }): Promise<Socket> {
  const { WebSocket } = await import('ws'); // see webSocketServer in http-listener.ts
  return new Promise((resolve, reject) => {
    const webSocket = new WebSocket(request.url, {
      headers: request.headers,
      perMessageDeflate: false,
      maxPayload: longestMessageBytes,
      handshakeTimeout: handshakeLimitMs,
    });
    const socket = new RealSocket(webSocket);
    webSocket.once('open', () => resolve(socket));
    webSocket.once('error', (error) => {
      reject(new NetError(`${request.url.split('?')[0]}: ${error.message}`, { cause: error }));
    });
    webSocket.once('unexpected-response', (_request, response: IncomingMessage) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        if (body.length < 64 * 1024) body += chunk;
      });
      response.once('close', () => {
        webSocket.terminate();
        reject(new SocketRefused(response.statusCode ?? 0, body));
      });
    });
  });
}

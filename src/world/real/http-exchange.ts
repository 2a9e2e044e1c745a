import type { Agent as HttpAgent, IncomingMessage } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import { type Headers, type HttpAnswer, NetError, type OutgoingRequest } from '../net.ts';
import { http, https } from './node-http.ts';

/** The longest answer taken in. */
const answerLimitBytes = 256 * 1024 * 1024;

/** One HTTP exchange over kept-alive connections. */
export function httpClient(): (request: OutgoingRequest) => Promise<HttpAnswer> {
  const options = { keepAlive: true, maxFreeSockets: 64 };
  let tls: HttpsAgent | undefined;
  const agents: Agents = {
    http: new http.Agent(options),
    https: () => (tls ??= new (https().Agent)(options)),
  };
  return async (request) => {
    try {
      return await exchange(request, agents);
    } catch (error) {
      // The server may close a kept-alive connection just as it is used again. What is safe to repeat is repeated;
      // the rest is for the caller, who knows what it means to send it twice.
      if (error instanceof StaleConnection && isSafe(request.method)) return exchange(request, agents);
      throw error instanceof StaleConnection ? new NetError(error.message, { cause: error.cause }) : error;
    }
  };
}

class StaleConnection extends Error {}

function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

interface Agents {
  readonly http: HttpAgent;
  /** Made when it is first needed. */
  readonly https: () => HttpsAgent;
}

function exchange(outgoing: OutgoingRequest, agents: Agents): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const { method, url, headers, body, timeoutMs } = outgoing;
    const target = takeApart(url);
    const { host, port, path } = target;
    const request =
      target.protocol === 'https'
        ? https().request({ method, host, port, path, headers, agent: agents.https() })
        : http.request({ method, host, port, path, headers, agent: agents.http });
    const timeout =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    const fail = (error: Error): void => {
      clearTimeout(timeout);
      const message = `${method} ${target.protocol}://${host}:${port}: ${error.message}`;
      const stale = request.reusedSocket && 'code' in error && error.code === 'ECONNRESET';
      reject(stale ? new StaleConnection(message, { cause: error }) : new NetError(message, { cause: error }));
    };
    request.on('error', fail);
    request.on('response', (response) => {
      response.on('error', fail);
      readAnswer(response, (bytes) => {
        clearTimeout(timeout);
        resolve({ status: response.statusCode ?? 0, headers: headersOf(response), body: bytes });
      });
    });
    request.end(body);
  });
}

function readAnswer(response: IncomingMessage, done: (body: Uint8Array) => void): void {
  const chunks: Uint8Array[] = [];
  let size = 0;
  response.on('data', (chunk: Uint8Array) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size > answerLimitBytes) response.destroy(new Error(`the answer is longer than ${answerLimitBytes} bytes`));
  });
  response.on('end', () => done(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
}

function headersOf(response: IncomingMessage): Headers {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

interface Target {
  readonly protocol: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

/** By hand and not by URL, which would rewrite the path (dots, encoding) after it was signed. */
function takeApart(url: string): Target {
  const parts = /^(https?):\/\/(?:\[([^\]]+)\]|([^/:?#]+))(?::(\d+))?([/?][^#]*)?/.exec(url);
  if (!parts) throw new NetError(`not an http URL: ${url}`);
  const protocol = parts[1] === 'https' ? 'https' : 'http';
  const path = parts[5] ?? '/';
  return {
    protocol,
    host: parts[2] ?? parts[3] ?? '',
    port: Number(parts[4] ?? (protocol === 'https' ? 443 : 80)),
    path: path.startsWith('?') ? `/${path}` : path,
  };
}

import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { DockerError } from '../docker.ts';
import { http } from './node-http.ts';

/** The newest version of the engine's API that is spoken; what Longshore uses has not changed since 1.41. */
const spokenVersion = '1.43';
const defaultLimitMs = 120_000;

/** One request to the engine. Paths are without the version. */
export interface DockerCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Sent as JSON, or bytes as they are. */
  readonly body?: object | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long the engine may stay silent; 0 for ever. A hung engine must not hang those who wait for it. */
  readonly limitMs?: number;
  readonly signal?: AbortSignal;
}

/** The way to one engine: kept-alive connections over its unix socket (or TCP), in a version both sides speak. */
export class DockerConnection {
  readonly #place: Place;
  readonly #agent = new http.Agent({ keepAlive: true, maxFreeSockets: 32 });
  #version: Promise<string> | undefined;

  /** `host` as in DOCKER_HOST: unix:///path or tcp://name:port. */
  constructor(host: string) {
    this.#place = placeOf(host);
  }

  /** The answer as JSON. */
  async call<T>(call: DockerCall): Promise<T> {
    const response = await this.open(call);
    return parseJson<T>(await readText(response));
  }

  async callOrMissing<T>(call: DockerCall): Promise<T | undefined> {
    try {
      return await this.call<T>(call);
    } catch (error) {
      if (error instanceof DockerError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** For calls whose answer is nothing. */
  async run(call: DockerCall): Promise<void> {
    await readText(await this.open(call));
  }

  /** The answer as a stream. Rejects when the engine refuses. */
  async open(call: DockerCall): Promise<IncomingMessage> {
    return this.#refusing(await this.#send(call, `/v${await this.version()}${call.path}`));
  }

  /** A call whose connection both sides go on with for something else. `head` is what came already. Rejects when refused. */
  async hijack(call: DockerCall): Promise<{ readonly socket: Socket; readonly head: Buffer }> {
    const path = `/v${await this.version()}${call.path}${queryText(call.query)}`;
    return new Promise((resolve, reject) => {
      const { method } = call;
      const headers = { host: 'docker', connection: 'Upgrade', upgrade: 'tcp', 'content-length': '0' };
      const request = http.request({ ...this.#place.address, method, path, headers });
      request.on('upgrade', (_response, socket, head) => resolve({ socket: socket as Socket, head }));
      request.on('response', (response) => {
        this.#refusing(response).then(
          ({ statusCode }) => reject(new DockerError(`the container engine kept its connection: HTTP ${statusCode}`)),
          reject,
        );
      });
      request.on('error', (error) => {
        reject(new DockerError(`the container engine at ${this.#place.name} does not answer: ${error.message}`));
      });
      request.end();
    });
  }

  /** Agreed upon once, by the first call that reaches the engine. */
  version(): Promise<string> {
    if (!this.#version) {
      this.#version = this.#agree();
      this.#version.catch(() => (this.#version = undefined));
    }
    return this.#version;
  }

  async #agree(): Promise<string> {
    const response = await this.#refusing(await this.#send({ method: 'GET', path: '/version' }, '/version'));
    const engine = parseJson<{ readonly ApiVersion: string; readonly MinAPIVersion?: string }>(
      await readText(response),
    );
    const common = isOlder(engine.ApiVersion, spokenVersion) ? engine.ApiVersion : spokenVersion;
    // Engines drop old versions (29 speaks 1.44 and later); what is used here reads the same in theirs.
    return engine.MinAPIVersion !== undefined && isOlder(common, engine.MinAPIVersion) ? engine.MinAPIVersion : common;
  }

  async #refusing(response: IncomingMessage): Promise<IncomingMessage> {
    const status = response.statusCode ?? 0;
    if ((status >= 200 && status < 300) || status === 304) return response;
    const text = await readText(response);
    throw new DockerError(messageIn(text) ?? `HTTP ${status}`, status);
  }

  async #send(call: DockerCall, path: string): Promise<IncomingMessage> {
    try {
      return await this.#sendOnce(call, path);
    } catch (error) {
      // The engine restarted while a connection was idle: reading again is safe.
      if (error instanceof StaleConnection && call.method === 'GET') return this.#sendOnce(call, path);
      throw error;
    }
  }

  #sendOnce(call: DockerCall, path: string): Promise<IncomingMessage> {
    const { method, body, signal, limitMs = defaultLimitMs } = call;
    const bytes = body === undefined || body instanceof Uint8Array ? body : JSON.stringify(body);
    const type = body instanceof Uint8Array ? 'application/x-tar' : 'application/json';
    return new Promise((resolve, reject) => {
      const request = http.request({
        ...this.#place.address,
        method,
        path: `${path}${queryText(call.query)}`,
        headers: { host: 'docker', ...(bytes !== undefined && { 'content-type': type }), ...call.headers },
        agent: this.#agent,
        ...(signal && { signal }),
      });
      if (limitMs > 0) {
        request.setTimeout(limitMs, () => {
          request.destroy(new Error(`silent for ${limitMs} ms on ${method} ${call.path}`));
        });
      }
      request.on('error', (error) => {
        const stale = request.reusedSocket && 'code' in error && ['ECONNRESET', 'EPIPE'].includes(String(error.code));
        const message = `the container engine at ${this.#place.name} does not answer: ${error.message}`;
        reject(new (stale ? StaleConnection : DockerError)(message));
      });
      request.on('response', resolve);
      request.end(bytes);
    });
  }
}

class StaleConnection extends DockerError {}

interface Place {
  readonly name: string;
  readonly address: { readonly socketPath: string } | { readonly host: string; readonly port: number };
}

function placeOf(host: string): Place {
  const unix = /^unix:\/\/(\/.+)$/.exec(host);
  if (unix?.[1]) return { name: unix[1], address: { socketPath: unix[1] } };
  const tcp = /^(?:tcp|http):\/\/([^:/]+):(\d+)\/?$/.exec(host);
  if (tcp?.[1]) return { name: host, address: { host: tcp[1], port: Number(tcp[2]) } };
  throw new DockerError(`DOCKER_HOST is ${host}, expected unix:///path or tcp://host:port`);
}

/** Reads to the end, so that the connection can be used again. */
async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of response) chunks.push(chunk);
  } catch (error) {
    throw new DockerError(`the container engine broke off its answer: ${String(error)}`);
  }
  return Buffer.concat(chunks).toString();
}

export function parseJson<T>(text: string): T {
  try {
    return JSON.parse(text);
  } catch {
    throw new DockerError(`the container engine's answer is not JSON: ${text.slice(0, 200)}`);
  }
}

function messageIn(text: string): string | undefined {
  if (!text.startsWith('{')) return text.trim() || undefined;
  return parseJson<{ readonly message?: string }>(text).message;
}

function isOlder(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [thanMajor = 0, thanMinor = 0] = than.split('.').map(Number);
  return major < thanMajor || (major === thanMajor && minor < thanMinor);
}

function queryText(query: DockerCall['query'] = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const item of typeof value === 'string' ? [value] : value) parameters.append(name, item);
  }
  return parameters.size === 0 ? '' : `?${parameters.toString()}`;
}

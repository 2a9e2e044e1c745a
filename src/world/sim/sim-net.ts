import {
  type HttpAnswer,
  type HttpHandler,
  type HttpRequest,
  type HttpResponse,
  type Listener,
  type Net,
  NetError,
  type OutgoingRequest,
  type Socket,
  SocketRefused,
} from '../net.ts';
import { type SimLife, never } from './sim-life.ts';
import type { SimRandom } from './sim-random.ts';
import { collect, incomingRequest, type ParsedUrl, parseUrl } from './sim-http.ts';
import { SocketPair } from './sim-socket.ts';

/**
 * A network between named hosts, in one process. Hosts reach each other by name, themselves also as localhost. Faults:
 * partitions (nothing passes and nobody is told), and by chance requests that get lost, answers that get lost after the
 * request was carried out, requests that arrive twice (a proxy or a client that retries), resets and long delays.
 */
export class SimNet {
  readonly #random: SimRandom;
  readonly #typicalMs: number;
  readonly #servers = new Map<string, Server>();
  readonly #cuts = new Set<string>();
  readonly #sockets = new Set<SocketPair>();
  #faults: NetFaults = noFaults;
  #nextPort = 49_152;

  constructor(random: SimRandom, typicalMs = 0) {
    this.#random = random;
    this.#typicalMs = typicalMs;
  }

  /** Chances of misfortune from now on; leaving one out makes it 0. */
  setFaults(faults: Partial<NetFaults>): void {
    this.#faults = { ...noFaults, ...faults };
  }

  /** Nothing passes between the two hosts until `heal`. */
  cut(oneHost: string, otherHost: string): void {
    this.#cuts.add(linkOf(oneHost, otherHost));
  }

  /** Ends all partitions; what websockets held back is delivered. */
  heal(): void {
    this.#cuts.clear();
    for (const pair of this.#sockets) pair.flush();
  }

  /** Breaks every websocket between the two hosts, as a middlebox that forgets its connections does. */
  resetSockets(oneHost: string, otherHost: string): void {
    for (const pair of this.#sockets) if (pair.link === linkOf(oneHost, otherHost)) pair.reset();
  }

  /** The network as one process sees it. */
  as(life: SimLife): Net {
    return {
      listen: async (address, handler) => {
        if (!life.isAlive) return await never();
        await life.pass(0);
        return this.#listen(life, address.host, address.port, handler);
      },
      forward: async (address, url) => {
        if (!life.isAlive) return await never();
        await life.pass(0);
        const target = url.replace(/\/+$/, '');
        return this.#listen(life, address.host, address.port, {
          request: (request) => this.#forwarded(life, target, request),
          upgrade: async () => plainResponse(502, 'websockets are not forwarded here'),
        });
      },
      request: (request) => (life.isAlive ? this.#request(life, request) : never()),
      openSocket: (request) => (life.isAlive ? this.#openSocket(life, request.url, request.headers) : never()),
    };
  }

  #listen(life: SimLife, address: string, wantedPort: number, handler: HttpHandler): Listener {
    let port = wantedPort;
    if (port === 0) {
      while (this.#servers.has(`${life.host}:${this.#nextPort}`)) this.#nextPort += 1;
      port = this.#nextPort;
      this.#nextPort += 1;
    }
    const key = `${life.host}:${port}`;
    if (this.#servers.has(key)) {
      const message = `listen EADDRINUSE: address already in use ${address}:${port}`;
      throw new NetError(message, { code: 'EADDRINUSE' });
    }
    const server: Server = {
      life,
      handler,
      exchanges: new Set(),
      sockets: new Set(),
      loopbackOnly: isLoopback(address),
    };
    this.#servers.set(key, server);
    const stopAccepting = (): void => {
      if (this.#servers.get(key) === server) this.#servers.delete(key);
    };
    life.onEnd(stopAccepting);
    return {
      port,
      close: async () => {
        stopAccepting();
        for (const socket of server.sockets) socket.close(1001);
        await Promise.all(server.exchanges);
      },
    };
  }

  async #forwarded(life: SimLife, target: string, request: HttpRequest): Promise<HttpResponse> {
    const { method } = request;
    const headers = Object.fromEntries(request.headers);
    const body = await request.body.read(Number.MAX_SAFE_INTEGER);
    return this.#request(life, { method, url: `${target}${request.target}`, headers, ...(body && { body }) });
  }

  async #request(life: SimLife, request: OutgoingRequest): Promise<HttpAnswer> {
    const url = parseUrl(request.url);
    const serverHost = isOwn(url.hostname) ? life.host : url.hostname;
    const exchange = this.#exchange(life, serverHost, url, request);
    const answer = new Promise<HttpAnswer>((resolve, reject) => {
      exchange.answer.then(resolve, reject);
      const limitMs = request.timeoutMs ?? (this.#isCut(life.host, serverHost) ? connectTimeoutMs : undefined);
      if (limitMs === undefined) return;
      const timer = life.after(limitMs, () => {
        exchange.abandon();
        reject(new NetError(`${request.method} ${request.url}: no answer within ${limitMs} ms`));
      });
      const cancel = (): void => timer.cancel();
      exchange.answer.then(cancel, cancel);
    });
    return await answer;
  }

  /** One exchange; `abandon` is the client's leaving. */
  #exchange(
    client: SimLife,
    serverHost: string,
    url: ParsedUrl,
    request: OutgoingRequest,
  ): { readonly answer: Promise<HttpAnswer>; readonly abandon: () => void } {
    let leave: () => void = () => undefined;
    const left = new Promise<void>((resolve) => {
      leave = resolve;
    });
    const forgetLife = client.onEnd(leave);
    const run = async (): Promise<HttpAnswer> => {
      const failed = (why: string): NetError => new NetError(`${request.method} ${request.url}: ${why}`);
      await client.pass(this.#latencyMs(client.host, serverHost));
      if (this.#isCut(client.host, serverHost)) return await never();
      if (this.#random.chance(this.#faults.loseRequest)) throw failed('read ECONNRESET');
      const server = this.#servers.get(`${serverHost}:${url.port}`);
      if (!server || (server.loopbackOnly && serverHost !== client.host)) {
        if (!this.#isKnown(serverHost, client)) throw failed(`getaddrinfo ENOTFOUND ${serverHost}`);
        throw failed(`connect ECONNREFUSED ${serverHost}:${url.port}`);
      }
      const incoming = (): HttpRequest => incomingRequest(request.method, url, request, remoteAddressOf(url, client));
      if (this.#random.chance(this.#faults.duplicateRequest)) {
        server.life.after(this.#random.integer(0, 10_000), () => {
          void track(server, serve(server, incoming(), left)).catch(() => undefined); // nobody waits for its answer
        });
      }
      const served = track(server, serve(server, incoming(), left));
      const ending = this.#serverEnds(server, client, failed);
      const answer = await Promise.race([served, ending.comes, left.then(() => never())]);
      ending.forget();
      if (this.#random.chance(this.#faults.loseAnswer)) throw failed('socket hang up');
      await client.pass(this.#latencyMs(serverHost, client.host));
      if (this.#isCut(client.host, serverHost)) return await never();
      return answer;
    };
    return { answer: run().finally(forgetLife), abandon: leave };
  }

  async #openSocket(client: SimLife, urlText: string, headers: Readonly<Record<string, string>>): Promise<Socket> {
    const url = parseUrl(urlText);
    const serverHost = isLoopback(url.hostname) ? client.host : url.hostname;
    const failed = (why: string): NetError => new NetError(`websocket ${urlText}: ${why}`);
    await client.pass(this.#latencyMs(client.host, serverHost));
    if (this.#isCut(client.host, serverHost)) {
      await client.pass(connectTimeoutMs);
      throw failed('connect ETIMEDOUT');
    }
    if (this.#random.chance(this.#faults.loseRequest)) throw failed('read ECONNRESET');
    const server = this.#servers.get(`${serverHost}:${url.port}`);
    if (!server || (server.loopbackOnly && serverHost !== client.host)) {
      if (!this.#isKnown(serverHost, client)) throw failed(`getaddrinfo ENOTFOUND ${serverHost}`);
      throw failed(`connect ECONNREFUSED ${serverHost}:${url.port}`);
    }
    const request = incomingRequest(
      'GET',
      url,
      { headers: { ...headers, connection: 'Upgrade', upgrade: 'websocket' } },
      remoteAddressOf(url, client),
    );
    const ending = this.#serverEnds(server, client, failed);
    const outcome = await Promise.race([server.handler.upgrade(request).catch(() => internalError), ending.comes]);
    ending.forget();
    if (typeof outcome !== 'function') {
      const body = await collect(outcome.body, never());
      await client.pass(this.#latencyMs(serverHost, client.host));
      throw new SocketRefused(outcome.status, new TextDecoder().decode(body));
    }
    if (!server.life.isAlive || !client.isAlive) return await never();
    const pair = new SocketPair({
      client,
      server: server.life,
      link: linkOf(client.host, serverHost),
      latencyMs: () => this.#latencyMs(client.host, serverHost),
      isCut: () => this.#isCut(client.host, serverHost),
      resets: () => this.#random.chance(this.#faults.resetSocket),
      arrivals: () => this.#arrivals(),
      forget: () => {
        this.#sockets.delete(pair);
        server.sockets.delete(pair.serverEnd);
      },
    });
    this.#sockets.add(pair);
    server.sockets.add(pair.serverEnd);
    outcome(pair.serverEnd);
    await client.pass(this.#latencyMs(serverHost, client.host));
    return pair.clientEnd;
  }

  /** Rejects when the server's process is killed (its kernel resets the connection). Power loss tells nobody. */
  #serverEnds(
    server: Server,
    client: SimLife,
    failed: (why: string) => NetError,
  ): { readonly comes: Promise<never>; readonly forget: () => void } {
    let forget = (): void => undefined;
    const comes = new Promise<never>((_, reject) => {
      forget = server.life.onEnd((ending) => {
        const delayMs = ending === 'process' ? this.#latencyMs(server.life.host, client.host) : connectTimeoutMs;
        client.after(delayMs, () => reject(failed('socket hang up')));
      });
    });
    return { comes, forget };
  }

  readonly #hosts = new Set<string>();

  /** Makes a host's name known: a name that is not known fails otherwise than one that does not answer. */
  addHost(name: string): void {
    this.#hosts.add(name);
  }

  #isKnown(host: string, client: SimLife): boolean {
    return host === client.host || this.#hosts.has(host) || isOwn(host);
  }

  #isCut(oneHost: string, otherHost: string): boolean {
    return this.#cuts.size > 0 && this.#cuts.has(linkOf(oneHost, otherHost));
  }

  /** Of one websocket message. */
  #arrivals(): readonly number[] {
    const { loseMessage, repeatMessage, holdUpMessage } = this.#faults;
    if (loseMessage + repeatMessage + holdUpMessage === 0) return onTime;
    if (this.#random.chance(loseMessage)) return [];
    const lateMs = (): number => this.#random.integer(1, longestHoldUpMs);
    const first = this.#random.chance(holdUpMessage) ? lateMs() : 0;
    return this.#random.chance(repeatMessage) ? [first, lateMs()] : [first];
  }

  #latencyMs(from: string, to: string): number {
    if (this.#typicalMs === 0) return 0;
    const slow = this.#random.chance(this.#faults.delay) ? 1000 : 1;
    return this.#random.latencyMs(from === to ? this.#typicalMs / 10 : this.#typicalMs) * slow;
  }
}

/** Probabilities, per request or per websocket message. */
export interface NetFaults {
  /** The request never arrives and the client is told. */
  readonly loseRequest: number;
  /** The request is carried out and the client is told that it failed. */
  readonly loseAnswer: number;
  /** The request is carried out a second time, later. */
  readonly duplicateRequest: number;
  readonly resetSocket: number;
  /** A websocket message never arrives and nobody is told. */
  readonly loseMessage: number;
  /** It arrives a second time, later. */
  readonly repeatMessage: number;
  /** It arrives after those that were sent up to ten seconds later. */
  readonly holdUpMessage: number;
  /** The packet takes a thousand times as long. */
  readonly delay: number;
}

const noFaults: NetFaults = {
  loseRequest: 0,
  loseAnswer: 0,
  duplicateRequest: 0,
  resetSocket: 0,
  loseMessage: 0,
  repeatMessage: 0,
  holdUpMessage: 0,
  delay: 0,
};

const onTime: readonly number[] = [0];
const longestHoldUpMs = 10_000;

/** How long a client without a limit of its own waits for a peer that is silent. */
const connectTimeoutMs = 20_000;

interface Server {
  readonly life: SimLife;
  readonly handler: HttpHandler;
  readonly loopbackOnly: boolean;
  readonly exchanges: Set<Promise<unknown>>;
  readonly sockets: Set<Socket>;
}

const internalError: HttpResponse = { status: 500, headers: {}, body: '' };

/** Carries out the request. An error the handler did not expect is a 500, as on a real server. */
async function serve(server: Server, request: HttpRequest, left: Promise<void>): Promise<HttpAnswer> {
  const response = await server.handler.request(request).catch(() => internalError);
  const body = await collect(response.body, left);
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return { status: response.status, headers, body };
}

function track<T>(server: Server, exchange: Promise<T>): Promise<T> {
  const settled = exchange.then(
    () => undefined,
    () => undefined,
  );
  server.exchanges.add(settled);
  void settled.then(() => server.exchanges.delete(settled));
  return exchange;
}

function remoteAddressOf(url: ParsedUrl, client: SimLife): string {
  return isLoopback(url.hostname) ? '127.0.0.1' : client.host;
}

/** Every machine has these for itself: loopback, and the address of the task endpoint. */
function isOwn(host: string): boolean {
  return isLoopback(host) || host === '169.254.170.2';
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.startsWith('127.') || host === '[::1]' || host === '::1';
}

function linkOf(oneHost: string, otherHost: string): string {
  return oneHost < otherHost ? `${oneHost}|${otherHost}` : `${otherHost}|${oneHost}`;
}

function plainResponse(status: number, body: string): HttpResponse {
  return { status, headers: { 'content-type': 'text/plain' }, body };
}

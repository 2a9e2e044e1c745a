import { createServer, request, type Server } from 'node:http';
import { realDocker } from '../src/world/real/real-docker.ts';
import type { Docker } from '../src/world/docker.ts';

export interface EngineCall {
  readonly begin: number;
  readonly end: number;
}

/** Stands before the engine's socket, passes everything on, and notes when create and start of containers begin and end. */
export class EngineProxy {
  readonly path: string;
  readonly docker: Docker;
  readonly #server: Server;
  #create: EngineCall | undefined;
  #waiting: ((calls: { readonly create: EngineCall; readonly start: EngineCall }) => void) | undefined;

  private constructor(path: string) {
    this.path = path;
    this.docker = realDocker(`unix://${path}`);
    this.#server = createServer((incoming, outgoing) => {
      const begin = performance.now();
      const { method = 'GET', url = '/', headers } = incoming;
      const onward = request({ socketPath: '/var/run/docker.sock', method, path: url, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        outgoing.flushHeaders();
        answer.pipe(outgoing);
        answer.on('end', () => this.#note(url, { begin, end: performance.now() }));
      });
      onward.on('error', (error) => outgoing.destroy(error));
      outgoing.on('close', () => onward.destroy());
      incoming.pipe(onward);
    });
  }

  static async listen(path: string): Promise<EngineProxy> {
    const proxy = new EngineProxy(path);
    await new Promise<void>((resolve) => proxy.#server.listen(path, resolve));
    return proxy;
  }

  /** The next create and the start that follows it. */
  nextStart(): Promise<{ readonly create: EngineCall; readonly start: EngineCall }> {
    this.#create = undefined;
    return new Promise((resolve) => (this.#waiting = resolve));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #note(url: string, call: EngineCall): void {
    if (/\/containers\/create\b/.test(url)) this.#create = call;
    if (!/\/containers\/[^/]+\/start$/.test(url) || !this.#create) return;
    this.#waiting?.({ create: this.#create, start: call });
    this.#waiting = undefined;
  }
}

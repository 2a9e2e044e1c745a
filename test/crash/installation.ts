import { createServer } from 'node:net';
import { join } from 'node:path';
import { createAwsClient } from '../../src/aws/client.ts';
import { realWorld } from '../../src/world/real/real-world.ts';
import {
  clientEnvironment,
  type LongshoreProcess,
  type Server,
  startLongshore,
  startServer,
  testKeys,
} from '../running/server.ts';

export type Client = ReturnType<typeof createAwsClient>;

/** A server and an agent in processes of their own, on one data directory, that can be killed and started again. */
export class Installation {
  readonly #directory: string;
  #port: number | undefined;
  #server: Server | undefined;
  #agent: LongshoreProcess | undefined;
  #client: Client | undefined;

  constructor(directory: string) {
    this.#directory = directory;
  }

  get client(): Client {
    if (!this.#client) throw new Error('the installation has been started once');
    return this.#client;
  }

  /** Starts what does not run. */
  async start(): Promise<void> {
    this.#port ??= await freePort();
    this.#server ??= await startServer({
      dataDirectory: join(this.#directory, 'server'),
      port: this.#port,
      agent: false,
    });
    const { endpoint } = this.#server;
    this.#client ??= createAwsClient({ ...realWorld(), endpoint, region: 'us-east-1', credentials: testKeys });
    this.#agent ??= startLongshore(
      ['agent', '--cluster', 'crash', '--data-dir', join(this.#directory, 'agent')],
      clientEnvironment(endpoint),
    );
  }

  /** SIGKILL. */
  async kill(which: 'server' | 'agent' | 'both'): Promise<void> {
    const server = which === 'agent' ? undefined : this.#server;
    const agent = which === 'server' ? undefined : this.#agent;
    await Promise.all([server?.kill(), agent?.end('SIGKILL')]);
    if (server) this.#server = undefined;
    if (agent) this.#agent = undefined;
  }

  async end(): Promise<void> {
    await this.#agent?.end('SIGTERM');
    await this.#server?.stop();
  }

  log(): string {
    return `--- server\n${this.#server?.log() ?? ''}\n--- agent\n${this.#agent?.log() ?? ''}`;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

import { Agent, request } from 'node:http';
import { createSigner } from '../src/aws/signer.ts';
import { realWorld } from '../src/world/real/real-world.ts';
import { testKeys } from '../test/running/server.ts';

/** One connection that is kept, over which prepared requests go one after another. */
export class KeptConnection {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  /** Sends and reads the whole answer. Rejects when the status is not 200. */
  send(prepared: Prepared): Promise<string> {
    return new Promise((resolve, reject) => {
      const { port, headers, body } = prepared;
      const post = request(
        { host: '127.0.0.1', port, method: 'POST', path: '/', headers, agent: this.#agent },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            if (response.statusCode === 200) resolve(text);
            else reject(new Error(`HTTP ${String(response.statusCode)}: ${text}`));
          });
        },
      );
      post.on('error', reject);
      post.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

export interface Prepared {
  readonly port: number;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: string;
}

/** A signed ECS request that may be sent many times: the client's own signing is not what is measured. */
export function prepare(port: number, operation: string, input: object): Prepared {
  const body = JSON.stringify(input);
  const sign = createSigner({ ...realWorld(), region: 'us-east-1', credentials: testKeys });
  const headers = sign({
    method: 'POST',
    url: `http://127.0.0.1:${port}/`,
    headers: {
      host: `127.0.0.1:${port}`,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AmazonEC2ContainerServiceV20141113.${operation}`,
    },
    body,
    service: 'ecs',
  });
  return { port, headers: { ...headers, 'content-length': Buffer.byteLength(body) }, body };
}

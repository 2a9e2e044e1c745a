import { request } from 'node:http';

/** Docker Swarm over the engine's socket: a service, how many of its tasks run, its update and its removal. */
export class Swarm {
  readonly #socketPath: string;

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
  }

  async begin(): Promise<void> {
    await this.#call('POST', '/swarm/init', { ListenAddr: '127.0.0.1:2377', AdvertiseAddr: '127.0.0.1' });
  }

  async leave(): Promise<void> {
    await this.#call('POST', '/swarm/leave?force=true');
  }

  async createService(spec: object): Promise<string> {
    const { ID } = await this.#call<{ readonly ID: string }>('POST', '/services/create', spec);
    return ID;
  }

  async updateService(id: string, spec: object): Promise<void> {
    const { Version } = await this.#call<{ readonly Version: { readonly Index: number } }>('GET', `/services/${id}`);
    await this.#call('POST', `/services/${id}/update?version=${Version.Index}`, spec);
  }

  async removeService(id: string): Promise<void> {
    await this.#call('DELETE', `/services/${id}`);
  }

  /** Its tasks that run, by the value of their first environment variable. */
  async running(id: string): Promise<ReadonlyMap<string, number>> {
    const filters = encodeURIComponent(JSON.stringify({ service: { [id]: true } }));
    const tasks = await this.#call<readonly SwarmTask[]>('GET', `/tasks?filters=${filters}`);
    const counts = new Map<string, number>();
    for (const { Status, Spec } of tasks) {
      const value = Spec.ContainerSpec.Env[0] ?? '';
      if (Status.State === 'running') counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    return counts;
  }

  #call<Answer = unknown>(method: string, path: string, body?: object): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = body === undefined ? '' : JSON.stringify(body);
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(sent) };
      const call = request({ socketPath: this.#socketPath, method, path, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (data: string) => (text += data));
        response.on('end', () => {
          const status = response.statusCode ?? 0;
          if (status >= 300) reject(new Error(`${method} ${path} was answered ${status}: ${text}`));
          else resolve(text === '' ? undefined : JSON.parse(text));
        });
      });
      call.on('error', reject);
      call.end(sent);
    });
  }
}

interface SwarmTask {
  readonly Status: { readonly State: string };
  readonly Spec: { readonly ContainerSpec: { readonly Env: readonly string[] } };
}

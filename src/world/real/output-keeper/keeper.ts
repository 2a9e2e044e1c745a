import { existsSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { DockerConnection } from '../docker-connection.ts';
import { KeptContainer } from './kept-container.ts';
import { type Answer, isContainerId, messagesOf, type Request } from './protocol.ts';

/** With nothing left to keep it stays so long for an agent that may have more, and for one that may come back. */
const idleMs = { withAgent: 30_000, alone: 2000 } as const;

export interface KeeperOptions {
  /** Of the kept output, a folder for each container. */
  readonly directory: string;
  /** Of its unix socket. */
  readonly socketPath: string;
  readonly dockerHost?: string;
}

/**
 * The process that takes what containers write, from the engine into files, while agents come and go: the engine keeps
 * nothing of a container that somebody is attached to, which is what makes this several times as fast as its log
 * drivers. It decides nothing, and ends when there is nothing to keep. Resolves at its end.
 */
export async function keepOutputs(options: KeeperOptions): Promise<void> {
  const engine = new DockerConnection(
    options.dockerHost || process.env['DOCKER_HOST'] || 'unix:///var/run/docker.sock',
  );
  const containers = new Map<string, KeptContainer>();
  const changed = new Map<string, Set<() => void>>();
  const agents = new Set<Socket>();

  function containerOf(id: string): KeptContainer {
    const known = containers.get(id);
    if (known) return known;
    const container = new KeptContainer(engine, id, join(options.directory, id), () => {
      for (const tell of changed.get(id) ?? []) tell();
    });
    containers.set(id, container);
    return container;
  }

  async function answer(request: Request, gone: AbortSignal): Promise<Omit<Answer, 'n'>> {
    if (!isContainerId(request.id)) return { error: `'${request.id}' is no container's id` };
    switch (request.verb) {
      case 'keep': {
        const container = containerOf(request.id);
        container.spool.maxBufferBytes = request.maxBufferBytes;
        await container.attach();
        return {};
      }
      case 'wait':
        return await nextOf(request, gone);
      case 'release': {
        const container = containers.get(request.id);
        container?.spool.release(request.timeUs ?? 0);
        container?.released();
        return {};
      }
      case 'forget': {
        const folder = join(options.directory, request.id);
        const container = containers.get(request.id);
        containers.delete(request.id);
        container?.end();
        container?.spool.remove();
        if (!container) rmSync(folder, { recursive: true, force: true });
        return {};
      }
    }
  }

  /** Where the output ends, as soon as that is not where the reader is, or as soon as it is to know of lines that are lost. */
  async function nextOf(
    { id, segment, size, isLosing = false }: Request,
    gone: AbortSignal,
  ): Promise<Omit<Answer, 'n'>> {
    // Never attached to by any keeper: what it wrote is the engine's.
    if (!containers.has(id) && !existsSync(join(options.directory, id))) return { isUnknown: true };
    const container = containerOf(id);
    void container.resume();
    for (;;) {
      const { end, losing, lostLines } = container.spool;
      const isNew = end.segment !== segment || end.size !== size || (losing !== undefined) !== isLosing;
      if (isNew || container.hasEnded || gone.aborted) {
        const lost = { ...(losing !== undefined && { losing }), lostLines };
        return { ...end, ...lost, hasEnded: container.hasEnded };
      }
      await new Promise<void>((resolve) => {
        const waiting = changed.get(id) ?? new Set();
        changed.set(id, waiting);
        const tell = (): void => {
          waiting.delete(tell);
          if (waiting.size === 0) changed.delete(id);
          gone.removeEventListener('abort', tell);
          resolve();
        };
        waiting.add(tell);
        gone.addEventListener('abort', tell);
      });
    }
  }

  if (!(await isFree(options.socketPath))) return; // another one serves already
  const server = createServer((socket) => {
    agents.add(socket);
    const gone = new AbortController();
    socket.on('error', () => undefined); // its close says all
    socket.on('close', () => {
      agents.delete(socket);
      gone.abort();
    });
    messagesOf<Request>(socket, (request) => {
      void answer(request, gone.signal)
        .catch((error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }))
        .then((given) => socket.writable && socket.write(`${JSON.stringify({ n: request.n, ...given })}\n`));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.listen(options.socketPath, resolve);
  });
  await new Promise<void>((resolve) => {
    let idleSinceMs = performance.now();
    const timer = setInterval(() => {
      if ([...containers.values()].some((container) => container.isAttached)) idleSinceMs = performance.now();
      const limitMs = agents.size > 0 ? idleMs.withAgent : idleMs.alone;
      if (performance.now() - idleSinceMs < limitMs) return;
      clearInterval(timer);
      resolve();
    }, 500);
  });
  server.close();
  for (const agent of agents) agent.destroy();
}

/** Removes the socket of a keeper that was killed. */
async function isFree(socketPath: string): Promise<boolean> {
  const answers = await new Promise<boolean>((resolve) => {
    const socket = connect(socketPath, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
  if (!answers) rmSync(socketPath, { force: true });
  return !answers;
}

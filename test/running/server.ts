import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const longshore = fileURLToPath(new URL('../../bin/longshore', import.meta.url));

export const testKeys = {
  accessKeyId: 'AKIATESTTESTTESTTEST',
  secretAccessKey: 'test-secret-test-secret-test-secret-test',
} as const;

/** A Longshore of a test's own: the real program, on a free port, with a data directory that goes with it. */
export interface Server {
  readonly endpoint: string;
  readonly dataDirectory: string;
  /** For clients: endpoint, region and keys as the AWS tools read them. */
  readonly environment: NodeJS.ProcessEnv;
  /** The same for a client of the SDK. */
  readonly sdk: { readonly endpoint: string; readonly region: string; readonly credentials: typeof testKeys };
  readonly pid: number;
  /** What it has written to standard error so far. */
  log(): string;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves to the exit code. */
  stop(): Promise<number | null>;
}

export interface ServerOptions {
  readonly dataDirectory: string;
  readonly port?: number;
  readonly agent?: boolean;
  readonly environment?: NodeJS.ProcessEnv;
  readonly asService?: boolean;
}

/** Starts `longshore up` and resolves when it says that it is ready. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const args = [
    'up',
    '--port',
    String(options.port ?? 0),
    '--data-dir',
    options.dataDirectory,
    '--credentials',
    `${testKeys.accessKeyId}:${testKeys.secretAccessKey}`,
    ...(options.agent === false ? ['--no-agent'] : []),
  ];
  const process = startLongshore(args, options.environment ?? {}, options.asService);
  const firstLine = await Promise.race([
    once(process.child.stdout ?? failNoPipe(), 'data').then(([data]) => String(data)),
    once(process.child, 'exit').then(([code]) => {
      throw new Error(`longshore up ended with code ${String(code)}: ${process.log()}`);
    }),
  ]);
  const endpoint = /http:\/\/\S+/.exec(firstLine)?.[0];
  if (!endpoint) throw new Error(`longshore up said '${firstLine}'`);
  return {
    endpoint,
    dataDirectory: options.dataDirectory,
    environment: clientEnvironment(endpoint),
    sdk: { endpoint, region: 'us-east-1', credentials: testKeys },
    pid: process.pid,
    log: process.log,
    kill: () => process.end('SIGKILL').then(() => undefined),
    stop: () => process.end('SIGTERM'),
  };
}

/**
 * Any longshore command as a child whose standard error is kept. `asService` gives it a session of its own, as service
 * managers do; an interrupt of the terminal does not reach it there.
 */
export function startLongshore(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  asService = false,
): LongshoreProcess {
  // Sandboxes that wait for tasks would outlive the agents that tests kill; a test of them asks for some.
  const variables = { ...process.env, LONGSHORE_WARM_SANDBOXES: '0', ...environment };
  const child = spawn(longshore, args, { env: variables, stdio: ['ignore', 'pipe', 'pipe'], detached: asService });
  let log = '';
  child.stderr.on('data', (data: Buffer) => (log = `${log}${data.toString()}`.slice(-200_000)));
  // Nobody reads standard output after the first line; unread it would fill the pipe.
  child.stdout.on('data', () => undefined);
  const ended = once(child, 'exit');
  return {
    child,
    pid: child.pid ?? -1,
    log: () => log,
    end: async (signal) => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      const [code] = await ended;
      return code;
    },
  };
}

export interface LongshoreProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly log: () => string;
  readonly end: (signal: NodeJS.Signals) => Promise<number | null>;
}

export function clientEnvironment(endpoint: string): NodeJS.ProcessEnv {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: testKeys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: testKeys.secretAccessKey,
    AWS_SESSION_TOKEN: undefined,
    AWS_PROFILE: undefined,
    AWS_PAGER: '',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_MAX_ATTEMPTS: '1',
  };
}

export async function temporaryDirectory(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'longshore-test-'));
  return {
    path,
    async remove() {
      // Tasks outlive the agent that a test ends, and what is mounted for them does.
      const mounts = (await readFile('/proc/self/mounts', 'utf8').catch(() => '')).split('\n');
      const inside = mounts.flatMap((line) => line.split(' ')[1] ?? []).filter((mount) => mount.startsWith(`${path}/`));
      for (const mount of inside) await promisify(execFile)('umount', [mount]);
      await rm(path, { recursive: true, force: true });
    },
  };
}

function failNoPipe(): never {
  throw new Error('the child has no standard output');
}

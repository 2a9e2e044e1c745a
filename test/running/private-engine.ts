import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { realDocker } from '../../src/world/real/real-docker.ts';
import { host } from './engine.ts';
import { eventually } from './eventually.ts';

/** An engine of one's own, in a network namespace of its own: the machine's engine and its bridge are left alone. Needs root. */
export interface PrivateEngine {
  /** For DOCKER_HOST. */
  readonly address: string;
  readonly socketPath: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Stops it and takes its namespace away. */
  remove(): Promise<void>;
}

export interface PrivateEngineOptions {
  readonly environment?: NodeJS.ProcessEnv;
  /** With the usual bridge network and its rules, as on any machine; else containers have the host's or none. */
  readonly bridge?: boolean;
  /** More of dockerd's, such as a runtime. */
  readonly engineArguments?: readonly string[];
}

/** Starts one whose files are under `directory`. */
export async function startPrivateEngine(
  directory: string,
  options: PrivateEngineOptions = {},
): Promise<PrivateEngine> {
  const namespace = `longshore-test-${process.pid}`;
  const socketPath = join(directory, 'docker.sock');
  const address = `unix://${socketPath}`;
  let child: ChildProcess | undefined;
  const engine: PrivateEngine = {
    address,
    socketPath,
    async start() {
      const started = spawnEngine(directory, namespace, address, options);
      child = started;
      const docker = realDocker(address);
      await eventually('the answer of the engine', async () => {
        if (started.exitCode !== null) throw new Error(`dockerd ended with code ${started.exitCode}`);
        return await docker.version().catch(() => undefined); // not up yet: asked again
      });
    },
    async stop() {
      if (!child || child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
    async remove() {
      await engine.stop();
      // It leaves the namespace of its host-network containers mounted.
      const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n').map((line) => line.split(' ')[1] ?? '');
      for (const mount of mounts) if (mount.startsWith(`${directory}/`)) await host('umount', mount);
      await host('ip', 'netns', 'delete', namespace);
    },
  };
  await host('ip', 'netns', 'add', namespace);
  await host('ip', '-n', namespace, 'link', 'set', 'lo', 'up');
  await engine.start();
  return engine;
}

function spawnEngine(
  directory: string,
  namespace: string,
  address: string,
  { environment = {}, bridge = false, engineArguments = [] }: PrivateEngineOptions,
): ChildProcess {
  const log = openSync(join(directory, 'dockerd.log'), 'a');
  const paths = [
    '--data-root',
    join(directory, 'data'),
    '--exec-root',
    join(directory, 'exec'),
    '--pidfile',
    join(directory, 'docker.pid'),
  ];
  // nsenter and not `ip netns exec`, which hides the cgroups under a fresh /sys.
  const enter = [`--net=/var/run/netns/${namespace}`, 'dockerd', '-H', address];
  return spawn(
    'nsenter',
    [...enter, ...(bridge ? [] : ['--bridge=none', '--iptables=false']), ...paths, ...engineArguments],
    {
      env: { ...process.env, ...environment },
      stdio: ['ignore', log, log],
    },
  );
}

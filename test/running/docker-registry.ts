import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { eventually } from './eventually.ts';

/** Another registry, the real one: Debian's docker-registry. */
export interface DockerRegistry {
  readonly host: string;
  stop(): Promise<void>;
}

/** Whom a locked registry lets in, and the line of a password file for that, as `htpasswd -B` writes it. */
export const someone = {
  username: 'someone',
  password: 'something',
  passwordLine: 'someone:$2b$04$xiMBj3yx9g7hTwNifds7tuGsEUIZ.ZIATxXQQ7WGryUezQlCu3MCu\n',
} as const;

/** With a password file, as `htpasswd -B` writes it, it gives nothing to who does not know a password. */
export async function startDockerRegistry(directory: string, passwordFile?: string): Promise<DockerRegistry> {
  const port = await freePort();
  const root = join(directory, 'contents');
  await mkdir(root, { recursive: true });
  const config = join(directory, 'registry.yml');
  const settings = {
    version: '0.1',
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: root } },
    http: { addr: `127.0.0.1:${port}` },
    ...(passwordFile === undefined ? {} : { auth: { htpasswd: { realm: 'private', path: passwordFile } } }),
  };
  await writeFile(config, JSON.stringify(settings)); // JSON is YAML
  const child: ChildProcess = spawn('docker-registry', ['serve', config], { stdio: 'ignore' });
  const failed = new Promise<never>((_resolve, reject) => child.once('error', reject));
  const host = `localhost:${port}`;
  await eventually('docker-registry answers: is the package installed?', () =>
    Promise.race([fetch(`http://${host}/v2/`).catch(() => undefined), failed]),
  );
  return {
    host,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('a server on a port has an address');
  return address.port;
}

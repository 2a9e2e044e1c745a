import { execFile, spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { pack } from 'tar-stream';
import { clientOf } from '../test/running/cluster.ts';
import { startDockerRegistry } from '../test/running/docker-registry.ts';
import { type Server, startServer, temporaryDirectory } from '../test/running/server.ts';
import { type Figure, median, ratioFigure, timed } from './figure.ts';

const execute = promisify(execFile);
const layerBytes = 200_000_000;
const rounds = 3;

/**
 * Push and pull of one large layer by the docker client over loopback, against Debian's docker-registry on the same engine,
 * the two in turns; and how much memory the server takes on meanwhile. The layer is new in each round, as an engine does
 * not push what it knows a registry to have.
 */
export async function registry(): Promise<readonly Figure[]> {
  const directory = await temporaryDirectory();
  const server = await startServer({ dataDirectory: join(directory.path, 'server'), agent: false });
  const anchor = await startDockerRegistry(join(directory.path, 'anchor'));
  const environment = { ...process.env, DOCKER_CONFIG: join(directory.path, 'docker') };
  const docker = (...args: readonly string[]): Promise<unknown> => execute('docker', args, { env: environment });
  const images: string[] = [];
  try {
    const ours = await logIn(server, environment);
    const pushes: { readonly ours: number[]; readonly anchor: number[] } = { ours: [], anchor: [] };
    const pulls: { readonly ours: number[]; readonly anchor: number[] } = { ours: [], anchor: [] };
    const before = await residentMiB(server.pid);
    let most = before;
    const watch = setInterval(() => {
      void residentMiB(server.pid).then((now) => (most = Math.max(most, now)));
    }, 50);
    for (let round = 0; round < rounds; round += 1) {
      const built = `registry-bench:${process.pid}-${round}`;
      await importLayer(directory.path, built);
      // Who is first in a round finds the page cache and the engine as the other left them, so they take turns.
      const both = [
        { image: `${ours}:${round}`, times: 'ours' },
        { image: `${anchor.host}/bench:${round}`, times: 'anchor' },
      ] as const;
      const inTurn = round % 2 === 0 ? both : both.toReversed();
      for (const { image, times } of inTurn) {
        await docker('tag', built, image);
        images.push(image);
        pushes[times].push(await timed(() => docker('push', '--quiet', image)));
      }
      await docker('rmi', built, ...both.map(({ image }) => image));
      for (const { image, times } of inTurn) {
        pulls[times].push(await timed(() => docker('pull', '--quiet', image)));
        await docker('rmi', image);
      }
    }
    clearInterval(watch);
    const grown = most - before;
    const subject = 'docker, a 200 MB layer of random bytes over loopback';
    const against = 'docker-registry 2.8 of Debian, same engine, in turns';
    return [
      ratioFigure({
        name: 'push of a 200 MB layer',
        subject,
        anchor: against,
        oursMs: median(pushes.ours),
        anchorMs: median(pushes.anchor),
        atMost: 1,
      }),
      ratioFigure({
        name: 'pull of a 200 MB layer',
        subject,
        anchor: against,
        oursMs: median(pulls.ours),
        anchorMs: median(pulls.anchor),
        atMost: 1,
      }),
      {
        name: 'memory taken on by pushes and pulls',
        subject: `resident set of the server, most over ${rounds} pushes and pulls`,
        anchor: 'before them',
        ours: `${most.toFixed(0)} MiB`,
        anchors: `${before.toFixed(0)} MiB`,
        value: `+${grown.toFixed(0)} MiB`,
        goal: '< +64 MiB',
        held: grown < 64,
      },
    ];
  } finally {
    await Promise.all(images.map((image) => docker('rmi', image).catch(() => undefined))); // gone already
    await anchor.stop();
    await server.stop();
    await directory.remove();
  }
}

/** Gives the name under which images are pushed. */
async function logIn(server: Server, environment: NodeJS.ProcessEnv): Promise<string> {
  const client = clientOf(server);
  const { repository } = await client.call<{ readonly repository: { readonly repositoryUri: string } }>(
    'ecr',
    'CreateRepository',
    { repositoryName: 'bench' },
  );
  const { authorizationData } = await client.call<{
    readonly authorizationData: readonly { readonly authorizationToken: string; readonly proxyEndpoint: string }[];
  }>('ecr', 'GetAuthorizationToken', {});
  const { authorizationToken = '', proxyEndpoint = '' } = authorizationData[0] ?? {};
  const password = Buffer.from(authorizationToken, 'base64').toString().slice('AWS:'.length);
  await execute('docker', ['login', '--username', 'AWS', '--password', password, proxyEndpoint], { env: environment });
  return repository.repositoryUri;
}

/** An image of one layer of random bytes, which no compression makes smaller. */
async function importLayer(directory: string, name: string): Promise<void> {
  const path = join(directory, 'layer');
  const file = await open(path, 'w');
  for (let written = 0; written < layerBytes; written += 4_000_000) await file.write(randomBytes(4_000_000));
  await file.close();
  const archive = pack();
  const child = spawn('docker', ['import', '-', name], { stdio: ['pipe', 'ignore', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const sent = pipeline(archive, child.stdin);
  await pipeline(
    createReadStream(path, { highWaterMark: 1 << 20 }),
    archive.entry({ name: 'layer', size: layerBytes }),
  );
  archive.finalize();
  await sent;
  if ((await ended) !== 0) throw new Error('docker import failed');
}

async function residentMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

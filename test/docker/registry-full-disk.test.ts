// A disk that is full in the middle of a push, with the stock docker client: a clear error, nothing half-written, and
// everything goes on once there is room. The disk is a small file system of its own for the images.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { clientOf } from '../running/cluster.ts';
import { type DockerCli, dockerCli, logIn, type TokenAnswer } from '../running/docker-cli.ts';
import { docker as engine, ensureTestImage, testImage } from '../running/engine.ts';
import { type Server, startServer, temporaryDirectory } from '../running/server.ts';

const repositoryName = `full-${process.pid}`;

describe('a full disk under the registry', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let server: Server;
  let docker: DockerCli;
  let uri: string;
  let files: string;
  let token: string;
  const made: string[] = [];

  before(async () => {
    await ensureTestImage();
    directory = await temporaryDirectory();
    files = join(directory.path, 'server', 'images');
    await mkdir(files, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=32m', 'tmpfs', files]);
    server = await startServer({ dataDirectory: join(directory.path, 'server'), agent: false });
    const client = clientOf(server);
    const { repository } = await client.call<{ readonly repository: { readonly repositoryUri: string } }>(
      'ecr',
      'CreateRepository',
      { repositoryName },
    );
    uri = repository.repositoryUri;
    docker = dockerCli(directory.path);
    const authorization = await client.call<TokenAnswer>('ecr', 'GetAuthorizationToken', {});
    await logIn(docker, authorization);
    token = authorization.authorizationData[0]?.authorizationToken ?? '';
  });

  after(async () => {
    for (const image of made) await engine.removeImage(image).catch(() => undefined); // gone already
    await server?.stop();
    if (files) execFileSync('umount', [files]);
    await directory?.remove();
  });

  async function build(tag: string, layerBytes: number): Promise<string> {
    const image = `${uri}:${tag}`;
    await docker.build(image, { base: testImage, layerBytes });
    made.push(image);
    return image;
  }

  test('refuses what does not fit with a word that says so, and keeps nothing of it', async () => {
    const small = await build('small', 100_000);
    await docker('push', small);
    // Not with docker, which tries five times over a minute: there may be room by then.
    const authorization = `Basic ${token}`;
    const uploads = `${server.endpoint}/v2/${repositoryName}/blobs/uploads/`;
    const begun = await fetch(uploads, { method: 'POST', headers: { authorization } });
    const location = new URL(begun.headers.get('location') ?? '', server.endpoint);
    const refused = await fetch(location, {
      method: 'PATCH',
      headers: { authorization },
      body: Buffer.alloc(60_000_000),
    });
    assert.equal(refused.status, 507);
    assert.match(await refused.text(), /no space|storage is full|disk is full/i);
    assert.deepEqual(await readdir(join(files, 'uploads')), []);
    assert.match(server.log(), /registry\.full/);
  });

  test('goes on serving and taking what fits', async () => {
    const other = await build('other', 100_000);
    await docker('push', other);
    for (const tag of ['small', 'other']) {
      await docker('rmi', `${uri}:${tag}`);
      await docker('pull', `${uri}:${tag}`);
    }
  });

  test('takes the same push once there is room', async () => {
    execFileSync('mount', ['-o', 'remount,size=200m', files]);
    const large = await build('large', 60_000_000);
    await docker('push', large);
    await docker('rmi', large);
    await docker('pull', large);
  });
});

// A disk that is full in the middle of a push, with the stock docker client: a clear error, nothing half-written, and
// everything goes on once there is room. The disk is a small file system of its own for the images.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { clientOf } from '../../running/cluster.ts';
import { type ControlPlane, startControlPlane } from '../../running/control-plane.ts';
import { type DockerCli, dockerCli, logIn, type TokenAnswer } from '../../running/docker-cli.ts';
import { docker as engine, ensureTestImage, testImage } from '../../running/engine.ts';

const repositoryName = `full-${process.pid}`;

describe('a full disk under the registry', () => {
  let server: ControlPlane;
  let docker: DockerCli;
  let uri: string;
  let files: string;
  const made: string[] = [];

  before(async () => {
    await ensureTestImage();
    server = await startControlPlane(async (directory) => {
      files = join(directory, 'server', 'images');
      await mkdir(files, { recursive: true });
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', files]);
      return {};
    });
    const client = clientOf(server);
    const { repository } = await client.call<{ readonly repository: { readonly repositoryUri: string } }>(
      'ecr',
      'CreateRepository',
      { repositoryName },
    );
    uri = repository.repositoryUri;
    docker = dockerCli(server.directory);
    await logIn(docker, await client.call<TokenAnswer>('ecr', 'GetAuthorizationToken', {}));
  });

  after(async () => {
    for (const image of made) await engine.removeImage(image).catch(() => undefined); // gone already
    await server?.end(); // and what is mounted in its directory
  });

  async function build(tag: string, layerBytes: number): Promise<string> {
    const image = `${uri}:${tag}`;
    await docker.build(image, { base: testImage, layerBytes });
    made.push(image);
    return image;
  }

  test('tells the docker client in plain words what does not fit, each time, and keeps nothing of it', async () => {
    await docker('push', await build('small', 100_000));
    const large = await build('large', 20_000_000);
    for (let push = 0; push < 3; push += 1) {
      await assert.rejects(docker('push', large), {
        stderr: 'denied: no space left on device: the disk of the registry is full. Free some of it and push again.\n',
      });
    }
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
    const large = `${uri}:large`;
    await docker('push', large);
    await docker('rmi', large);
    await docker('pull', large);
  });
});

// The stock docker client and a real engine against the registry, with no setting of the engine: log in, build, push, pull,
// delete, an index of two platforms, a service by its ECR name, and a server that is killed in the middle of a push.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import type { DescribeImagesResponse } from '@aws-sdk/client-ecr';
import type { DescribeTasksResponse, ListTasksResponse } from '@aws-sdk/client-ecs';
import { type AwsCli, awsCli } from '../running/aws-cli.ts';
import type { Client } from '../running/cluster.ts';
import { type DockerCli, dockerCli } from '../running/docker-cli.ts';
import { docker as engine, ensureTestImage, testImage } from '../running/engine.ts';
import { eventually } from '../running/eventually.ts';
import { Installation } from '../running/installation.ts';
import { createTaskRole, roleArn } from '../running/roles.ts';

const execute = promisify(execFile);
const repositoryName = `registry-test-${process.pid}/app`;
const ecrName = `000000000000.dkr.ecr.us-east-1.amazonaws.com/${repositoryName}`;

describe('the registry, with the docker client', () => {
  let installation: Installation;
  let cluster: string;
  let directory: string;
  let client: Client;
  let aws: AwsCli;
  let docker: DockerCli;
  let uri: string;
  const made = new Set<string>();

  before(async () => {
    await ensureTestImage();
    installation = await Installation.start('registry');
    ({ client, cluster, directory } = installation);
    docker = dockerCli(directory);
    aws = awsCli(installation.server);
    const { repository } = await aws<{ readonly repository: { readonly repositoryUri: string } }>(
      'ecr',
      'create-repository',
      '--repository-name',
      repositoryName,
    );
    uri = repository.repositoryUri;
    assert.equal(uri, `localhost:${new URL(installation.server.endpoint).port}/${repositoryName}`);
  });

  after(async () => {
    await installation?.end();
    for (const image of [...made, `${ecrName}:v1`]) await engine.removeImage(image).catch(() => undefined); // gone already
  });

  async function build(tag: string, base: string, layerBytes: number): Promise<string> {
    const image = `${uri}:${tag}`;
    await docker.build(image, { base, layerBytes });
    made.add(image);
    return image;
  }

  async function images(): Promise<NonNullable<DescribeImagesResponse['imageDetails']>> {
    const { imageDetails = [] } = await aws<DescribeImagesResponse>(
      'ecr',
      'describe-images',
      '--repository-name',
      repositoryName,
    );
    return imageDetails;
  }

  async function digestOf(tag: string): Promise<string> {
    const found = (await images()).find(({ imageTags }) => imageTags?.includes(tag));
    assert.ok(found?.imageDigest, `the image ${tag} is in the repository`);
    return found.imageDigest;
  }

  test('logs in with a password of ECR, and not with another', async () => {
    const { authorizationData } = await client.call<{
      readonly authorizationData: readonly { readonly authorizationToken: string; readonly proxyEndpoint: string }[];
    }>('ecr', 'GetAuthorizationToken', {});
    const { authorizationToken = '', proxyEndpoint = '' } = authorizationData[0] ?? {};
    const password = Buffer.from(authorizationToken, 'base64').toString().slice('AWS:'.length);
    const login = ['login', '--username', 'AWS', '--password'];
    await assert.rejects(docker(...login, `${password}x`, proxyEndpoint), /401 Unauthorized/);
    assert.match(await docker(...login, password, proxyEndpoint), /Login Succeeded/);
  });

  test('pushes what was built from scratch, and again only what is missing', async () => {
    const image = await build('v1', testImage, 100_000);
    const first = await docker('push', image);
    assert.match(first, /v1: digest: sha256:[0-9a-f]{64}/);
    const second = await docker('push', image);
    assert.doesNotMatch(second, /: Pushed/);
    assert.match(second, /Layer already exists/);
    const next = await build('v2', `${uri}:v1`, 1000);
    const third = await docker('push', next);
    assert.equal([...third.matchAll(/: Pushed/g)].length, 1, third);
  });

  test('pulls by tag and by digest what was pushed', async () => {
    const digest = await digestOf('v1');
    const before = await engine.inspectImage(`${uri}:v1`);
    await docker('rmi', `${uri}:v1`, `${uri}:v2`);
    assert.match(await docker('pull', `${uri}:v1`), new RegExp(`Digest: ${digest}`));
    assert.equal((await engine.inspectImage(`${uri}:v1`))?.Id, before?.Id);
    await docker('rmi', `${uri}:v1`);
    await docker('pull', `${uri}@${digest}`);
    assert.equal((await engine.inspectImage(`${uri}@${digest}`))?.Id, before?.Id);
    await docker('rmi', `${uri}@${digest}`);
  });

  test('without a login nothing is pulled or pushed', async () => {
    const nobody = { ...process.env, DOCKER_CONFIG: join(directory, 'nobody') };
    await assert.rejects(execute('docker', ['pull', `${uri}:v1`], { env: nobody }), /no basic auth credentials/);
  });

  test('an index of two platforms gives each its own', async () => {
    const digests: string[] = [];
    for (const architecture of ['amd64', 'arm64']) {
      const context = join(directory, `platform-${architecture}`);
      await mkdir(context, { recursive: true });
      await writeFile(join(context, 'Dockerfile'), `FROM scratch\nCOPY name /\n`);
      await writeFile(join(context, 'name'), architecture);
      const image = `${uri}:${architecture}`;
      await docker('build', '--quiet', '--tag', image, context);
      made.add(image);
      await docker('push', image);
      digests.push(await digestOf(architecture));
    }
    await docker('manifest', 'create', '--insecure', `${uri}:multi`, `${uri}:amd64`, `${uri}:arm64`);
    await docker('manifest', 'annotate', `${uri}:multi`, `${uri}:arm64`, '--os', 'linux', '--arch', 'arm64');
    await docker('manifest', 'push', '--insecure', `${uri}:multi`);
    assert.match(await docker('manifest', 'inspect', '--insecure', `${uri}:multi`), /"architecture": "arm64"/);
    await docker('rmi', `${uri}:amd64`, `${uri}:arm64`);
    for (const platform of ['amd64', 'arm64']) {
      await docker('pull', '--platform', `linux/${platform}`, `${uri}:multi`);
      made.add(`${uri}:multi`);
      const { stdout } = await execute(
        'sh',
        ['-c', `docker save ${uri}:multi | tar -xO --wildcards '*layer.tar' | tar -xO name`],
        {
          env: docker.environment,
        },
      );
      assert.equal(stdout, platform);
    }
    const refused = await client.call<{ readonly failures: readonly { readonly failureCode: string }[] }>(
      'ecr',
      'BatchDeleteImage',
      { repositoryName, imageIds: [{ imageDigest: digests[0] }] },
    );
    assert.deepEqual(
      refused.failures.map(({ failureCode }) => failureCode),
      ['ImageReferencedByManifestList'],
    );
  });

  test('a service runs the image by its ECR name, and tells its digest', async () => {
    const digest = await digestOf('v1');
    made.add(`${uri}@${digest}`); // what the agent pulls by digest
    const family = `registry-${process.pid}`;
    for (const image of [`${ecrName}:v1`, `${ecrName}@${digest}`, `${uri}:v1`]) {
      const { taskDefinition } = await client.call<{ readonly taskDefinition: { readonly taskDefinitionArn: string } }>(
        'ecs',
        'RegisterTaskDefinition',
        {
          family,
          containerDefinitions: [{ name: 'app', image, memory: 32, command: ['sleep', '600'], essential: true }],
        },
      );
      const { taskDefinitionArn } = taskDefinition;
      const service = { cluster, taskDefinition: taskDefinitionArn, desiredCount: 1 };
      if (image === `${ecrName}:v1`) await client.call('ecs', 'CreateService', { ...service, serviceName: 'app' });
      else await client.call('ecs', 'UpdateService', { ...service, service: 'app' });
      const container = await eventually(`a running task of ${image}`, async () => {
        const { taskArns = [] } = await client.call<ListTasksResponse>('ecs', 'ListTasks', {
          cluster,
          serviceName: 'app',
        });
        if (taskArns.length === 0) return undefined;
        const { tasks = [] } = await client.call<DescribeTasksResponse>('ecs', 'DescribeTasks', {
          cluster,
          tasks: taskArns,
        });
        const running = tasks.find(
          (task) => task.lastStatus === 'RUNNING' && task.taskDefinitionArn === taskDefinitionArn,
        );
        return running?.containers?.[0];
      });
      assert.equal(container.image, image);
      assert.equal(container.imageDigest, digest);
    }
    await client.call('ecs', 'DeleteService', { cluster, service: 'app', force: true });
  });

  test('a task pulls with the rights of its execution role and no others', async () => {
    const pulling = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchCheckLayerAvailability'];
    const roles: readonly (readonly [name: string, actions: readonly string[], refused?: RegExp])[] = [
      ['powerless', ['sts:GetCallerIdentity'], /^ResourceInitializationError: .*ecr:GetAuthorizationToken/],
      ['half', ['ecr:GetAuthorizationToken'], /^CannotPullContainerError: .*(denied|not authorized)/],
      ['puller', ['ecr:GetAuthorizationToken', ...pulling]],
    ];
    for (const [RoleName, Action, refused] of roles) {
      await createTaskRole(installation, RoleName, [{ Effect: 'Allow', Action, Resource: '*' }]);
      const arn = await installation.run({
        family: RoleName,
        executionRoleArn: roleArn(RoleName),
        containerDefinitions: [{ name: 'app', image: `${ecrName}:v1`, memory: 32, command: ['true'] }],
      });
      const task = await installation.reaches(arn, 'STOPPED');
      if (refused) assert.match(task.stoppedReason ?? '', refused, RoleName);
      else assert.equal(task.containers?.[0]?.exitCode, 0, task.stoppedReason ?? '');
    }
  });

  test('what is deleted cannot be pulled, by docker or by a task', async () => {
    await aws('ecr', 'batch-delete-image', '--repository-name', repositoryName, '--image-ids', 'imageTag=v2');
    await assert.rejects(docker('pull', `${uri}:v2`), /manifest unknown/);
    const arn = await installation.run({
      family: 'gone',
      containerDefinitions: [{ name: 'app', image: `${ecrName}:v2`, memory: 32, essential: true }],
    });
    const stopped = await installation.reaches(arn, 'STOPPED');
    assert.equal(stopped.stopCode, 'TaskFailedToStart');
    assert.match(
      stopped.containers?.[0]?.reason ?? '',
      /^CannotPullContainerError: Error response from daemon: manifest/,
    );
  });

  test('a push in whose middle the server is killed comes to its end by the client’s own retries', async () => {
    const image = await build('large', testImage, 80_000_000);
    const push = spawn('docker', ['push', image], { env: docker.environment, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    push.stdout.on('data', (data: Buffer) => (output += data.toString()));
    push.stderr.on('data', (data: Buffer) => (output += data.toString()));
    const ended = once(push, 'exit');
    const uploads = join(directory, 'server', 'images', 'uploads');
    await eventually('a part of the layer', async () => {
      for (const name of await readdir(uploads).catch(() => [])) {
        const size = await stat(join(uploads, name))
          .then((found) => found.size)
          .catch(() => 0); // finished meanwhile
        if (size > 4_000_000) return name;
      }
      assert.equal(push.exitCode, null, output);
      return undefined;
    });
    await installation.killServer();
    const [code] = await ended;
    assert.equal(code, 0, output);
    await docker('rmi', image);
    assert.match(await docker('pull', image), new RegExp(`Digest: ${await digestOf('large')}`));
  });
});

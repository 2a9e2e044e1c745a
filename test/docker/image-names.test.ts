// Every way in which a task definition may name an image, each run by a real agent on the real engine.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { DescribeImagesResponse } from '@aws-sdk/client-ecr';
import type { Task } from '@aws-sdk/client-ecs';
import { AttachRolePolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import type { Client } from '../running/cluster.ts';
import { type DockerCli, dockerCli, logIn } from '../running/docker-cli.ts';
import { type DockerRegistry, someone, startDockerRegistry } from '../running/docker-registry.ts';
import { docker as engine, ensureTestImage, testImage } from '../running/engine.ts';
import { Installation } from '../running/installation.ts';
import { createTaskRole, putRolePolicy, roleArn } from '../running/roles.ts';

const name = `names-${process.pid}`;

describe('images of tasks, by their names', () => {
  let installation: Installation;
  let client: Client;
  let docker: DockerCli;
  let open: DockerRegistry;
  let locked: DockerRegistry;
  let uri: string;
  let digest: string;
  const made = new Set<string>();

  before(async () => {
    await ensureTestImage();
    installation = await Installation.start('names');
    const { directory } = installation;
    ({ client } = installation);
    const passwords = join(directory, 'passwords');
    await writeFile(passwords, someone.passwordLine);
    open = await startDockerRegistry(join(directory, 'open'));
    locked = await startDockerRegistry(join(directory, 'locked'), passwords);
    await createTaskRole(installation, 'execution');
    const iam = new IAMClient(installation.sdk);
    const PolicyArn = 'arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy';
    await iam.send(new AttachRolePolicyCommand({ RoleName: 'execution', PolicyArn }));
    iam.destroy();
    const { repository } = await client.call<{ readonly repository: { readonly repositoryUri: string } }>(
      'ecr',
      'CreateRepository',
      { repositoryName: name },
    );
    uri = repository.repositoryUri;
    docker = dockerCli(directory);
    await logIn(docker, await client.call('ecr', 'GetAuthorizationToken', {}));
    await docker('login', '--username', 'someone', '--password', 'something', locked.host);
    await docker.build(`${uri}:v1`, { base: testImage, layerBytes: 1000 });
    for (const image of [`${uri}:v1`, `${open.host}/team/app:v1`, `${locked.host}/team/app:v1`]) {
      if (image !== `${uri}:v1`) await docker('tag', `${uri}:v1`, image);
      await docker('push', image);
    }
    const { imageDetails = [] } = await client.call<DescribeImagesResponse>('ecr', 'DescribeImages', {
      repositoryName: name,
    });
    digest = imageDetails[0]?.imageDigest ?? '';
    await docker('tag', `${uri}:v1`, `${name}:v1`); // what a pull from Docker Hub would be called
    await docker('rmi', `${uri}:v1`, `${open.host}/team/app:v1`, `${locked.host}/team/app:v1`);
    made.add(`${name}:v1`);
  });

  after(async () => {
    await open?.stop();
    await locked?.stop();
    await installation?.end();
    for (const image of made) await engine.removeImage(image).catch(() => undefined); // gone already
  });

  /** Runs the image to its end. */
  async function run(image: string, more: { readonly container?: object; readonly task?: object } = {}): Promise<Task> {
    const arn = await installation.run({
      family: name,
      containerDefinitions: [{ name: 'app', image, memory: 32, command: ['true'], ...more.container }],
      ...more.task,
    });
    return await installation.reaches(arn, 'STOPPED');
  }

  async function runs(image: string, more: Parameters<typeof run>[1] = {}): Promise<void> {
    made.add(image);
    const task = await run(image, more);
    const [container] = task.containers ?? [];
    assert.equal(container?.exitCode, 0, task.stoppedReason ?? '');
    assert.equal(container?.image, image);
    if (!image.startsWith(name)) assert.equal(container?.imageDigest, digest);
  }

  const ecrHost = '000000000000.dkr.ecr.us-east-1.amazonaws.com';
  const byRole = { task: { executionRoleArn: roleArn('execution') } };

  test('of ECR by AWS’s name of the registry: tag, digest, and tag and digest', async () => {
    for (const reference of [':v1', `@${digest}`, `:v1@${digest}`])
      await runs(`${ecrHost}/${name}${reference}`, byRole);
    made.add(`${uri}@${digest}`);
  });

  test('of ECR by AWS’s name of another region’s, a FIPS and a Chinese registry: all are this one', async () => {
    for (const host of [
      '000000000000.dkr.ecr.eu-west-1.amazonaws.com',
      '000000000000.dkr.ecr-fips.us-east-1.amazonaws.com',
      '000000000000.dkr.ecr.cn-north-1.amazonaws.com.cn',
    ]) {
      await runs(`${host}/${name}:v1`, byRole);
    }
  });

  test('of ECR by the URI that the repository says it has: tag and digest', async () => {
    for (const reference of [':v1', `@${digest}`]) await runs(`${uri}${reference}`);
  });

  test('of Docker Hub by a short name, with and without its registry', async () => {
    await runs(`${name}:v1`);
    await docker('tag', `${name}:v1`, `${name}/app:latest`);
    await runs(`${name}/app`);
    const task = await run(`docker.io/library/${name}:v1`);
    assert.equal(task.containers?.[0]?.exitCode, 0, task.stoppedReason ?? '');
  });

  test('of another registry: tag and digest', async () => {
    for (const reference of [':v1', `@${digest}`]) await runs(`${open.host}/team/app${reference}`);
  });

  test('of a private registry, with the repository’s credentials and not without', async () => {
    const image = `${locked.host}/team/app:v1`;
    const refused = await run(image);
    assert.match(refused.stoppedReason ?? '', /^CannotPullContainerError: .*no basic auth credentials/);
    const { ARN: credentialsParameter } = await client.call<{ readonly ARN: string }>(
      'secretsmanager',
      'CreateSecret',
      { Name: name, SecretString: JSON.stringify({ username: 'someone', password: 'something' }) },
    );
    const container = { repositoryCredentials: { credentialsParameter } };
    const mayNot = await run(image, { ...byRole, container });
    assert.match(mayNot.stoppedReason ?? '', /secretsmanager:GetSecretValue/);
    const statement = { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: credentialsParameter };
    await putRolePolicy(installation, 'execution', 'secret', [statement]);
    await runs(image, { ...byRole, container });
  });

  test('that nobody has stop the task with the registry’s word', async () => {
    const task = await run(`${ecrHost}/${name}:none`, byRole);
    assert.equal(task.stopCode, 'TaskFailedToStart');
    assert.match(task.stoppedReason ?? '', /^CannotPullContainerError: .*manifest unknown/i);
  });
});

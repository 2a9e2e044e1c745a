// Files that a task has in S3, end to end: its execution role reads them before its containers are made.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type AwsCli, awsCli } from '../running/aws-cli.ts';
import { type Client, clientOf, connectedInstance, describeTask, runTask, taskReaches } from '../running/cluster.ts';
import { docker, removeContainersOf } from '../running/engine.ts';
import { eventually } from '../running/eventually.ts';
import { type Server, startLongshore, startServer, temporaryDirectory } from '../running/server.ts';
import { ensureFactsImage, factsImage, outputOf } from './task-parameters/stage.ts';

const roleArn = 'arn:aws:iam::000000000000:role/files';
const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});
const mayRead = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::env-files/app/*' },
    { Effect: 'Allow', Action: 's3:GetBucketLocation', Resource: 'arn:aws:s3:::env-files' },
  ],
});

describe('environment files', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let server: Server;
  let agent: ReturnType<typeof startLongshore>;
  let aws: AwsCli;
  let client: Client;
  const started: string[] = [];

  before(async () => {
    await ensureFactsImage();
    directory = await temporaryDirectory();
    server = await startServer({ dataDirectory: join(directory.path, 'server'), agent: false });
    aws = awsCli(server);
    client = clientOf(server);
    await client.call('ecs', 'CreateCluster', { clusterName: 'files' });
    agent = startLongshore(
      ['agent', '--cluster', 'files', '--data-dir', join(directory.path, 'agent')],
      server.environment,
    );
    await connectedInstance(client, 'files');
    await aws('iam', 'create-role', '--role-name', 'files', '--assume-role-policy-document', trust);
    await aws('iam', 'put-role-policy', '--role-name', 'files', '--policy-name', 'read', '--policy-document', mayRead);
    await aws('s3api', 'create-bucket', '--bucket', 'env-files');
    for (const [key, text] of [
      ['app/one.env', '# of the application\nCOLOR=green\nQUOTED="kept"\nOWN=file\n\nnothing\n'],
      ['app/two.env', 'COLOR=red\r\nSIZE=large\r\n'],
      ['secret/three.env', 'A=b\n'],
    ] as const) {
      const file = join(directory.path, 'file.env');
      await writeFile(file, text);
      await aws('s3api', 'put-object', '--bucket', 'env-files', '--key', key, '--body', file);
    }
  });

  after(async () => {
    await agent?.end('SIGTERM');
    await server?.stop();
    await removeContainersOf(started);
    await directory?.remove();
  });

  const definition = (family: string, keys: readonly string[]) => ({
    family,
    networkMode: 'none',
    executionRoleArn: roleArn,
    containerDefinitions: [
      {
        name: 'app',
        image: factsImage,
        memory: 32,
        environment: [{ name: 'OWN', value: 'definition' }],
        environmentFiles: keys.map((key) => ({ type: 's3', value: `arn:aws:s3:::env-files/${key}` })),
        command: ['sh', '-c', 'echo "$COLOR $SIZE $QUOTED $OWN"; echo @@end'],
      },
    ],
  });
  const stopped = async (arn: string) =>
    await eventually(`the end of ${arn}`, async () => {
      const task = await describeTask(client, 'files', arn);
      return task.lastStatus === 'STOPPED' ? task : undefined;
    });

  test('are the variables of a container, under those of its definition', async () => {
    const arn = await runTask(client, 'files', definition('env-files', ['app/one.env', 'app/two.env']));
    started.push(arn);
    const task = await taskReaches(client, 'files', arn, 'STOPPED');
    const output = await outputOf(task.containers?.[0]?.runtimeId ?? '');
    assert.equal(output.split('\n')[0], 'green large "kept" definition');
  });

  test('of a launch take the place of the definition’s', async () => {
    const files = definition('env-files-override', ['app/one.env']);
    await client.call('ecs', 'RegisterTaskDefinition', files);
    const value = 'arn:aws:s3:::env-files/app/two.env';
    const { tasks = [] } = await client.call<{ tasks?: readonly { taskArn: string }[] }>('ecs', 'RunTask', {
      cluster: 'files',
      taskDefinition: files.family,
      overrides: { containerOverrides: [{ name: 'app', environmentFiles: [{ type: 's3', value }] }] },
    });
    const arn = tasks[0]?.taskArn ?? '';
    started.push(arn);
    const task = await taskReaches(client, 'files', arn, 'STOPPED');
    assert.equal((await outputOf(task.containers?.[0]?.runtimeId ?? '')).split('\n')[0], 'red large  definition');
  });

  test('that the role may not read, or that are not there, end the task before it has a container', async () => {
    for (const [key, said] of [
      [
        'secret/three.env',
        /AccessDenied: User: arn:aws:sts::000000000000:assumed-role\/files\/\S+ is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::env-files\/secret\/three\.env/,
      ],
      ['app/none.env', /NoSuchKey: The specified key does not exist\. status code: 404$/],
    ] as const) {
      const arn = await runTask(client, 'files', definition(`env-files-${key.length}`, [key]));
      started.push(arn);
      const task = await stopped(arn);
      assert.equal(task.stopCode, 'TaskFailedToStart');
      assert.match(
        task.stoppedReason ?? '',
        new RegExp(`^ResourceInitializationError: failed to download env files: .*arn:aws:s3:::env-files/${key}: `),
      );
      assert.match(task.stoppedReason ?? '', said);
      const made = await docker.listContainers([`com.amazonaws.ecs.task-arn=${arn}`]);
      assert.deepEqual(made, []);
    }
  });
});

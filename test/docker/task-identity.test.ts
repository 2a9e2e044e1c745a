// Who a task is, seen from inside: the SDK for JavaScript and botocore, unmodified, in containers of every network mode.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { DescribeSubnetsResult } from '@aws-sdk/client-ec2';
import type { RunTaskResponse, Task } from '@aws-sdk/client-ecs';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { findAwsCli } from '../../src/cli/aws-cli.ts';
import { awsCli } from '../running/aws-cli.ts';
import { type Client, clientOf, connectedInstance, describeTask, taskReaches } from '../running/cluster.ts';
import { docker, host, removeContainersOf } from '../running/engine.ts';
import { eventually } from '../running/eventually.ts';
import {
  type LongshoreProcess,
  type Server,
  startLongshore,
  startServer,
  temporaryDirectory,
  testKeys,
} from '../running/server.ts';
import { ensureFactsImage, factsImage } from './task-parameters/stage.ts';

const cluster = 'identity';
const accountId = '000000000000';
const packages = fileURLToPath(new URL('../../node_modules', import.meta.url));

/** Runs in the container, with the SDK as npm gives it, and tells one JSON object a line. */
const script = `
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
const tell = (name, value) => console.log(JSON.stringify({ name, value }));
const outcome = async (ask) => { try { return await ask(); } catch (error) { return { error: error.name, message: error.message }; } };
const get = async (url) => { const answer = await fetch(url); return { status: answer.status, body: await answer.json().catch(() => undefined) }; };
tell('identity', await outcome(async () => (await new STSClient({}).send(new GetCallerIdentityCommand({}))).Arn));
const s3 = new S3Client({});
const object = (Key) => outcome(async () => (await s3.send(new GetObjectCommand({ Bucket: 'identity', Key }))).Body.transformToString());
tell('object allowed', await object('allowed/one'));
tell('object denied', await object('denied/one'));
const ssm = new SSMClient({});
const parameter = (Name) => outcome(async () => (await ssm.send(new GetParameterCommand({ Name }))).Parameter.Value);
tell('parameter allowed', await parameter('/app/one'));
tell('parameter denied', await parameter('/other/one'));
tell('task', await get(process.env.ECS_CONTAINER_METADATA_URI_V4 + '/task'));
tell('container', await get(process.env.ECS_CONTAINER_METADATA_URI_V4));
tell('stats', await get(process.env.ECS_CONTAINER_METADATA_URI_V4 + '/stats'));
const credentials = 'http://169.254.170.2' + process.env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI;
tell('credentials', (await get(credentials)).status);
tell('guessed', await get(credentials.slice(0, -1) + (credentials.endsWith('0') ? '1' : '0')));
tell('none', await get('http://169.254.170.2/v2/credentials/'));
tell('other environment', Object.keys(process.env).filter((name) => name.startsWith('AWS_')).sort());
if (process.env.WAIT_FOR) {
  tell('waiting', await parameter(process.env.WAIT_FOR));
  while (typeof (await parameter(process.env.WAIT_FOR)) !== 'string') await new Promise((resolve) => setTimeout(resolve, 50));
  tell('allowed at', Date.now());
}
`;

interface Told {
  readonly error?: string;
  readonly message?: string;
  readonly status?: number;
  readonly body?: Readonly<Record<string, unknown>>;
}

describe('a task’s identity', { concurrency: 2 }, () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let server: Server;
  let agent: LongshoreProcess;
  let client: Client;
  let subnets: readonly string[];
  let sdk: { readonly endpoint: string; readonly region: string; readonly credentials: typeof testKeys };
  const started: string[] = [];
  let families = 0;

  before(async () => {
    await ensureFactsImage();
    directory = await temporaryDirectory();
    await mkdir(join(directory.path, 'app'));
    await writeFile(join(directory.path, 'app', 'ask.mjs'), script);
    server = await startServer({ dataDirectory: join(directory.path, 'server') });
    client = clientOf(server);
    sdk = { endpoint: server.endpoint, region: 'us-east-1', credentials: testKeys };
    await client.call('ecs', 'CreateCluster', { clusterName: cluster });
    const ownDirectory = join(directory.path, 'agent');
    agent = startLongshore(['agent', '--cluster', cluster, '--data-dir', ownDirectory], server.environment);
    const [{ Subnets = [] }] = await Promise.all([
      awsCli(server)<DescribeSubnetsResult>('ec2', 'describe-subnets'),
      connectedInstance(client, cluster),
    ]);
    subnets = Subnets.map(({ SubnetId = '' }) => SubnetId);
    await createRole('app', [
      { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::identity/allowed/*' },
      { Effect: 'Allow', Action: 'ssm:GetParameter', Resource: `arn:aws:ssm:*:${accountId}:parameter/app/*` },
    ]);
    await createRole('execution', [
      { Effect: 'Allow', Action: ['ssm:GetParameters'], Resource: `arn:aws:ssm:*:${accountId}:parameter/app/*` },
      { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: '*' },
    ]);
    const s3 = new S3Client({ ...sdk, forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: 'identity' }));
    for (const Key of ['allowed/one', 'denied/one']) {
      await s3.send(new PutObjectCommand({ Bucket: 'identity', Key, Body: `bytes of ${Key}` }));
    }
    for (const Name of ['/app/one', '/other/one', '/later/bridge']) {
      const parameter = { Name, Value: `value of ${Name}`, Type: 'String' } as const;
      await new SSMClient(sdk).send(new PutParameterCommand(parameter));
    }
  });

  after(async () => {
    await Promise.all(started.map((task) => client.call('ecs', 'StopTask', { cluster, task })));
    await Promise.all(started.map((task) => taskReaches(client, cluster, task, 'STOPPED')));
    await agent?.end('SIGTERM');
    await server?.stop();
    await removeContainersOf(started);
    await directory?.remove();
  });

  async function createRole(RoleName: string, Statement: readonly object[]): Promise<void> {
    const iam = new IAMClient(sdk);
    const trust = [{ Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' }];
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: trust });
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
    await putPolicy(RoleName, 'own', Statement);
  }

  async function putPolicy(RoleName: string, PolicyName: string, Statement: readonly object[]): Promise<void> {
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
    await new IAMClient(sdk).send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
  }

  /** Runs one task of a container that has this machine's Node, npm packages and programs, and the script. */
  async function start(networkMode: string, container: object, definition: object = {}): Promise<string> {
    const family = `identity-${(families += 1)}`;
    const volumes = {
      usr: '/usr',
      packages,
      node: dirname(process.execPath),
      app: join(directory.path, 'app'),
    };
    const paths = { usr: '/usr', packages: '/node_modules', node: '/node', app: '/app' };
    await client.call('ecs', 'RegisterTaskDefinition', {
      family,
      networkMode,
      taskRoleArn: `arn:aws:iam::${accountId}:role/app`,
      volumes: Object.entries(volumes).map(([name, sourcePath]) => ({ name, host: { sourcePath } })),
      containerDefinitions: [
        {
          name: 'app',
          image: factsImage,
          memory: 300,
          command: ['/node/node', '/app/ask.mjs'],
          mountPoints: Object.entries(paths).map(([sourceVolume, containerPath]) => ({
            sourceVolume,
            containerPath,
            readOnly: true,
          })),
          ...container,
        },
      ],
      ...definition,
    });
    const { tasks = [], failures = [] } = await client.call<RunTaskResponse>('ecs', 'RunTask', {
      cluster,
      taskDefinition: family,
      ...(networkMode === 'awsvpc' ? { networkConfiguration: { awsvpcConfiguration: { subnets } } } : {}),
    });
    const arn = tasks[0]?.taskArn;
    assert.ok(arn, JSON.stringify(failures));
    started.push(arn);
    return arn;
  }

  async function outputOf(taskArn: string): Promise<string> {
    const { containers = [] } = await describeTask(client, cluster, taskArn);
    const id = containers.find(({ name }) => name === 'app')?.runtimeId;
    if (id === undefined) return '';
    const lines: string[] = [];
    for await (const line of docker.logs(id, { follow: false }, new AbortController().signal)) {
      lines.push(new TextDecoder().decode(line.text));
    }
    return lines.join('\n');
  }

  async function ended(taskArn: string): Promise<Task> {
    return eventually(`${taskArn} STOPPED`, async () => {
      const task = await describeTask(client, cluster, taskArn);
      return task.lastStatus === 'STOPPED' ? task : undefined;
    });
  }

  function toldIn(output: string): (name: string) => unknown {
    const told = new Map<string, unknown>();
    for (const line of output.split('\n').filter((text) => text.startsWith('{"name"'))) {
      const { name, value }: { name: string; value: unknown } = JSON.parse(line);
      told.set(name, value);
    }
    return (name) => {
      assert.ok(told.has(name), `'${name}' was not told in:\n${output}`);
      return told.get(name);
    };
  }

  for (const networkMode of ['bridge', 'host', 'awsvpc']) {
    test(`in ${networkMode} mode the SDK finds the role by itself and has just its rights`, async () => {
      const taskArn = await start(networkMode, {});
      await ended(taskArn);
      const told = toldIn(await outputOf(taskArn));
      const taskId = taskArn.slice(taskArn.lastIndexOf('/') + 1);
      assert.equal(told('identity'), `arn:aws:sts::${accountId}:assumed-role/app/${taskId}`);
      assert.equal(told('object allowed'), 'bytes of allowed/one');
      const denied = told('object denied') as Told;
      assert.equal(denied.error, 'AccessDenied');
      assert.match(denied.message ?? '', /is not authorized to perform: s3:GetObject on resource/);
      assert.equal(told('parameter allowed'), 'value of /app/one');
      const refused = told('parameter denied') as Told;
      assert.equal(refused.error, 'AccessDeniedException');
      assert.equal(
        refused.message,
        `User: arn:aws:sts::${accountId}:assumed-role/app/${taskId} is not authorized to perform: ssm:GetParameter on resource: arn:aws:ssm:us-east-1:${accountId}:parameter/other/one because no identity-based policy allows the ssm:GetParameter action`,
      );
      const task = (told('task') as Told).body ?? {};
      assert.equal(task['TaskARN'], taskArn);
      assert.equal(task['KnownStatus'], 'RUNNING');
      const container = (told('container') as Told).body ?? {};
      assert.equal(container['Name'], 'app');
      assert.equal(JSON.stringify(container['Networks']).includes(`"NetworkMode":"${networkMode}"`), true);
      assert.ok(((told('stats') as Told).body ?? {})['memory_stats'], 'statistics are the engine’s');
      assert.equal(told('credentials'), 200);
      assert.equal((told('guessed') as Told).status, 400);
      assert.equal((told('none') as Told).status, 400);
      assert.deepEqual(told('other environment'), [
        'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
        'AWS_DEFAULT_REGION',
        'AWS_ENDPOINT_URL',
        'AWS_EXECUTION_ENV',
        'AWS_REGION',
      ]);
    });
  }

  test('a right that is given is there within a second', async () => {
    const taskArn = await start('bridge', { environment: [{ name: 'WAIT_FOR', value: '/later/bridge' }] });
    await eventually('the task waits', async () =>
      (await outputOf(taskArn)).includes('"waiting"') ? true : undefined,
    );
    await putPolicy('app', 'later', [
      { Effect: 'Allow', Action: 'ssm:GetParameter', Resource: `arn:aws:ssm:*:${accountId}:parameter/later/*` },
    ]);
    const givenAt = Date.now();
    await ended(taskArn);
    const told = toldIn(await outputOf(taskArn));
    assert.equal((told('waiting') as Told).error, 'AccessDeniedException');
    assert.ok(Number(told('allowed at')) - givenAt < 1000, `${Number(told('allowed at')) - givenAt} ms`);
  });

  test('the AWS CLI of the machine, with its botocore, is the role as well', async () => {
    // In the container the PATH is another.
    const path = await host('which', (await findAwsCli()).path);
    const taskArn = await start('bridge', {
      command: [
        'sh',
        '-c',
        `${path.trim()} --endpoint-url "$AWS_ENDPOINT_URL" sts get-caller-identity --output text 2>&1`,
      ],
      environment: [
        { name: 'HOME', value: '/tmp' },
        { name: 'AWS_PAGER', value: '' },
      ],
    });
    await ended(taskArn);
    assert.match(
      await outputOf(taskArn),
      new RegExp(`assumed-role/app/${taskArn.slice(taskArn.lastIndexOf('/') + 1)}`),
    );
  });

  test('secrets and parameters are variables of the container, read by the execution role', async () => {
    const secret = await new SecretsManagerClient(sdk).send(
      new CreateSecretCommand({ Name: 'db', SecretString: JSON.stringify({ user: 'admin', password: 'hunter2' }) }),
    );
    const taskArn = await start(
      'bridge',
      {
        command: ['sh', '-c', 'echo "$ONE $PASSWORD"'],
        secrets: [
          { name: 'ONE', valueFrom: '/app/one' },
          { name: 'PASSWORD', valueFrom: `${secret.ARN}:password::` },
        ],
      },
      { executionRoleArn: `arn:aws:iam::${accountId}:role/execution` },
    );
    await ended(taskArn);
    assert.equal(await outputOf(taskArn), 'value of /app/one hunter2');
  });

  test('a secret that the role may not read stops the task before anything of it starts, and is named', async () => {
    const taskArn = await start(
      'bridge',
      { secrets: [{ name: 'OTHER', valueFrom: '/other/one' }] },
      { executionRoleArn: `arn:aws:iam::${accountId}:role/execution` },
    );
    const task = await ended(taskArn);
    assert.equal(task.stopCode, 'TaskFailedToStart');
    assert.match(
      task.stoppedReason ?? '',
      /^ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: .*AccessDeniedException: .*not authorized to perform: ssm:GetParameters on resource: .*parameter\/other\/one/,
    );
    assert.equal(task.containers?.[0]?.runtimeId, undefined);
  });
});

// Who a task is, seen from inside: the SDK for JavaScript and botocore, unmodified, in containers of every network mode.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { findAwsCli } from '../../src/cli/aws-cli.ts';
import { host } from '../running/engine.ts';
import { eventually } from '../running/eventually.ts';
import { Installation } from '../running/installation.ts';
import { pythonWithBoto3 } from '../running/python.ts';
import { createTaskRole, putRolePolicy, roleArn } from '../running/roles.ts';
import { ensureFactsImage, factsImage, outputOf } from './task-parameters/stage.ts';

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

/** The same questions by botocore. Told where AWS is: versions before 1.31 do not read AWS_ENDPOINT_URL. */
const python = `
import boto3, json, os
def client(name): return boto3.client(name, endpoint_url=os.environ['AWS_ENDPOINT_URL'])
def tell(name, ask):
    try: value = ask()
    except Exception as error: value = str(error)
    print(json.dumps({'name': name, 'value': value}), flush=True)
s3, ssm = client('s3'), client('ssm')
tell('identity', lambda: client('sts').get_caller_identity()['Arn'])
tell('object allowed', lambda: s3.get_object(Bucket='identity', Key='allowed/one')['Body'].read().decode())
tell('object denied', lambda: s3.get_object(Bucket='identity', Key='denied/one')['ETag'])
tell('parameter allowed', lambda: ssm.get_parameter(Name='/app/one')['Parameter']['Value'])
tell('parameter denied', lambda: ssm.get_parameter(Name='/other/one')['Parameter']['Value'])
`;

interface Told {
  readonly error?: string;
  readonly message?: string;
  readonly status?: number;
  readonly body?: Readonly<Record<string, unknown>>;
}

describe('a task’s identity', { concurrency: 2 }, () => {
  let installation: Installation;
  let subnets: readonly string[];
  let families = 0;

  before(async () => {
    await ensureFactsImage();
    installation = await Installation.start('identity');
    await mkdir(join(installation.directory, 'app'));
    await writeFile(join(installation.directory, 'app', 'ask.mjs'), script);
    await writeFile(join(installation.directory, 'app', 'ask.py'), python);
    subnets = await installation.subnets();
    await createTaskRole(installation, 'app', [
      { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::identity/allowed/*' },
      { Effect: 'Allow', Action: 'ssm:GetParameter', Resource: `arn:aws:ssm:*:${accountId}:parameter/app/*` },
    ]);
    await createTaskRole(installation, 'execution', [
      { Effect: 'Allow', Action: ['ssm:GetParameters'], Resource: `arn:aws:ssm:*:${accountId}:parameter/app/*` },
      { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: '*' },
    ]);
    const s3 = new S3Client({ ...installation.sdk, forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: 'identity' }));
    for (const Key of ['allowed/one', 'denied/one']) {
      await s3.send(new PutObjectCommand({ Bucket: 'identity', Key, Body: `bytes of ${Key}` }));
    }
    for (const Name of ['/app/one', '/other/one', '/later/bridge']) {
      const parameter = { Name, Value: `value of ${Name}`, Type: 'String' } as const;
      await new SSMClient(installation.sdk).send(new PutParameterCommand(parameter));
    }
  });

  after(async () => {
    await installation?.stopTasks();
    await installation?.end();
  });

  /** Runs one task of a container that has this machine's Node, npm packages and programs, the scripts, and what is named in place. */
  async function start(
    networkMode: string,
    container: object,
    definition: object = {},
    inPlace: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const family = `identity-${(families += 1)}`;
    const volumes = {
      usr: '/usr',
      packages,
      node: dirname(process.execPath),
      app: join(installation.directory, 'app'),
      ...inPlace,
    };
    const paths = { usr: '/usr', packages: '/node_modules', node: '/node', app: '/app', ...inPlace };
    const whole = {
      family,
      networkMode,
      taskRoleArn: roleArn('app'),
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
    };
    const networkConfiguration = { awsvpcConfiguration: { subnets: [...subnets] } };
    return await installation.run(whole, networkMode === 'awsvpc' ? { networkConfiguration } : {});
  }

  async function output(taskArn: string): Promise<string> {
    const { containers = [] } = await installation.task(taskArn);
    const id = containers.find(({ name }) => name === 'app')?.runtimeId;
    return id === undefined ? '' : (await outputOf(id)).trim();
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
      await installation.reaches(taskArn, 'STOPPED');
      const told = toldIn(await output(taskArn));
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
    await eventually('the task waits', async () => (await output(taskArn)).includes('"waiting"'));
    await putRolePolicy(installation, 'app', 'later', [
      { Effect: 'Allow', Action: 'ssm:GetParameter', Resource: `arn:aws:ssm:*:${accountId}:parameter/later/*` },
    ]);
    const givenAt = Date.now();
    await installation.reaches(taskArn, 'STOPPED');
    const told = toldIn(await output(taskArn));
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
    await installation.reaches(taskArn, 'STOPPED');
    assert.match(await output(taskArn), new RegExp(`assumed-role/app/${taskArn.slice(taskArn.lastIndexOf('/') + 1)}`));
  });

  test('botocore finds the role by itself and has just its rights', async () => {
    // The user's own Python may be anywhere; the container is given the directory that it lives in.
    const whereItIs = 'import sys; print(sys.executable); print(sys.base_prefix)';
    const [program = '', prefix = ''] = (await host(pythonWithBoto3(), '-c', whereItIs)).trim().split('\n');
    const ofUser = prefix === '/usr' ? {} : { python: prefix }; // Debian's own is there with its programs
    const taskArn = await start('awsvpc', { command: [program, '/app/ask.py'] }, {}, ofUser);
    await installation.reaches(taskArn, 'STOPPED');
    const told = toldIn(await output(taskArn));
    const session = `arn:aws:sts::${accountId}:assumed-role/app/${taskArn.slice(taskArn.lastIndexOf('/') + 1)}`;
    assert.equal(told('identity'), session);
    assert.equal(told('object allowed'), 'bytes of allowed/one');
    assert.equal(told('parameter allowed'), 'value of /app/one');
    const refused = (code: string, operation: string, action: string, resource: string): string =>
      `An error occurred (${code}) when calling the ${operation} operation: User: ${session} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;
    assert.equal(
      told('object denied'),
      refused('AccessDenied', 'GetObject', 's3:GetObject', '"arn:aws:s3:::identity/denied/one"'),
    );
    assert.equal(
      told('parameter denied'),
      refused(
        'AccessDeniedException',
        'GetParameter',
        'ssm:GetParameter',
        `arn:aws:ssm:us-east-1:${accountId}:parameter/other/one`,
      ),
    );
  });

  test('secrets and parameters are variables of the container, read by the execution role', async () => {
    const secret = await new SecretsManagerClient(installation.sdk).send(
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
      { executionRoleArn: roleArn('execution') },
    );
    await installation.reaches(taskArn, 'STOPPED');
    assert.equal(await output(taskArn), 'value of /app/one hunter2');
  });

  test('a secret that the role may not read stops the task before anything of it starts, and is named', async () => {
    const taskArn = await start(
      'bridge',
      { secrets: [{ name: 'OTHER', valueFrom: '/other/one' }] },
      { executionRoleArn: roleArn('execution') },
    );
    const task = await installation.reaches(taskArn, 'STOPPED');
    assert.equal(task.stopCode, 'TaskFailedToStart');
    assert.match(
      task.stoppedReason ?? '',
      /^ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: .*AccessDeniedException: .*not authorized to perform: ssm:GetParameters on resource: .*parameter\/other\/one/,
    );
    assert.equal(task.containers?.[0]?.runtimeId, undefined);
  });
});

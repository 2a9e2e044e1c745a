// The role of a task, end to end: from the keys that a container fetches to what they may do, until the task ends.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { RunTaskResponse } from '@aws-sdk/client-ecs';
import { ECSClient, ListClustersCommand } from '@aws-sdk/client-ecs';
import type { CreateAccessKeyResponse } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type AwsCli, awsCli } from '../running/aws-cli.ts';
import { awslogs, logStreamOf } from '../running/awslogs.ts';
import { type Client, connectedInstance, runTask, taskReaches } from '../running/cluster.ts';
import { host, removeContainersOf } from '../running/engine.ts';
import { eventually } from '../running/eventually.ts';
import { Installation } from '../running/installation.ts';
import { createTaskRole, policyDocument, roleArn } from '../running/roles.ts';
import { startLongshore } from '../running/server.ts';
import { ensureFactsImage, factsImage, outputOf } from './task-parameters/stage.ts';

/** Asks for the task's credentials as AWS's SDKs do. */
const fetchCredentials = `perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new("169.254.170.2:80") or die $!; print $s "GET $ENV{AWS_CONTAINER_CREDENTIALS_RELATIVE_URI} HTTP/1.0\\r\\nHost: 169.254.170.2\\r\\n\\r\\n"; local $/; $_ = <$s>; s/.*?\\r\\n\\r\\n//s; print "$_\\n"'`;
const mayList = policyDocument({ Effect: 'Allow', Action: 'ecs:ListClusters', Resource: '*' });

describe('the role of a task', () => {
  let installation: Installation;
  let aws: AwsCli;
  let client: Client;

  before(async () => {
    await ensureFactsImage();
    installation = await Installation.start('roles', { hasFargatePool: true });
    ({ client } = installation);
    aws = awsCli(installation.server);
    await createTaskRole(installation, 'app');
    await createTaskRole(installation, 'execution', [{ Effect: 'Allow', Action: 'logs:Create*', Resource: '*' }]);
    await aws('iam', 'wait', 'role-exists', '--role-name', 'app');
  });

  after(async () => {
    await installation?.end();
  });

  test('is what its keys may do, from put-role-policy on, and they end with the task', async () => {
    await client.call('ecs', 'RegisterTaskDefinition', {
      family: 'roles',
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: '256',
      memory: '512',
      taskRoleArn: roleArn('app'),
      executionRoleArn: roleArn('execution'),
      containerDefinitions: [
        {
          name: 'app',
          image: factsImage,
          command: ['sh', '-c', `${fetchCredentials}; exec sleep 1000`],
          stopTimeout: 2, // sleep as the first process does not end by SIGTERM
          logConfiguration: awslogs('/roles', 'r'),
        },
      ],
    });
    const subnets = [...(await installation.subnets())];
    const run = await eventually('a host of the pool', async () => {
      const answer = await client.call<RunTaskResponse>('ecs', 'RunTask', {
        cluster: installation.cluster,
        launchType: 'FARGATE',
        taskDefinition: 'roles',
        networkConfiguration: { awsvpcConfiguration: { subnets } },
      });
      return answer.tasks?.[0]?.taskArn;
    });
    await installation.reaches(run, 'RUNNING');
    const keys = await eventually('the keys in the log', async () => {
      const { events } = await client
        .call<{ readonly events: readonly { readonly message: string }[] }>('logs', 'GetLogEvents', {
          logGroupName: '/roles',
          logStreamName: logStreamOf('r', run),
          startFromHead: true,
        })
        .catch(() => ({ events: [] }));
      const line = events.find(({ message }) => message.includes('AccessKeyId'))?.message;
      return line === undefined ? undefined : (JSON.parse(line) as Readonly<Record<string, string>>);
    });
    const credentials = {
      accessKeyId: keys['AccessKeyId'] ?? '',
      secretAccessKey: keys['SecretAccessKey'] ?? '',
      sessionToken: keys['Token'] ?? '',
    };
    const config = { ...installation.sdk, credentials, maxAttempts: 1 };
    const ecs = new ECSClient(config);
    const identity = await new STSClient(config).send(new GetCallerIdentityCommand({}));
    assert.equal(identity.Arn, `arn:aws:sts::000000000000:assumed-role/app/${run.slice(run.lastIndexOf('/') + 1)}`);
    await assert.rejects(ecs.send(new ListClustersCommand({})), {
      name: 'AccessDeniedException',
      message: `User: ${identity.Arn} is not authorized to perform: ecs:ListClusters on resource: * because no identity-based policy allows the ecs:ListClusters action`,
    });
    await aws('iam', 'put-role-policy', '--role-name', 'app', '--policy-name', 'list', '--policy-document', mayList);
    assert.equal((await ecs.send(new ListClustersCommand({}))).clusterArns?.length, 1);

    await installation.stop(run);
    await assert.rejects(ecs.send(new ListClustersCommand({})), { name: 'UnrecognizedClientException' });
  });

  const app = (name: string, command: readonly string[]) => ({
    name,
    image: factsImage,
    memory: 32,
    stopTimeout: 1,
    command,
  });

  test('is known where its AWS is, unless the task’s own tag or its cluster’s says that it is elsewhere', async () => {
    const clusterArn = `arn:aws:ecs:us-east-1:000000000000:cluster/${installation.cluster}`;
    const elsewhere = { key: 'longshore:endpoint', value: 'none' };
    const script = 'echo "endpoint ${AWS_ENDPOINT_URL:-none}"';
    await client.call('ecs', 'RegisterTaskDefinition', {
      family: 'endpoint',
      containerDefinitions: [app('app', ['sh', '-c', script])],
    });
    const told = async (tags: readonly (typeof elsewhere)[]): Promise<string> => {
      const taskArn = await installation.launch({ taskDefinition: 'endpoint', tags: [...tags] });
      const { containers } = await installation.reaches(taskArn, 'STOPPED');
      return await eventually(
        'its output',
        async () => (await outputOf(containers?.[0]?.runtimeId ?? '')) || undefined,
      );
    };
    const [byItself, tagged] = await Promise.all([told([]), told([elsewhere])]);
    assert.match(byItself, /^endpoint http:\/\/169\.254\.170\.2:/);
    assert.equal(tagged, 'endpoint none\n');
    await client.call('ecs', 'TagResource', { resourceArn: clusterArn, tags: [elsewhere] });
    const [ofCluster, own] = await Promise.all([told([]), told([{ ...elsewhere, value: 'here' }])]);
    assert.equal(ofCluster, 'endpoint none\n');
    assert.match(own, /^endpoint http/, 'the task’s own goes first');
    await client.call('ecs', 'UntagResource', { resourceArn: clusterArn, tagKeys: [elsewhere.key] });
  });

  test('is found while the control plane is killed, and with it the agent that held the address of all', async () => {
    // That of the server, which is the older one, unless another Longshore of this machine has it.
    const holder = async (): Promise<number> =>
      Number(/pid=(\d+)/.exec(await host('ss', '-Hltnp', 'src', '169.254.170.2:80'))?.[1]);
    const ask = `while (1) { $s = IO::Socket::INET->new("169.254.170.2:80"); print $s "GET $ENV{AWS_CONTAINER_CREDENTIALS_RELATIVE_URI} HTTP/1.0\\r\\n\\r\\n" if $s; $_ = $s ? <$s> : "none"; print /200/ ? "found\\n" : "missed\\n"; select undef, undef, undef, 0.05 }`;
    const taskArn = await installation.run({
      family: 'held',
      taskRoleArn: roleArn('app'),
      containerDefinitions: [app('app', ['perl', '-MIO::Socket::INET', '-e', `$| = 1; ${ask}`])],
    });
    const { containers } = await installation.reaches(taskArn, 'RUNNING');
    const founds = async (): Promise<number> =>
      (await outputOf(containers?.[0]?.runtimeId ?? '')).split('found').length - 1;
    await eventually('the keys', async () => (await founds()) > 0);
    await installation.server.kill();
    await eventually('another agent with the address', async () => (await holder()) > 0);
    const before = await founds();
    await eventually('the keys from it', async () => (await founds()) > before + 1);
    await installation.killServer();
    await installation.stop(taskArn);
  });

  test('of an instance is enough for its agent, and no less', async () => {
    await client.call('ecs', 'CreateCluster', { clusterName: 'hosts' });
    const user = { AWS: 'arn:aws:iam::000000000000:user/host' };
    const trustUser = policyDocument({ Effect: 'Allow', Principal: user, Action: 'sts:AssumeRole' });
    await aws('iam', 'create-user', '--user-name', 'host');
    const key = ['--user-name', 'host'];
    const { AccessKey: own } = await aws<CreateAccessKeyResponse>('iam', 'create-access-key', ...key);
    const role = ['--role-name', 'ecsInstanceRole'];
    await aws('iam', 'create-role', ...role, '--assume-role-policy-document', trustUser);
    const sts = new STSClient({
      ...installation.sdk,
      credentials: { accessKeyId: own?.AccessKeyId ?? '', secretAccessKey: own?.SecretAccessKey ?? '' },
    });
    const assuming = { RoleArn: roleArn('ecsInstanceRole'), RoleSessionName: 'host-1' };
    const { Credentials: keys } = await sts.send(new AssumeRoleCommand(assuming));
    const dataDirectory = join(installation.directory, 'host');
    const agent = startLongshore(['agent', '--cluster', 'hosts', '--data-dir', dataDirectory], {
      ...installation.server.environment,
      AWS_ACCESS_KEY_ID: keys?.AccessKeyId,
      AWS_SECRET_ACCESS_KEY: keys?.SecretAccessKey,
      AWS_SESSION_TOKEN: keys?.SessionToken,
    });
    try {
      await eventually('the refusal', async () =>
        /ecsInstanceRole\/host-1 is not authorized to perform: ecs:RegisterContainerInstance/.test(agent.log()),
      );
      const policy = 'arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role';
      await aws('iam', 'attach-role-policy', ...role, '--policy-arn', policy);
      await connectedInstance(client, 'hosts');
    } finally {
      await agent.end('SIGTERM');
    }
  });

  test('of a host that rotates its keys is taken up from the shared credentials file, without a restart', async () => {
    await aws('iam', 'create-user', '--user-name', 'rotating');
    const user = ['--user-name', 'rotating'];
    const policy = 'arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role';
    await aws('iam', 'attach-user-policy', ...user, '--policy-arn', policy);
    const file = join(installation.directory, 'credentials');
    const newKey = async (): Promise<string> => {
      const { AccessKey: key } = await aws<CreateAccessKeyResponse>('iam', 'create-access-key', ...user);
      const lines = [
        '[host]',
        `aws_access_key_id = ${key?.AccessKeyId}`,
        `aws_secret_access_key=${key?.SecretAccessKey}`,
      ];
      await writeFile(file, `${lines.join('\n')}\n`, { mode: 0o600 });
      return key?.AccessKeyId ?? '';
    };
    const first = await newKey();
    await client.call('ecs', 'CreateCluster', { clusterName: 'rotated' });
    const own = ['--cluster', 'rotated', '--data-dir', join(installation.directory, 'rotated')];
    const agent = startLongshore(['agent', ...own], {
      ...installation.server.environment,
      AWS_ACCESS_KEY_ID: undefined,
      AWS_SECRET_ACCESS_KEY: undefined,
      AWS_SHARED_CREDENTIALS_FILE: file,
      AWS_PROFILE: 'host',
    });
    try {
      const instance = await connectedInstance(client, 'rotated');
      const second = await newKey();
      await eventually('the new keys', async () => agent.log().includes(second));
      await aws('iam', 'delete-access-key', ...user, '--access-key-id', first);
      // What a task needs the agent's own keys for is done with the new ones.
      const arn = await runTask(client, 'rotated', {
        family: 'rotated',
        containerDefinitions: [{ name: 'app', image: factsImage, memory: 16, command: ['true'] }],
      });
      await taskReaches(client, 'rotated', arn, 'STOPPED');
      await removeContainersOf([arn]);
      assert.equal(await connectedInstance(client, 'rotated'), instance);
    } finally {
      await agent.end('SIGTERM');
    }
  });
});

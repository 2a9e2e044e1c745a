import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  PutLogEventsCommand,
  StartLiveTailCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { CreateSubnetCommand, DeleteVpcCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeTasksCommand,
  ECSClient,
  RegisterContainerInstanceCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
} from '@aws-sdk/client-ecs';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { AwsError } from '../../src/aws/error.ts';
import { openBed } from './bed.ts';
import { sdkConfig } from './sdk-handler.ts';

test('the ECS client is understood and understands, timestamps included', async () => {
  const { handler, notebook } = await openBed();
  const client = new ECSClient(sdkConfig(handler));
  const { cluster, ...rest } = await client.send(new CreateClusterCommand({ clusterName: 'web' }));
  assert.equal(cluster?.clusterArn, 'arn:aws:ecs:us-east-1:000000000000:cluster/web');
  assert.match(rest.$metadata.requestId ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal('secret' in rest, false, 'what the model does not know is not told');

  const createdAt = new Date(1_700_000_000_123);
  const tasks = [
    {
      taskArn: 'arn:t',
      createdAt,
      cpu: '256',
      version: 3,
      attachments: [],
      overrides: { containerOverrides: [] },
      containers: [{ name: 'é"\u2028', exitCode: 0 }],
    },
  ];
  notebook.outputs.set('DescribeTasks', { tasks, failures: [] });
  const described = await client.send(new DescribeTasksCommand({ tasks: ['t'], include: ['TAGS'] }));
  assert.deepEqual(described.tasks, tasks);
  assert.deepEqual(notebook.inputs, [{ tasks: ['t'], include: ['TAGS'] }]);
});

test('a nested input comes through as it was given, with every kind of value', async () => {
  const { handler, notebook } = await openBed();
  const client = new ECSClient(sdkConfig(handler));
  const definition = {
    family: 'web',
    networkMode: 'awsvpc' as const,
    cpu: '256',
    containerDefinitions: [
      {
        name: 'app',
        image: 'nginx',
        cpu: 10,
        essential: true,
        environment: [{ name: 'A', value: '' }],
        dockerLabels: { __proto__x: 'y', constructor: 'z' },
        portMappings: [{ containerPort: 80, protocol: 'tcp' as const }],
        healthCheck: { command: ['CMD', 'true'], interval: 5 },
        logConfiguration: { logDriver: 'awslogs' as const, options: { 'awslogs-group': 'g' } },
        linuxParameters: { initProcessEnabled: false },
      },
    ],
    volumes: [{ name: 'v', host: {} }],
    tags: [],
  };
  notebook.outputs.set('RegisterTaskDefinition', {
    taskDefinition: { ...definition, revision: 7, registeredAt: new Date(5000) },
  });
  const answer = await client.send(new RegisterTaskDefinitionCommand(definition));
  assert.deepEqual(notebook.inputs, [definition]);
  const { tags: _, ...echoed } = definition;
  assert.deepEqual(answer.taskDefinition, { ...echoed, revision: 7, registeredAt: new Date(5000) });

  const resources = {
    totalResources: [
      { name: 'CPU', type: 'DOUBLE', doubleValue: 1.5, longValue: 9_007_199_254_740_991, integerValue: 2048 },
    ],
  };
  await client.send(new RegisterContainerInstanceCommand(resources));
  assert.deepEqual(notebook.inputs[1], resources);
});

test('a modelled error arrives as its own class, with its members', async () => {
  const { handler } = await openBed();
  const client = new ECSClient(sdkConfig(handler));
  await assert.rejects(
    client.send(new RunTaskCommand({ taskDefinition: 'web', clientToken: 'used' })),
    (error: Error & { resourceIds?: unknown; $metadata?: { httpStatusCode?: number } }) => {
      assert.equal(error.name, 'ConflictException');
      assert.equal(error.message, 'Used.');
      assert.deepEqual(error.resourceIds, ['arn:task']);
      assert.equal(error.$metadata?.httpStatusCode, 400);
      assert.equal('other' in error, false);
      return true;
    },
  );
});

test('an operation that is not built says so, and clients do not retry it', async () => {
  const { handler } = await openBed();
  let calls = 0;
  const counted = {
    ...handler,
    request: (request: Parameters<typeof handler.request>[0]) => ((calls += 1), handler.request(request)),
  };
  const client = new ECSClient({ ...sdkConfig(counted), maxAttempts: 5 });
  await assert.rejects(client.send(new CreateServiceCommand({ serviceName: 'web' })), {
    name: 'UnsupportedOperationException',
    message: 'Longshore does not implement ecs:CreateService yet.',
  });
  assert.equal(calls, 1);
});

test('a bug of ours is a 500 that tells the client nothing, is logged under the request id, and is retried', async () => {
  const { handler, log } = await openBed();
  const client = new ECSClient({ ...sdkConfig(handler), maxAttempts: 2 });
  await assert.rejects(
    client.send(new CreateClusterCommand({ clusterName: 'broken' })),
    (error: Error & { $metadata?: { requestId?: string; attempts?: number } }) => {
      assert.equal(error.name, 'ServerException');
      assert.equal(error.message.includes('a bug of ours'), false);
      assert.equal(error.$metadata?.attempts, 2);
      assert.ok(
        log.lines.some(
          (line) => line.includes(error.$metadata?.requestId ?? 'no id') && line.includes('a bug of ours'),
        ),
      );
      return true;
    },
  );
});

test('the CloudWatch Logs client is understood; what gives nothing answers an empty body', async () => {
  const { handler, notebook } = await openBed();
  const client = new CloudWatchLogsClient(sdkConfig(handler));
  await client.send(new CreateLogGroupCommand({ logGroupName: 'g', tags: { a: 'b' } }));
  assert.deepEqual(notebook.inputs, [{ logGroupName: 'g', tags: { a: 'b' } }]);
  await client.send(
    new PutLogEventsCommand({
      logGroupName: 'g',
      logStreamName: 's',
      logEvents: [{ timestamp: 1_700_000_000_000, message: 'hello' }],
    }),
  );
});

test('a live tail arrives event by event, and an error in it as an exception', async () => {
  const { handler, notebook } = await openBed();
  const client = new CloudWatchLogsClient({ ...sdkConfig(handler), disableHostPrefix: true });
  notebook.outputs.set('StartLiveTail', {
    responseStream: (async function* () {
      yield { sessionStart: { sessionId: 'id', logGroupIdentifiers: ['g'] } };
      yield {
        sessionUpdate: { sessionMetadata: { sampled: false }, sessionResults: [{ message: 'línea', timestamp: 5 }] },
      };
      throw new AwsError('SessionTimeoutException', 'Too long.');
    })(),
  });
  const { responseStream } = await client.send(new StartLiveTailCommand({ logGroupIdentifiers: ['g'] }));
  assert.ok(responseStream);
  const seen: unknown[] = [];
  await assert.rejects(
    (async () => {
      for await (const event of responseStream) seen.push(event);
    })(),
    { name: 'SessionTimeoutException', message: 'Too long.' },
  );
  assert.deepEqual(seen, [
    { sessionStart: { sessionId: 'id', logGroupIdentifiers: ['g'] } },
    { sessionUpdate: { sessionMetadata: { sampled: false }, sessionResults: [{ message: 'línea', timestamp: 5 }] } },
  ]);
});

test('the EC2 client is understood and understands', async () => {
  const { handler, notebook } = await openBed();
  const client = new EC2Client(sdkConfig(handler));
  const vpc = {
    VpcId: 'vpc-1',
    IsDefault: true,
    CidrBlock: '10.0.0.0/16',
    Tags: [{ Key: 'a&b', Value: '<c> "d"\r\n' }],
    State: 'available' as const,
  };
  notebook.outputs.set('DescribeVpcs', { Vpcs: [vpc, { VpcId: 'vpc-2', Tags: [] }] });
  const input = {
    VpcIds: ['vpc-1', 'vpc-2'],
    Filters: [{ Name: 'tag:x', Values: ['1', '2 +%'] }],
    MaxResults: 5,
    DryRun: false,
  };
  const { Vpcs } = await client.send(new DescribeVpcsCommand(input));
  assert.deepEqual(notebook.inputs, [input]);
  assert.deepEqual(Vpcs, [vpc, { VpcId: 'vpc-2', Tags: [] }]);

  await client.send(new DeleteVpcCommand({ VpcId: 'vpc-1' }));
  const subnet = {
    VpcId: 'vpc-1',
    CidrBlock: '10.0.1.0/24',
    TagSpecifications: [{ ResourceType: 'subnet' as const, Tags: [{ Key: 'k', Value: 'v' }] }],
  };
  notebook.outputs.set('CreateSubnet', { Subnet: { SubnetId: 's' } });
  await client.send(new CreateSubnetCommand(subnet));
  assert.deepEqual(notebook.inputs.slice(1), [{ VpcId: 'vpc-1' }, subnet]);
});

test('an EC2 error arrives with its code', async () => {
  const { handler } = await openBed();
  const client = new EC2Client(sdkConfig(handler));
  await assert.rejects(client.send(new DeleteVpcCommand({ VpcId: undefined })), {
    name: 'MissingParameter',
    message: 'The request must contain the parameter VpcId',
  });
});

test('the STS client is understood and understands', async () => {
  const { handler } = await openBed();
  const client = new STSClient(sdkConfig(handler));
  const identity = await client.send(new GetCallerIdentityCommand({}));
  assert.equal(identity.Account, '000000000000');
  assert.equal(identity.Arn, 'arn:aws:iam::000000000000:root');
  assert.ok(identity.$metadata.requestId);
  const none = new AssumeRoleCommand({ RoleArn: 'arn:aws:iam::000000000000:role/none', RoleSessionName: 'session' });
  await assert.rejects(client.send(none), {
    name: 'AccessDenied',
    message: 'Roles may not be assumed by root accounts.',
  });
});

test('a client with a wrong secret is refused in every protocol', async () => {
  const { handler } = await openBed();
  const config = {
    ...sdkConfig(handler),
    credentials: { accessKeyId: 'AKIAEXAMPLEKEY000001', secretAccessKey: 'wrong' },
  };
  await assert.rejects(new ECSClient(config).send(new CreateClusterCommand({})), { name: 'InvalidSignatureException' });
  await assert.rejects(new STSClient(config).send(new GetCallerIdentityCommand({})), { name: 'SignatureDoesNotMatch' });
  await assert.rejects(new EC2Client(config).send(new DescribeVpcsCommand({})), { name: 'AuthFailure' });
});

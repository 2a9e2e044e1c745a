// Who may do what, as real SDK clients find it: users and roles of IAM, sessions of STS, and refusals in AWS's words.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DescribeVpcsCommand,
  EC2Client,
  ModifyVpcAttributeCommand,
} from '@aws-sdk/client-ec2';
import {
  CreateClusterCommand,
  DeleteClusterCommand,
  DescribeClustersCommand,
  ECSClient,
  ListClustersCommand,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import * as iam from '@aws-sdk/client-iam';
import { CreateKeyCommand, DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as ssm from '@aws-sdk/client-ssm';
import * as sts from '@aws-sdk/client-sts';
import { type ControlPlane, startControlPlane } from '../running/control-plane.ts';
import { type Server, startServer, testKeys } from '../running/server.ts';

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

describe('identity by SDK clients', () => {
  let controlPlane: ControlPlane;
  let server: Server;
  let root: ReturnType<typeof clientsOf>;

  before(async () => {
    controlPlane = await startControlPlane();
    server = controlPlane;
    root = clientsOf(server, testKeys);
  });

  after(async () => {
    await server?.stop();
    await controlPlane?.end();
  });

  const newUser = async (name: string): Promise<Keys> => {
    await root.iam.send(new iam.CreateUserCommand({ UserName: name }));
    const { AccessKey: key } = await root.iam.send(new iam.CreateAccessKeyCommand({ UserName: name }));
    return { accessKeyId: key?.AccessKeyId ?? '', secretAccessKey: key?.SecretAccessKey ?? '' };
  };
  const put = (name: string, document: object): Promise<unknown> =>
    root.iam.send(
      new iam.PutUserPolicyCommand({ UserName: name, PolicyName: 'own', PolicyDocument: JSON.stringify(document) }),
    );
  const allow = (Action: string | string[], Resource: string | string[] = '*'): object => ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action, Resource }],
  });

  test('a user may what its policies say, from the next request on', async () => {
    const keys = await newUser('dev');
    const dev = clientsOf(server, keys);
    const identity = await dev.sts.send(new sts.GetCallerIdentityCommand({}));
    assert.equal(identity.Arn, 'arn:aws:iam::000000000000:user/dev');
    assert.match(identity.UserId ?? '', /^AIDA[A-Z2-7]{17}$/);
    await refused(
      dev.ecs.send(new CreateClusterCommand({ clusterName: 'prod' })),
      'AccessDeniedException',
      'User: arn:aws:iam::000000000000:user/dev is not authorized to perform: ecs:CreateCluster on resource: arn:aws:ecs:us-east-1:000000000000:cluster/prod because no identity-based policy allows the ecs:CreateCluster action',
    );
    await put('dev', allow('ecs:CreateCluster', 'arn:aws:ecs:*:*:cluster/prod'));
    await dev.ecs.send(new CreateClusterCommand({ clusterName: 'prod' }));
    await refused(
      dev.ecs.send(new CreateClusterCommand({ clusterName: 'dev' })),
      'AccessDeniedException',
      /cluster\/dev/,
    );
    await refused(dev.ecs.send(new ListClustersCommand({})), 'AccessDeniedException', /on resource: \* because/);
    await root.iam.send(new iam.DeleteUserPolicyCommand({ UserName: 'dev', PolicyName: 'own' }));
    await refused(
      dev.ecs.send(new CreateClusterCommand({ clusterName: 'prod' })),
      'AccessDeniedException',
      /CreateCluster/,
    );
    await root.iam.send(
      new iam.UpdateAccessKeyCommand({ UserName: 'dev', AccessKeyId: keys.accessKeyId, Status: 'Inactive' }),
    );
    await refused(
      dev.sts.send(new sts.GetCallerIdentityCommand({})),
      'InvalidClientTokenId',
      /security token.*invalid/,
    );
  });

  test('each protocol has its own code for what is not allowed', async () => {
    const nobody = clientsOf(server, await newUser('nobody'));
    await refused(nobody.iam.send(new iam.ListRolesCommand({})), 'AccessDenied', /iam:ListRoles on resource: \*/, 403);
    await refused(
      nobody.ec2.send(new DescribeVpcsCommand({})),
      'UnauthorizedOperation',
      /not authorized to perform/,
      403,
    );
    await refused(nobody.ecs.send(new ListClustersCommand({})), 'AccessDeniedException', /ecs:ListClusters/, 400);
  });

  test('a role is found as it was made, and assumed by whom it trusts', async () => {
    const keys = await newUser('ops');
    const ops = clientsOf(server, keys);
    const trust = (arn: string): string =>
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { AWS: arn }, Action: ['sts:AssumeRole', 'sts:TagSession'] }],
      });
    const created = await root.iam.send(
      new iam.CreateRoleCommand({
        RoleName: 'deploy',
        Path: '/ci/',
        AssumeRolePolicyDocument: trust('arn:aws:iam::000000000000:user/ops'),
        Tags: [{ Key: 'team', Value: 'a+b' }],
        MaxSessionDuration: 7200,
      }),
    );
    await iam.waitUntilRoleExists({ client: root.iam, maxWaitTime: 5 }, { RoleName: 'deploy' });
    const { Role: role } = await root.iam.send(new iam.GetRoleCommand({ RoleName: 'deploy' }));
    assert.deepEqual({ ...role, RoleLastUsed: undefined }, { ...created.Role, RoleLastUsed: undefined });
    assert.equal(role?.Arn, 'arn:aws:iam::000000000000:role/ci/deploy');
    assert.equal(decodeURIComponent(role.AssumeRolePolicyDocument ?? ''), trust('arn:aws:iam::000000000000:user/ops'));
    const assume = { RoleArn: role.Arn ?? '', RoleSessionName: 'build-7' };
    await refused(
      root.sts.send(new sts.AssumeRoleCommand(assume)),
      'AccessDenied',
      'Roles may not be assumed by root accounts.',
    );
    const { Credentials: given, AssumedRoleUser: assumed } = await ops.sts.send(
      new sts.AssumeRoleCommand({ ...assume, DurationSeconds: 7200, Tags: [{ Key: 'app', Value: 'web' }] }),
    );
    assert.equal(assumed?.Arn, 'arn:aws:sts::000000000000:assumed-role/deploy/build-7');
    assert.equal(assumed.AssumedRoleId, `${role.RoleId}:build-7`);
    const session = clientsOf(server, sessionKeys(given));
    assert.equal((await session.sts.send(new sts.GetCallerIdentityCommand({}))).Arn, assumed.Arn);
    await refused(
      session.ecs.send(new ListClustersCommand({})),
      'AccessDeniedException',
      /assumed-role\/deploy\/build-7/,
    );
    await root.iam.send(
      new iam.AttachRolePolicyCommand({
        RoleName: 'deploy',
        PolicyArn: 'arn:aws:iam::aws:policy/AmazonECS_FullAccess',
      }),
    );
    await session.ecs.send(new ListClustersCommand({}));
    await refused(
      ops.sts.send(new sts.AssumeRoleCommand({ ...assume, DurationSeconds: 7201 })),
      'ValidationError',
      /MaxSessionDuration/,
    );
    await root.iam.send(
      new iam.UpdateAssumeRolePolicyCommand({
        RoleName: 'deploy',
        PolicyDocument: trust('arn:aws:iam::000000000000:user/dev'),
      }),
    );
    await refused(
      ops.sts.send(new sts.AssumeRoleCommand(assume)),
      'AccessDenied',
      /because no role trust policy allows the sts:AssumeRole action/,
    );
    // The tokens of sessions are taken by the server that comes after this one.
    const port = Number(new URL(server.endpoint).port);
    await server.stop();
    server = await startServer({ dataDirectory: server.dataDirectory, agent: false, port });
    await session.ecs.send(new ListClustersCommand({}));
    const forged = { ...sessionKeys(given), secretAccessKey: testKeys.secretAccessKey };
    await refused(clientsOf(server, forged).ecs.send(new ListClustersCommand({})), 'InvalidSignatureException');
    const other = { ...testKeys, sessionToken: given?.SessionToken ?? '' };
    await refused(clientsOf(server, other).ecs.send(new ListClustersCommand({})), 'UnrecognizedClientException');
  });

  test('a session may no more than its own policy and a boundary say', async () => {
    const keys = await newUser('bounded');
    const bounded = clientsOf(server, keys);
    await put('bounded', allow(['ecs:*', 'sts:*']));
    const fed = await bounded.sts.send(
      new sts.GetFederationTokenCommand({ Name: 'bob', Policy: JSON.stringify(allow('ecs:ListClusters')) }),
    );
    const bob = clientsOf(server, sessionKeys(fed.Credentials));
    await bob.ecs.send(new ListClustersCommand({}));
    await refused(
      bob.ecs.send(new CreateClusterCommand({ clusterName: 'x' })),
      'AccessDeniedException',
      /federated-user\/bob .* because no session policy allows the ecs:CreateCluster action$/,
    );
    const { Policy: boundary } = await root.iam.send(
      new iam.CreatePolicyCommand({ PolicyName: 'edge', PolicyDocument: JSON.stringify(allow('sts:*')) }),
    );
    await root.iam.send(
      new iam.PutUserPermissionsBoundaryCommand({ UserName: 'bounded', PermissionsBoundary: boundary?.Arn }),
    );
    await refused(
      bounded.ecs.send(new ListClustersCommand({})),
      'AccessDeniedException',
      /because no permissions boundary allows the ecs:ListClusters action$/,
    );
    await refused(root.iam.send(new iam.DeletePolicyCommand({ PolicyArn: boundary?.Arn })), 'DeleteConflict');
  });

  test('a policy may name who asks, and all but what it names', async () => {
    const clusters = 'arn:aws:ecs:us-east-1:000000000000:cluster';
    const statement = (Effect: string, what: object) => ({ Effect, ...what });
    const asks = async (name: string) => clientsOf(server, await newUser(name)).ecs;
    const create = (by: ECSClient, clusterName: string) => by.send(new CreateClusterCommand({ clusterName }));
    const remove = (by: ECSClient, cluster: string) => by.send(new DeleteClusterCommand({ cluster }));
    const denied = /explicit deny in an identity-based policy$/;
    const ann = await asks('ann');
    await put('ann', {
      Version: '2012-10-17',
      Statement: [
        statement('Allow', { NotAction: 'iam:*', Resource: '*' }),
        statement('Deny', { Action: 'ecs:DeleteCluster', NotResource: `${clusters}/\${aws:username}-*` }),
        statement('Deny', { NotAction: ['ecs:DeleteCluster', 'ecs:CreateCluster'], Resource: `${clusters}/*` }),
      ],
    });
    for (const name of ['ann-1', 'bob-1']) await create(ann, name);
    await remove(ann, 'ann-1');
    await refused(remove(ann, 'bob-1'), 'AccessDeniedException', denied);
    await refused(ann.send(new DescribeClustersCommand({ clusters: ['bob-1'] })), 'AccessDeniedException');
    // In a policy of the older version a variable is no variable.
    await put('ann', {
      Version: '2008-10-17',
      Statement: [statement('Allow', { Action: 'ecs:*', Resource: `${clusters}/\${aws:username}-*` })],
    });
    await refused(create(ann, 'ann-2'), 'AccessDeniedException');
    await remove(root.ecs, 'bob-1');
  });

  test('whoever passes a role must be allowed to', async () => {
    await root.iam.send(
      new iam.CreateRoleCommand({
        RoleName: 'app',
        AssumeRolePolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' }],
        }),
      }),
    );
    const passer = clientsOf(server, await newUser('passer'));
    await put('passer', allow('ecs:*'));
    const define = new RegisterTaskDefinitionCommand({
      family: 'web',
      taskRoleArn: 'arn:aws:iam::000000000000:role/app',
      containerDefinitions: [{ name: 'app', image: 'web', memory: 64 }],
    });
    await refused(
      passer.ecs.send(define),
      'AccessDeniedException',
      'User: arn:aws:iam::000000000000:user/passer is not authorized to perform: iam:PassRole on resource: arn:aws:iam::000000000000:role/app because no identity-based policy allows the iam:PassRole action',
    );
    await put('passer', {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 'ecs:*', Resource: '*' },
        {
          Effect: 'Allow',
          Action: 'iam:PassRole',
          Resource: 'arn:aws:iam::*:role/app',
          Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
        },
      ],
    });
    await passer.ecs.send(define);
  });

  test('what is in use or not there is said so in AWS’s words', async () => {
    await refused(
      root.iam.send(new iam.GetRoleCommand({ RoleName: 'none' })),
      'NoSuchEntity',
      'The role with name none cannot be found.',
      404,
    );
    await refused(
      root.iam.send(new iam.CreateUserCommand({ UserName: 'dev' })),
      'EntityAlreadyExists',
      'User with name dev already exists.',
      409,
    );
    await refused(
      root.iam.send(new iam.DeleteUserCommand({ UserName: 'dev' })),
      'DeleteConflict',
      'Cannot delete entity, must delete access keys first.',
      409,
    );
    await refused(
      root.iam.send(new iam.DeleteLoginProfileCommand({ UserName: 'dev' })),
      'NoSuchEntity',
      'Login Profile for User dev cannot be found.',
      404,
    );
    await refused(
      root.iam.send(new iam.GetAccountPasswordPolicyCommand({})),
      'NoSuchEntity',
      'The Password Policy with domain name 000000000000 cannot be found.',
      404,
    );
    await refused(
      root.iam.send(
        new iam.PutUserPolicyCommand({
          UserName: 'dev',
          PolicyName: 'p',
          PolicyDocument: '{"Statement":{"Effect":"Allow"}}',
        }),
      ),
      'MalformedPolicyDocument',
      /Policy statement must contain actions/,
      400,
    );
    await refused(
      root.iam.send(new iam.CreatePolicyCommand({ PolicyName: 'a b', PolicyDocument: '{}' })),
      'ValidationError',
      /failed to satisfy constraint/,
    );
  });

  test('a policy has versions, of which one is in force', async () => {
    const { Policy: policy } = await root.iam.send(
      new iam.CreatePolicyCommand({ PolicyName: 'versions', PolicyDocument: JSON.stringify(allow('ecs:*')) }),
    );
    const PolicyArn = policy?.Arn;
    for (const action of ['logs:*', 's3:*', 'ssm:*', 'sts:*']) {
      const PolicyDocument = JSON.stringify(allow(action));
      await root.iam.send(new iam.CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault: true }));
    }
    const tooMany = new iam.CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: JSON.stringify(allow('ec2:*')) });
    await refused(root.iam.send(tooMany), 'LimitExceeded', /up to 5 versions/);
    const { Versions: versions } = await root.iam.send(new iam.ListPolicyVersionsCommand({ PolicyArn }));
    assert.deepEqual(
      versions?.map(({ VersionId }) => VersionId),
      ['v5', 'v4', 'v3', 'v2', 'v1'],
    );
    await refused(root.iam.send(new iam.DeletePolicyVersionCommand({ PolicyArn, VersionId: 'v5' })), 'DeleteConflict');
    const { PolicyVersion: inForce } = await root.iam.send(
      new iam.GetPolicyVersionCommand({ PolicyArn, VersionId: 'v5' }),
    );
    assert.deepEqual(JSON.parse(decodeURIComponent(inForce?.Document ?? '')), allow('sts:*'));
  });

  test('the simulator says what the gateway would', async () => {
    const { EvaluationResults: results } = await root.iam.send(
      new iam.SimulatePrincipalPolicyCommand({
        PolicySourceArn: 'arn:aws:iam::000000000000:user/passer',
        ActionNames: ['ecs:RunTask', 'iam:PassRole', 's3:GetObject'],
        ResourceArns: ['arn:aws:iam::000000000000:role/app'],
        ContextEntries: [
          {
            ContextKeyName: 'iam:PassedToService',
            ContextKeyType: 'string',
            ContextKeyValues: ['ecs-tasks.amazonaws.com'],
          },
        ],
      }),
    );
    assert.deepEqual(
      results?.map(({ EvalActionName, EvalDecision }) => [EvalActionName, EvalDecision]),
      [
        ['ecs:RunTask', 'allowed'],
        ['iam:PassRole', 'allowed'],
        ['s3:GetObject', 'implicitDeny'],
      ],
    );
  });

  test('only what brings a token instead may come without a signature', async () => {
    const anonymous = new sts.STSClient({ endpoint: server.endpoint, region: 'us-east-1', maxAttempts: 1 });
    const token = [{ alg: 'RS256' }, { iss: 'https://token.example.com', sub: 'a', aud: 'b', exp: 1 }, {}]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const RoleArn = 'arn:aws:iam::000000000000:role/ci/deploy';
    const asking = { RoleArn, RoleSessionName: 'ci', WebIdentityToken: token };
    await refused(
      anonymous.send(new sts.AssumeRoleWithWebIdentityCommand(asking)),
      'InvalidIdentityToken',
      'No OpenIDConnect provider found in your account for https://token.example.com',
      400,
    );
    for (const Action of ['GetCallerIdentity', 'AssumeRole', 'GetSessionToken']) {
      const body = new URLSearchParams({ Action, Version: '2011-06-15' });
      const answer = await fetch(server.endpoint, { method: 'POST', body });
      assert.equal(answer.status, 403);
      assert.match(await answer.text(), /<Code>MissingAuthenticationToken<\/Code>/);
    }
  });

  test('the tags of keys, parameters and secrets decide, each by its own, and so do those a request brings', async () => {
    const member = clientsOf(server, await newUser('tagged'));
    const [blue, red] = ['blue', 'red'].map((team) => [{ Key: 'team', Value: team }]);
    for (const [Name, Tags] of [
      ['/team/blue', blue],
      ['/team/red', red],
    ] as const) {
      await root.ssm.send(new ssm.PutParameterCommand({ Name, Value: 'x', Type: 'String', Tags }));
    }
    const secret = await root.secrets.send(new CreateSecretCommand({ Name: 'red', SecretString: 'x', Tags: red }));
    const { KeyMetadata: key } = await root.kms.send(
      new CreateKeyCommand({ Tags: [{ TagKey: 'team', TagValue: 'red' }] }),
    );
    await put('tagged', {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: ['ssm:*', 'secretsmanager:*', 'kms:*'], Resource: '*' },
        { Effect: 'Deny', Action: '*', Resource: '*', Condition: { StringEquals: { 'aws:ResourceTag/team': 'red' } } },
        { Effect: 'Deny', Action: '*', Resource: '*', Condition: { StringEquals: { 'aws:RequestTag/team': 'red' } } },
      ],
    });
    const denied = { name: 'AccessDeniedException' };
    const names = (...Names: string[]) => member.ssm.send(new ssm.GetParametersCommand({ Names }));
    assert.equal((await names('/team/blue')).Parameters?.length, 1);
    await assert.rejects(names('/team/red'), denied);
    await assert.rejects(names('/team/blue', '/team/red'), denied, 'one of several');
    const tagging = { ResourceType: 'Parameter', ResourceId: '/team/blue' } as const;
    await assert.rejects(member.ssm.send(new ssm.AddTagsToResourceCommand({ ...tagging, Tags: red })), denied);
    await member.ssm.send(new ssm.AddTagsToResourceCommand({ ...tagging, Tags: [{ Key: 'a', Value: 'b' }] }));
    await assert.rejects(member.secrets.send(new GetSecretValueCommand({ SecretId: secret.ARN })), denied);
    await assert.rejects(member.kms.send(new DescribeKeyCommand({ KeyId: key?.KeyId })), denied);
    await assert.rejects(
      member.kms.send(new CreateKeyCommand({ Tags: [{ TagKey: 'team', TagValue: 'red' }] })),
      denied,
    );
  });

  test('networks are asked for with their tags, each with its own', async () => {
    const member = clientsOf(server, await newUser('wirer'));
    await put('wirer', {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'ec2:*',
          Resource: '*',
          Condition: { StringEquals: { 'ec2:ResourceTag/team': 'blue' } },
        },
      ],
    });
    const vpc = async (team: string): Promise<string> => {
      const tags = [{ Key: 'team', Value: team }];
      const { Vpc } = await root.ec2.send(
        new CreateVpcCommand({
          CidrBlock: '10.3.0.0/16',
          TagSpecifications: [{ ResourceType: 'vpc', Tags: tags }],
        }),
      );
      return Vpc?.VpcId ?? '';
    };
    const [blue, red] = [await vpc('blue'), await vpc('red')];
    const change = (VpcId: string) =>
      member.ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }));
    await change(blue);
    await assert.rejects(change(red), { name: 'UnauthorizedOperation' });
    const tag = (...Resources: string[]) =>
      member.ec2.send(new CreateTagsCommand({ Resources, Tags: [{ Key: 'a', Value: 'b' }] }));
    await tag(blue);
    await assert.rejects(tag(blue, red), { name: 'UnauthorizedOperation' });
    const arn = `arn:aws:ec2:us-east-1:000000000000:vpc/${red}`;
    const Condition = { StringEquals: { 'ec2:Region': 'us-east-1' }, ArnEqualsIfExists: { 'ec2:Vpc': arn } };
    await put('wirer', { Statement: [{ Effect: 'Allow', Action: 'ec2:*', Resource: '*', Condition }] });
    const subnet = (VpcId: string) => member.ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: '10.3.1.0/24' }));
    const { Subnet } = await subnet(red);
    await assert.rejects(subnet(blue), { name: 'UnauthorizedOperation' });
    await member.ec2.send(new DescribeVpcsCommand({}));
    await member.ec2.send(new DeleteSubnetCommand({ SubnetId: Subnet?.SubnetId }));
    for (const VpcId of [blue, red]) await root.ec2.send(new DeleteVpcCommand({ VpcId }));
  });

  test('listings come in pages', async () => {
    const names: (string | undefined)[] = [];
    for await (const page of iam.paginateListUsers({ client: root.iam, pageSize: 2 }, {})) {
      assert.ok((page.Users ?? []).length <= 2);
      names.push(...(page.Users ?? []).map(({ UserName }) => UserName));
    }
    assert.deepEqual(names, ['ann', 'bounded', 'dev', 'nobody', 'ops', 'passer', 'tagged', 'wirer']);
  });
});

function clientsOf(server: Pick<Server, 'endpoint'>, credentials: Keys) {
  const config = { endpoint: server.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 };
  return {
    iam: new iam.IAMClient(config),
    sts: new sts.STSClient(config),
    ecs: new ECSClient(config),
    ec2: new EC2Client(config),
    kms: new KMSClient(config),
    secrets: new SecretsManagerClient(config),
    ssm: new ssm.SSMClient(config),
  };
}

function sessionKeys(given: sts.Credentials | undefined): Keys {
  assert.match(given?.AccessKeyId ?? '', /^ASIA[A-Z2-7]{16}$/);
  return {
    accessKeyId: given?.AccessKeyId ?? '',
    secretAccessKey: given?.SecretAccessKey ?? '',
    sessionToken: given?.SessionToken ?? '',
  };
}

async function refused(
  asking: Promise<unknown>,
  code: string,
  message?: string | RegExp,
  status?: number,
): Promise<void> {
  await assert.rejects(asking, (error: Error & { readonly $metadata?: { readonly httpStatusCode?: number } }) => {
    const name = error.name.replace(/Exception$/, '');
    assert.equal(name, code.replace(/Exception$/, ''), error.message);
    if (typeof message === 'string') assert.equal(error.message, message);
    else if (message) assert.match(error.message, message);
    if (status !== undefined) assert.equal(error.$metadata?.httpStatusCode, status);
    return true;
  });
}

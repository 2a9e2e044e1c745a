// Who may push and pull: users of IAM with keys of their own, the AWS CLI that gets them a password, the stock docker client.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { type AwsCli, awsCli } from '../../running/aws-cli.ts';
import { type ControlPlane, startControlPlane } from '../../running/control-plane.ts';
import { type DockerCli, dockerCli, logIn } from '../../running/docker-cli.ts';
import { docker as engine, ensureTestImage, testImage } from '../../running/engine.ts';
import { policyDocument } from '../../running/roles.ts';

const repositoryName = `rights-${process.pid}/app`;
const repositoryArn = `arn:aws:ecr:us-east-1:000000000000:repository/${repositoryName}`;
const pulling = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchCheckLayerAvailability'];
const pushing = [
  ...pulling,
  'ecr:InitiateLayerUpload',
  'ecr:UploadLayerPart',
  'ecr:CompleteLayerUpload',
  'ecr:PutImage',
];

describe('the rights of users on a repository, with the docker client', () => {
  let server: ControlPlane;
  let root: AwsCli;
  let uri: string;
  const made: string[] = [];

  before(async () => {
    await ensureTestImage();
    server = await startControlPlane();
    root = awsCli(server);
    const { repository } = await root<{ readonly repository: { readonly repositoryUri: string } }>(
      'ecr',
      'create-repository',
      '--repository-name',
      repositoryName,
    );
    uri = repository.repositoryUri;
  });

  after(async () => {
    for (const image of made) await engine.removeImage(image).catch(() => undefined); // gone already
    await server?.end();
  });

  interface User {
    readonly aws: AwsCli;
    readonly docker: DockerCli;
  }

  /** A user who may take the actions on the repository, with keys of IAM. */
  async function userWith(name: string, actions: readonly string[]): Promise<User> {
    const iam = new IAMClient(server.sdk);
    const UserName = name;
    await iam.send(new CreateUserCommand({ UserName }));
    const statements = [
      { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
      ...(actions.length === 0 ? [] : [{ Effect: 'Allow', Action: actions, Resource: repositoryArn }]),
    ];
    const PolicyDocument = policyDocument(...statements);
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'own', PolicyDocument }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
    iam.destroy();
    const aws = awsCli({
      environment: {
        ...server.environment,
        AWS_ACCESS_KEY_ID: AccessKey?.AccessKeyId,
        AWS_SECRET_ACCESS_KEY: AccessKey?.SecretAccessKey,
      },
    });
    const docker = dockerCli(join(server.directory, name));
    assert.match(await logIn(docker, await aws('ecr', 'get-authorization-token')), /Login Succeeded/);
    return { aws, docker };
  }

  async function imageOf({ docker }: User, tag: string): Promise<string> {
    const image = `${uri}:${tag}`;
    await docker.build(image, { base: testImage, layerBytes: 10_000 });
    made.push(image);
    return image;
  }

  const userArn = (name: string): string => `arn:aws:iam::000000000000:user/${name}`;
  const setPolicy = (...statements: readonly object[]): Promise<object> =>
    root(
      'ecr',
      'set-repository-policy',
      '--repository-name',
      repositoryName,
      '--policy-text',
      policyDocument(...statements),
    );

  test('who may push pushes, and who may only pull pulls and is told which right a push lacks', async () => {
    const pusher = await userWith('pusher', pushing);
    const puller = await userWith('puller', pulling);
    const image = await imageOf(pusher, 'v1');
    await pusher.docker('push', image);
    await pusher.docker('rmi', image);
    await puller.docker('pull', image);
    const own = await imageOf(puller, 'v2');
    await assert.rejects(puller.docker('push', own), (error: Error) => {
      assert.match(
        error.message,
        new RegExp(
          `denied: User: ${userArn('puller')} is not authorized to perform: ecr:InitiateLayerUpload on resource: ${repositoryArn}`,
        ),
      );
      return true;
    });
  });

  test('the repository’s own policy lets in a user who has no right of his own, and nobody else', async () => {
    const guest = await userWith('guest', []);
    const stranger = await userWith('stranger', []);
    await assert.rejects(guest.docker('pull', `${uri}:v1`), /not authorized to perform: ecr:BatchGetImage/);
    await setPolicy({ Effect: 'Allow', Principal: { AWS: userArn('guest') }, Action: pulling });
    await guest.docker('pull', `${uri}:v1`);
    await assert.rejects(stranger.docker('pull', `${uri}:v1`), /not authorized to perform: ecr:BatchGetImage/);
    const own = await imageOf(guest, 'v3');
    await assert.rejects(guest.docker('push', own), /not authorized to perform: ecr:InitiateLayerUpload/);
  });

  test('what the repository’s policy denies, the user’s own rights do not give back', async () => {
    const denied = await userWith('denied', pushing);
    const image = await imageOf(denied, 'v4');
    await setPolicy({ Effect: 'Deny', Principal: { AWS: userArn('denied') }, Action: 'ecr:PutImage' });
    await assert.rejects(
      denied.docker('push', image),
      /not authorized to perform: ecr:PutImage on resource: \S+ with an explicit deny/,
    );
    await denied.docker('pull', `${uri}:v1`);
    await setPolicy({ Effect: 'Deny', Principal: '*', Action: 'ecr:*' });
    await assert.rejects(denied.docker('pull', `${uri}:v1`), /with an explicit deny/);
    await root('ecr', 'delete-repository-policy', '--repository-name', repositoryName);
    await denied.docker('push', image); // the same login: rights are those of the moment
  });

  test('a right that is taken away is gone at once, and so is a user', async () => {
    const leaving = await userWith('leaving', pushing);
    const image = await imageOf(leaving, 'v5');
    await leaving.docker('push', image);
    await root('iam', 'delete-user-policy', '--user-name', 'leaving', '--policy-name', 'own');
    await assert.rejects(leaving.docker('pull', image), /not authorized to perform: ecr:BatchGetImage/);
    assert.match(await leaving.aws.fails('ecr', 'get-authorization-token'), /ecr:GetAuthorizationToken/);
  });
});

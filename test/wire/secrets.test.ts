// KMS, Secrets Manager and the Parameter Store as the SDK's own clients see them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  KMSClient,
  ListAliasesCommand,
  ReEncryptCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import {
  DeleteParametersCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  LabelParameterVersionCommand,
  ListTagsForResourceCommand,
  ParameterNotFound,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import type { MemoryJournal } from '../../src/world/sim/memory-journal.ts';
import { openControlPlane } from './control-plane.ts';
import { type SdkConfig, sdkConfig } from './sdk-handler.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const storedIn = async (journal: MemoryJournal): Promise<string> =>
  Array.from(await journal.open().load(), ({ records }) => records).join('\n');
const textOf = (data: Uint8Array | undefined): string => new TextDecoder().decode(data);

test('what KMS encrypts it decrypts, in the same context and with a key that may be used', async () => {
  const { handler, close } = await openControlPlane();
  const kms = new KMSClient(sdkConfig(handler));
  const { KeyMetadata: key } = await kms.send(new CreateKeyCommand({ Description: 'for tests' }));
  assert.equal(key?.KeyState, 'Enabled');
  await kms.send(new CreateAliasCommand({ AliasName: 'alias/test', TargetKeyId: key?.KeyId }));
  const EncryptionContext = { app: 'web', stage: 'prod' };
  const { CiphertextBlob } = await kms.send(
    new EncryptCommand({ KeyId: 'alias/test', Plaintext: bytes('secret'), EncryptionContext }),
  );
  assert.ok(!textOf(CiphertextBlob).includes('secret'));
  const reordered = { stage: 'prod', app: 'web' };
  const opened = await kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: reordered }));
  assert.equal(textOf(opened.Plaintext), 'secret');
  assert.equal(opened.KeyId, key?.Arn);
  await assert.rejects(kms.send(new DecryptCommand({ CiphertextBlob })), { name: 'InvalidCiphertextException' });

  const { KeyMetadata: other } = await kms.send(new CreateKeyCommand({}));
  await assert.rejects(kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext, KeyId: other?.KeyId })), {
    name: 'IncorrectKeyException',
  });
  const moved = await kms.send(
    new ReEncryptCommand({ CiphertextBlob, SourceEncryptionContext: EncryptionContext, DestinationKeyId: other?.Arn }),
  );
  assert.equal(
    textOf((await kms.send(new DecryptCommand({ CiphertextBlob: moved.CiphertextBlob }))).Plaintext),
    'secret',
  );

  const data = await kms.send(new GenerateDataKeyCommand({ KeyId: 'alias/test', KeySpec: 'AES_256' }));
  assert.equal(data.Plaintext?.length, 32);
  assert.deepEqual(
    (await kms.send(new DecryptCommand({ CiphertextBlob: data.CiphertextBlob }))).Plaintext,
    data.Plaintext,
  );

  await kms.send(new DisableKeyCommand({ KeyId: key?.KeyId }));
  await assert.rejects(kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext })), {
    name: 'DisabledException',
  });
  const scheduled = await kms.send(new ScheduleKeyDeletionCommand({ KeyId: key?.KeyId, PendingWindowInDays: 7 }));
  assert.equal(scheduled.KeyState, 'PendingDeletion');
  await kms.send(new CancelKeyDeletionCommand({ KeyId: key?.KeyId }));
  const described = await kms.send(new DescribeKeyCommand({ KeyId: 'alias/test' }));
  assert.equal(described.KeyMetadata?.KeyState, 'Disabled');
  const { Aliases } = await kms.send(new ListAliasesCommand({}));
  assert.deepEqual(
    Aliases?.map(({ AliasName }) => AliasName),
    ['alias/test'],
  );
  await close();
});

test('what the policy of a key does not hand to the account, no policy of a user can give', async () => {
  const { handler, close } = await openControlPlane();
  const root = sdkConfig(handler);
  const iam = new IAMClient(root);
  const statement = (of: object): string => JSON.stringify({ Version: '2012-10-17', Statement: [of] });
  const credentialsOf = async (UserName: string): Promise<SdkConfig['credentials']> => {
    await iam.send(new CreateUserCommand({ UserName }));
    const PolicyDocument = statement({ Effect: 'Allow', Action: '*', Resource: '*' });
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'all', PolicyDocument }));
    const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName }));
    return { accessKeyId: key?.AccessKeyId ?? '', secretAccessKey: key?.SecretAccessKey ?? '' };
  };
  const keeper = { ...root, credentials: await credentialsOf('keeper') };
  const other = { ...root, credentials: await credentialsOf('other') };
  const Principal = { AWS: 'arn:aws:iam::000000000000:user/keeper' };
  const Policy = statement({ Effect: 'Allow', Principal, Action: 'kms:*', Resource: '*' });
  const kms = new KMSClient(root);
  const { KeyMetadata: closed } = await kms.send(new CreateKeyCommand({ Policy }));
  const { KeyMetadata: open } = await kms.send(new CreateKeyCommand({}));
  const encrypt = (config: SdkConfig, KeyId: string | undefined): Promise<unknown> =>
    new KMSClient(config).send(new EncryptCommand({ KeyId, Plaintext: bytes('x') }));
  await encrypt(keeper, closed?.KeyId);
  await encrypt(other, open?.KeyId);
  await assert.rejects(encrypt(other, closed?.KeyId), { name: 'AccessDeniedException' });

  const parameter = { Name: '/closed', Value: 'v', Type: 'SecureString', KeyId: closed?.KeyId } as const;
  await new SSMClient(keeper).send(new PutParameterCommand(parameter));
  const read = new GetParameterCommand({ Name: '/closed', WithDecryption: true });
  assert.equal((await new SSMClient(keeper).send(read)).Parameter?.Value, 'v');
  await assert.rejects(new SSMClient(other).send(read), { name: 'AccessDeniedException' });
  const opened = { ...parameter, KeyId: open?.KeyId, Overwrite: true };
  await new SSMClient(root).send(new PutParameterCommand(opened));
  assert.equal(
    (await new SSMClient(other).send(read)).Parameter?.Value,
    'v',
    'the version of now is under another key',
  );
  const first = new GetParameterCommand({ Name: '/closed:1', WithDecryption: true });
  await assert.rejects(new SSMClient(other).send(first), { name: 'AccessDeniedException' });
  const history = new GetParameterHistoryCommand({ Name: '/closed', WithDecryption: true });
  await assert.rejects(new SSMClient(other).send(history), { name: 'AccessDeniedException' });
  assert.equal((await new SSMClient(keeper).send(history)).Parameters?.length, 2);
  await assert.rejects(kms.send(new CreateKeyCommand({ Policy: '{"Statement":"none"}' })), {
    name: 'MalformedPolicyDocumentException',
  });
  await close();
});

test('policies may ask for what a key is used: by which service, in which context, by which alias', async () => {
  const { handler, close } = await openControlPlane();
  const root = sdkConfig(handler);
  const iam = new IAMClient(root);
  await iam.send(new CreateUserCommand({ UserName: 'dev' }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'dev' }));
  const credentials = {
    accessKeyId: AccessKey?.AccessKeyId ?? '',
    secretAccessKey: AccessKey?.SecretAccessKey ?? '',
  };
  const mayUseKeys = async (Condition: object): Promise<void> => {
    const Statement = [
      { Effect: 'Allow', Action: ['ssm:*', 'secretsmanager:*'], Resource: '*' },
      { Effect: 'Allow', Action: 'kms:*', Resource: '*', Condition },
    ];
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
    await iam.send(new PutUserPolicyCommand({ UserName: 'dev', PolicyName: 'own', PolicyDocument }));
  };
  const { KeyMetadata: { KeyId } = {} } = await new KMSClient(root).send(new CreateKeyCommand({}));
  await new KMSClient(root).send(new CreateAliasCommand({ AliasName: 'alias/app', TargetKeyId: KeyId }));
  const secret = { Name: 'app', SecretString: 's', KmsKeyId: KeyId ?? '' };
  const { ARN } = await new SecretsManagerClient(root).send(new CreateSecretCommand(secret));
  const parameter = { Name: '/app/p', Value: 'v', Type: 'SecureString', KeyId } as const;
  await new SSMClient(root).send(new PutParameterCommand(parameter));
  const dev = { ...root, credentials };
  const [kms, ssm, secrets] = [new KMSClient(dev), new SSMClient(dev), new SecretsManagerClient(dev)];
  let made = 0;
  const uses = {
    secret: () => secrets.send(new GetSecretValueCommand({ SecretId: 'app' })),
    creation: () => secrets.send(new CreateSecretCommand({ ...secret, Name: `new-${(made += 1)}` })),
    parameter: () => ssm.send(new GetParameterCommand({ Name: '/app/p', WithDecryption: true })),
    path: () => ssm.send(new GetParametersByPathCommand({ Path: '/app', WithDecryption: true })),
    alias: () => kms.send(new DescribeKeyCommand({ KeyId: 'alias/app' })),
    encrypt: () => kms.send(new EncryptCommand({ KeyId, Plaintext: bytes('x'), EncryptionContext: { app: 'web' } })),
  };
  const parameterArn = 'arn:aws:ssm:us-east-1:000000000000:parameter/app/p';
  const cases: readonly (readonly [condition: object, allowed: readonly string[]])[] = [
    [{ StringEquals: { 'kms:ViaService': 'secretsmanager.us-east-1.amazonaws.com' } }, ['secret', 'creation']],
    [{ StringEquals: { 'kms:ViaService': 'ssm.us-east-1.amazonaws.com' } }, ['parameter', 'path']],
    [{ StringEquals: { 'kms:EncryptionContext:SecretARN': ARN } }, ['secret']],
    [{ StringEquals: { 'kms:EncryptionContext:PARAMETER_ARN': parameterArn } }, ['parameter', 'path']],
    [{ 'ForAnyValue:StringEquals': { 'kms:EncryptionContextKeys': 'app' } }, ['encrypt']],
    [{ StringEquals: { 'kms:RequestAlias': 'alias/app' } }, ['alias']],
    [{ 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/app' } }, Object.keys(uses)],
    [{ StringEquals: { 'kms:CallerAccount': '000000000000' } }, Object.keys(uses)],
  ];
  for (const [condition, allowed] of cases) {
    await mayUseKeys(condition);
    for (const [name, use] of Object.entries(uses)) {
      const what = `${name} with ${JSON.stringify(condition)}`;
      if (allowed.includes(name)) await assert.doesNotReject(use, what);
      else await assert.rejects(use, { name: 'AccessDeniedException' }, what);
    }
  }
  await close();
});

test('a secret has versions and labels, and what is stored is not what was put', async () => {
  const { handler, close, journal } = await openControlPlane();
  const client = new SecretsManagerClient(sdkConfig(handler));
  const created = await client.send(new CreateSecretCommand({ Name: 'db/password', SecretString: 'hunter2-first' }));
  assert.match(created.ARN ?? '', /^arn:aws:secretsmanager:us-east-1:000000000000:secret:db\/password-[A-Za-z0-9]{6}$/);
  await assert.rejects(client.send(new CreateSecretCommand({ Name: 'db/password', SecretString: 'x' })), {
    name: 'ResourceExistsException',
  });
  const second = await client.send(
    new PutSecretValueCommand({ SecretId: created.ARN, SecretString: 'hunter2-second' }),
  );
  const read = async (more: object = {}): Promise<string | undefined> =>
    (await client.send(new GetSecretValueCommand({ SecretId: 'db/password', ...more }))).SecretString;
  assert.equal(await read(), 'hunter2-second');
  assert.equal(await read({ VersionStage: 'AWSPREVIOUS' }), 'hunter2-first');
  assert.equal(await read({ VersionId: created.VersionId }), 'hunter2-first');
  await assert.rejects(read({ VersionId: created.VersionId, VersionStage: 'AWSCURRENT' }), {
    name: 'InvalidRequestException',
  });
  await client.send(
    new UpdateSecretVersionStageCommand({
      SecretId: 'db/password',
      VersionStage: 'AWSCURRENT',
      MoveToVersionId: created.VersionId,
      RemoveFromVersionId: second.VersionId,
    }),
  );
  assert.equal(await read(), 'hunter2-first');
  const described = await client.send(new DescribeSecretCommand({ SecretId: 'db/password' }));
  assert.deepEqual(described.VersionIdsToStages, {
    [created.VersionId ?? '']: ['AWSCURRENT'],
    [second.VersionId ?? '']: ['AWSPREVIOUS'],
  });
  const listed = await client.send(new ListSecretVersionIdsCommand({ SecretId: 'db/password' }));
  assert.equal(listed.Versions?.length, 2);

  await close();
  const stored = await storedIn(journal);
  assert.ok(stored.includes('db/password'));
  assert.ok(!stored.includes('hunter2'), 'no value lies in the journal');
});

test('a repeated request is one request; with another value it is refused', async () => {
  const { handler, close } = await openControlPlane();
  const client = new SecretsManagerClient(sdkConfig(handler));
  const ClientRequestToken = 'a-token-of-at-least-32-characters-';
  const first = await client.send(new CreateSecretCommand({ Name: 'one', SecretString: 'v', ClientRequestToken }));
  const again = await client.send(new CreateSecretCommand({ Name: 'one', SecretString: 'v', ClientRequestToken }));
  assert.equal(again.ARN, first.ARN);
  assert.equal(again.VersionId, ClientRequestToken);
  await assert.rejects(
    client.send(new PutSecretValueCommand({ SecretId: 'one', SecretString: 'other', ClientRequestToken })),
    { name: 'ResourceExistsException' },
  );
  await close();
});

test('a deleted secret can be restored until its window is over, and is listed when asked for', async () => {
  const { handler, close } = await openControlPlane();
  const client = new SecretsManagerClient(sdkConfig(handler));
  await client.send(new CreateSecretCommand({ Name: 'gone', SecretBinary: bytes('raw') }));
  await client.send(new DeleteSecretCommand({ SecretId: 'gone', RecoveryWindowInDays: 7 }));
  await assert.rejects(client.send(new GetSecretValueCommand({ SecretId: 'gone' })), {
    name: 'InvalidRequestException',
    message: /marked for deletion/,
  });
  assert.equal((await client.send(new ListSecretsCommand({}))).SecretList?.length, 0);
  const planned = await client.send(
    new ListSecretsCommand({ IncludePlannedDeletion: true, Filters: [{ Key: 'name', Values: ['go'] }] }),
  );
  assert.equal(planned.SecretList?.[0]?.Name, 'gone');
  await client.send(new RestoreSecretCommand({ SecretId: 'gone' }));
  assert.equal(textOf((await client.send(new GetSecretValueCommand({ SecretId: 'gone' }))).SecretBinary), 'raw');
  await client.send(new DeleteSecretCommand({ SecretId: 'gone', ForceDeleteWithoutRecovery: true }));
  await assert.rejects(client.send(new DescribeSecretCommand({ SecretId: 'gone' })), {
    name: 'ResourceNotFoundException',
    message: "Secrets Manager can't find the specified secret.",
  });
  const again = await client.send(new DeleteSecretCommand({ SecretId: 'gone', ForceDeleteWithoutRecovery: true }));
  assert.equal(again.Name, 'gone', 'without recovery, a secret that is not there is deleted too');
  await assert.rejects(client.send(new DeleteSecretCommand({ SecretId: 'gone' })), {
    name: 'ResourceNotFoundException',
  });
  await close();
});

test('a random password has a character of every type and no excluded one', async () => {
  const { handler, close } = await openControlPlane();
  const client = new SecretsManagerClient(sdkConfig(handler));
  for (let count = 0; count < 20; count += 1) {
    const { RandomPassword: password = '' } = await client.send(
      new GetRandomPasswordCommand({ PasswordLength: 8, ExcludeCharacters: 'abc"\\' }),
    );
    assert.equal(password.length, 8);
    for (const kind of [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/]) assert.match(password, kind);
    assert.doesNotMatch(password, /[abc"\\]/);
  }
  await close();
});

test('parameters of every type, by name, version, label and path', async () => {
  const { handler, close, journal } = await openControlPlane();
  const client = new SSMClient(sdkConfig(handler));
  const put = (Name: string, Value: string, more: object = {}): Promise<unknown> =>
    client.send(new PutParameterCommand({ Name, Value, Type: 'String', ...more }));
  await put('/shop/db/url', 'one', { Tags: [{ Key: 'team', Value: 'blue' }] });
  await put('/shop/db/password', 'hunter2', { Type: 'SecureString' });
  await put('/shop/zones', 'a,b', { Type: 'StringList' });
  await put('plain', 'x');
  await assert.rejects(put('/shop/db/url', 'two'), { name: 'ParameterAlreadyExists' });
  await put('/shop/db/url', 'two', { Overwrite: true });
  await client.send(new LabelParameterVersionCommand({ Name: '/shop/db/url', ParameterVersion: 1, Labels: ['prod'] }));

  const get = async (Name: string, WithDecryption = false) =>
    (await client.send(new GetParameterCommand({ Name, WithDecryption }))).Parameter;
  assert.equal((await get('/shop/db/url'))?.Value, 'two');
  assert.equal((await get('/shop/db/url:1'))?.Value, 'one');
  const labelled = await get('/shop/db/url:prod');
  assert.equal(labelled?.Value, 'one');
  assert.equal(labelled?.Selector, ':prod');
  assert.equal((await get('arn:aws:ssm:us-east-1:000000000000:parameter/shop/db/url'))?.Value, 'two');
  assert.equal((await get('arn:aws:ssm:us-east-1:000000000000:parameter/plain'))?.Value, 'x');
  assert.equal((await get('plain'))?.ARN, 'arn:aws:ssm:us-east-1:000000000000:parameter/plain');
  const missing = await get('/shop/none').catch((error: unknown) => error);
  assert.ok(missing instanceof ParameterNotFound);
  assert.equal(missing.$metadata.httpStatusCode, 400, 'AWS answers 400, though the model says 404');
  await assert.rejects(put('/shop/key', 'x', { Type: 'SecureString', KeyId: 'alias/none' }), {
    name: 'InvalidKeyId',
    message: /^Alias arn:aws:kms:us-east-1:000000000000:alias\/none is not found\. \(Service: AWSKMS; /,
  });
  await assert.rejects(get('/shop/db/url:9'), { name: 'ParameterVersionNotFound' });
  assert.equal((await get('/shop/db/password', true))?.Value, 'hunter2');
  assert.notEqual((await get('/shop/db/password'))?.Value, 'hunter2');

  const several = await client.send(
    new GetParametersCommand({ Names: ['plain', '/none', '/shop/zones'], WithDecryption: true }),
  );
  assert.deepEqual(several.InvalidParameters, ['/none']);
  assert.equal(several.Parameters?.length, 2);
  const byPath = async (Path: string, Recursive: boolean): Promise<readonly (string | undefined)[]> => {
    const { Parameters: found } = await client.send(new GetParametersByPathCommand({ Path, Recursive }));
    return found?.map(({ Name }) => Name) ?? [];
  };
  assert.deepEqual(await byPath('/shop', false), ['/shop/zones']);
  assert.deepEqual(await byPath('/shop', true), ['/shop/db/password', '/shop/db/url', '/shop/zones']);
  const history = await client.send(new GetParameterHistoryCommand({ Name: '/shop/db/url' }));
  assert.deepEqual(
    history.Parameters?.map(({ Version, Value, Labels }) => [Version, Value, Labels]),
    [
      [1, 'one', ['prod']],
      [2, 'two', []],
    ],
  );
  const described = await client.send(
    new DescribeParametersCommand({ ParameterFilters: [{ Key: 'Type', Values: ['SecureString'] }] }),
  );
  assert.equal(described.Parameters?.[0]?.KeyId, 'alias/aws/ssm');
  const tags = await client.send(
    new ListTagsForResourceCommand({ ResourceType: 'Parameter', ResourceId: '/shop/db/url' }),
  );
  assert.deepEqual(tags.TagList, [{ Key: 'team', Value: 'blue' }]);
  const deleted = await client.send(new DeleteParametersCommand({ Names: ['plain', 'never'] }));
  assert.deepEqual(deleted.DeletedParameters, ['plain']);
  assert.deepEqual(deleted.InvalidParameters, ['never']);
  await close();
  const stored = await storedIn(journal);
  assert.ok(stored.includes('/shop/db/password'));
  assert.ok(!stored.includes('hunter2'), 'a SecureString does not lie in the journal');
});

test('the parameters that AWS publishes for ECS are there', async () => {
  const { handler, close } = await openControlPlane();
  const client = new SSMClient(sdkConfig(handler));
  const Name = '/aws/service/ecs/optimized-ami/amazon-linux-2/recommended';
  const { Parameter: whole } = await client.send(new GetParameterCommand({ Name }));
  const { Parameter: id } = await client.send(new GetParameterCommand({ Name: `${Name}/image_id` }));
  assert.equal(JSON.parse(whole?.Value ?? '').image_id, id?.Value);
  assert.match(id?.Value ?? '', /^ami-[0-9a-f]{17}$/);
  await close();
});

// Sessions as callers ask for them, over a real store.
import assert from 'node:assert/strict';
import { createSign, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { AwsError } from '../../aws/error.ts';
import type { Call, Operation, OperationContext, Parsed, Principal } from '../../aws/operation.ts';
import { SimClock } from '../../world/sim/sim-clock.ts';
import { simHash } from '../../world/sim/sim-hash.ts';
import { SimRandom } from '../../world/sim/sim-random.ts';
import { openSimStore } from '../../world/sim/sim-store.ts';
import { createAuthorizer } from '../iam/authorizer.ts';
import { createOpenIdConnectProvider } from '../iam/operations/create-open-id-connect-provider.ts';
import { createRole } from '../iam/operations/create-role.ts';
import { createUser } from '../iam/operations/create-user.ts';
import { putRolePolicy } from '../iam/operations/put-role-policy.ts';
import { putUserPolicy } from '../iam/operations/put-user-policy.ts';
import { iam } from '../iam/service.ts';
import { assumeRoleWithWebIdentity } from './operations/assume-role-with-web-identity.ts';
import { assumeRole } from './operations/assume-role.ts';
import { getSessionToken } from './operations/get-session-token.ts';
import type { StsParts } from './parts.ts';
import { stsPermissions } from './permissions.ts';
import { createSessionTokens, findKey } from './public.ts';
import { stsService } from './service.ts';
import type { FetchJson } from './web-identity.ts';

const accountId = '000000000000';
const roleArn = `arn:aws:iam::${accountId}:role/deploy`;

async function openSts(fetchJson?: FetchJson) {
  const clock = new SimClock({ dueRunsByItself: true });
  const parts = {
    random: new SimRandom(1),
    hash: simHash,
    tokens: createSessionTokens(simHash, new SimRandom(2)),
    fetchJson,
  };
  const service = stsService(parts);
  const { store } = await openSimStore({ tables: [...iam.tables, ...service.tables], projections: [], clock });
  await store.update((tx, env) => service.setUp?.(tx, env, { accountId, region: 'us-east-1' }));
  const root = { arn: `arn:aws:iam::${accountId}:root`, accountId, accessKeyId: 'AKIAROOT', userId: accountId };
  const callOf = (principal: Principal): Call => ({
    accountId,
    region: 'us-east-1',
    requestId: 'r',
    service: 'sts',
    operation: '',
    principal,
    endpoint: 'http://127.0.0.1:4566',
    sourceAddress: '127.0.0.1',
    receivedAt: clock.now(),
  });
  const context = (principal: Principal): OperationContext<StsParts> => ({ call: callOf(principal), store, parts });
  const asRoot = { ...context(root), parts: undefined };
  const trust = (Statement: object[]): string => JSON.stringify({ Version: '2012-10-17', Statement });
  const user = async (name: string): Promise<Principal> => {
    const { User } = await createUser({ UserName: name }, asRoot);
    return { arn: User?.Arn ?? '', accountId, accessKeyId: 'AKIAUSER', userId: User?.UserId ?? '' };
  };
  const role = (statement: object): unknown =>
    createRole(
      {
        RoleName: 'deploy',
        MaxSessionDuration: 43_200,
        AssumeRolePolicyDocument: trust([{ Effect: 'Allow', Action: 'sts:AssumeRole', ...statement }]),
      },
      asRoot,
    );
  const authorizer = createAuthorizer();
  /** As the gateway does it: first the policies, then the operation. */
  const assume = async (principal: Principal, more: Partial<Parameters<typeof assumeRole>[0]> = {}) => {
    const input = { RoleArn: roleArn, RoleSessionName: 's1', ...more };
    const call = callOf(principal);
    const denied = store.view((reader) => {
      const asked = stsPermissions['AssumeRole']?.(input as never, { call, reader }) ?? [];
      return authorizer.refuse(reader, call, asked);
    });
    if (denied) throw denied;
    return await assumeRole(input, context(principal));
  };
  const principalOf = (
    keys: { readonly AccessKeyId?: string | undefined; readonly SessionToken?: string | undefined } | undefined,
  ) => store.view((reader) => findKey(reader, parts.tokens, keys?.AccessKeyId ?? '', keys?.SessionToken, () => false));
  const put = (name: string, statement: object): unknown =>
    putUserPolicy({ UserName: name, PolicyName: 'p', PolicyDocument: trust([statement]) }, asRoot);
  return { clock, store, root, user, role, assume, context, principalOf, put, asRoot, trust, authorizer, callOf };
}

async function refuses(asking: Promise<unknown>, code: string, message: RegExp): Promise<void> {
  await assert.rejects(asking, (error) => {
    assert.ok(error instanceof AwsError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    return true;
  });
}

const ask = async <Input, Output>(
  operation: Operation<Input, Output, StsParts>,
  input: Parsed<Input>,
  context: OperationContext<StsParts>,
) => await operation(input, context);

test('the account that a trust policy names decides for itself: its user needs a policy of its own', async () => {
  const sts = await openSts();
  const dev = await sts.user('dev');
  await sts.role({ Principal: { AWS: accountId } });
  await refuses(sts.assume(dev), 'AccessDenied', /because no identity-based policy allows the sts:AssumeRole action$/);
  await sts.put('dev', { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: roleArn });
  assert.match((await sts.assume(dev)).AssumedRoleUser?.Arn ?? '', /assumed-role\/deploy\/s1$/);
});

test('an external id that the trust policy asks for must be given', async () => {
  const sts = await openSts();
  const dev = await sts.user('dev');
  await sts.role({ Principal: { AWS: dev.arn }, Condition: { StringEquals: { 'sts:ExternalId': 'secret' } } });
  await refuses(sts.assume(dev), 'AccessDenied', /no role trust policy/);
  await refuses(sts.assume(dev, { ExternalId: 'other' }), 'AccessDenied', /no role trust policy/);
  await sts.assume(dev, { ExternalId: 'secret' });
});

test('sessions last as asked, within bounds, and a chained one an hour at most', async () => {
  const sts = await openSts();
  const dev = await sts.user('dev');
  await sts.role({ Principal: { AWS: [dev.arn, accountId] } });
  const { Credentials: keys } = await sts.assume(dev, { DurationSeconds: 43_200 });
  assert.equal(keys?.Expiration?.getTime(), sts.clock.now() + 43_200_000);
  assert.equal(sts.principalOf(keys)?.expiresAt, sts.clock.now() + 43_200_000);
  await refuses(sts.assume(dev, { DurationSeconds: 899 }), 'ValidationError', /greater than or equal to 900/);
  await refuses(sts.assume(dev, { DurationSeconds: 43_201 }), 'ValidationError', /less than or equal to 43200/);
  await refuses(sts.assume(dev, { RoleSessionName: 'a b' }), 'ValidationError', /roleSessionName/);
  const session = sts.principalOf(keys)?.principal;
  assert.ok(session);
  await putRolePolicy(
    {
      RoleName: 'deploy',
      PolicyName: 'p',
      PolicyDocument: sts.trust([{ Effect: 'Allow', Action: 'sts:*', Resource: '*' }]),
    },
    sts.asRoot,
  );
  await refuses(sts.assume(session, { DurationSeconds: 3601 }), 'ValidationError', /role chaining/);
  const chained = await sts.assume(session, { RoleSessionName: 's2' });
  assert.equal(chained.Credentials?.Expiration?.getTime(), sts.clock.now() + 3_600_000);
});

test('tags and a source identity go with the session, on as far as they may', async () => {
  const sts = await openSts();
  const dev = await sts.user('dev');
  await sts.role({ Principal: { AWS: [dev.arn, roleArn.replace('role/deploy', 'user/dev')] }, Action: 'sts:*' });
  const { Credentials: keys, SourceIdentity } = await sts.assume(dev, {
    SourceIdentity: 'alice',
    Tags: [{ Key: 'team', Value: 'a' }],
    TransitiveTagKeys: ['team'],
  });
  assert.equal(SourceIdentity, 'alice');
  const principal = sts.principalOf(keys)?.principal;
  assert.deepEqual(principal?.session?.tags, { team: 'a' });
  assert.deepEqual(principal.session.transitiveTagKeys, ['team']);
  assert.equal(principal.session.sourceIdentity, 'alice');
  await refuses(sts.assume(dev, { TransitiveTagKeys: ['none'] }), 'ValidationError', /transitive tag key/);
  await refuses(
    sts.assume(dev, { Tags: [{ Key: 'x', Value: 'y'.repeat(256) }], Policy: `{"a":"${'b'.repeat(2041)}"}` }),
    'ValidationError',
    /2048/,
  );
});

test('a session policy narrows what a role may', async () => {
  const sts = await openSts();
  const dev = await sts.user('dev');
  await sts.role({ Principal: { AWS: dev.arn } });
  const allow = (Action: string): string => sts.trust([{ Effect: 'Allow', Action, Resource: '*' }]);
  await putRolePolicy({ RoleName: 'deploy', PolicyName: 'p', PolicyDocument: allow('ecs:*') }, sts.asRoot);
  const { Credentials: keys, PackedPolicySize: size } = await sts.assume(dev, { Policy: allow('ecs:List*') });
  assert.ok(size !== undefined && size > 0 && size < 100);
  const principal = sts.principalOf(keys)?.principal;
  assert.ok(principal);
  const refusal = (action: string) =>
    sts.store.view((reader) => sts.authorizer.refuse(reader, sts.callOf(principal), [{ action, resources: ['*'] }]));
  assert.equal(refusal('ecs:ListClusters'), undefined);
  assert.match(refusal('ecs:RunTask')?.message ?? '', /because no session policy allows the ecs:RunTask action$/);
  await refuses(sts.assume(dev, { Policy: '{}' }), 'MalformedPolicyDocumentException', /Syntax/);
  await refuses(sts.assume(dev, { PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/None' }] }), 'ValidationError', /None/);
});

test('temporary keys of a user end with the user, and are not exchanged for others', async () => {
  const sts = await openSts();
  const dev = await sts.user('dev');
  const { Credentials: keys } = await ask(getSessionToken, {}, sts.context(dev));
  const principal = sts.principalOf(keys)?.principal;
  assert.equal(principal?.arn, dev.arn);
  assert.equal(keys?.Expiration?.getTime(), sts.clock.now() + 43_200_000);
  await assert.rejects(async () => await ask(getSessionToken, {}, sts.context(principal)), { code: 'AccessDenied' });
  const { Credentials: ofRoot } = await ask(getSessionToken, { DurationSeconds: 7200 }, sts.context(sts.root));
  assert.equal(ofRoot?.Expiration?.getTime(), sts.clock.now() + 3_600_000);
  assert.equal(sts.principalOf(ofRoot)?.principal.arn, sts.root.arn);
});

test('a token of a known provider is worth the role that its claims are trusted with', async () => {
  const issuer = 'https://token.example.com';
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const sts = await openSts(async (url) =>
    url.endsWith('/keys') ? { keys: [publicKey.export({ format: 'jwk' })] } : { jwks_uri: `${issuer}/keys` },
  );
  const anonymous = { arn: 'anonymous', accountId: '', accessKeyId: '', userId: 'anonymous' };
  const tokenOf = (claims: object): string => {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const all = { iss: issuer, sub: 'repo:a', aud: 'sts', exp: sts.clock.now() / 1000 + 60, ...claims };
    const signed = `${part({ alg: 'RS256' })}.${part(all)}`;
    return `${signed}.${createSign('sha256').update(signed).sign(privateKey).toString('base64url')}`;
  };
  const assume = async (claims: object) =>
    await ask(
      assumeRoleWithWebIdentity,
      { RoleArn: roleArn, RoleSessionName: 's1', WebIdentityToken: tokenOf(claims) },
      sts.context(anonymous),
    );
  await refuses(assume({}), 'InvalidIdentityTokenException', /No OpenIDConnect provider found/);
  await createOpenIdConnectProvider({ Url: issuer, ClientIDList: ['sts'] }, sts.asRoot);
  await refuses(assume({}), 'AccessDenied', /Not authorized to perform sts:AssumeRoleWithWebIdentity/);
  await sts.role({
    Principal: { Federated: `arn:aws:iam::${accountId}:oidc-provider/token.example.com` },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { 'token.example.com:sub': 'repo:a', 'token.example.com:aud': 'sts' } },
  });
  const { Credentials: keys, ...answer } = await assume({});
  assert.equal(answer.AssumedRoleUser?.Arn, `arn:aws:sts::${accountId}:assumed-role/deploy/s1`);
  assert.equal(answer.SubjectFromWebIdentityToken, 'repo:a');
  assert.equal(sts.principalOf(keys)?.principal.session?.role?.arn, roleArn);
  await refuses(assume({ sub: 'repo:b' }), 'AccessDenied', /Not authorized/);
  await refuses(assume({ aud: 'other' }), 'InvalidIdentityTokenException', /Incorrect token audience/);
});

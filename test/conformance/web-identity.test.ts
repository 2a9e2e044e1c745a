// AssumeRoleWithWebIdentity as a job of a CI system does it: an OpenID Connect issuer that serves discovery and keys over
// HTTPS, tokens that it signs, and the SDK without keys of its own.
import assert from 'node:assert/strict';
import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server as HttpsServer } from 'node:https';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import * as iam from '@aws-sdk/client-iam';
import * as sts from '@aws-sdk/client-sts';
import { selfSignedCertificate } from '../../src/world/real/self-signed-certificate.ts';
import { type ControlPlane, startControlPlane } from '../running/control-plane.ts';

interface Issuer {
  readonly url: string;
  readonly server: HttpsServer;
  /** What it publishes as its keys. */
  keys: object[];
}

const newKey = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const signing = newKey();
const stranger = newKey();
const published = (key: KeyObject, kid: string): object => ({ ...key.export({ format: 'jwk' }), kid, use: 'sig' });

async function startIssuer(tls: { readonly certificate: string; readonly key: string }): Promise<Issuer> {
  const issuer: Issuer = {
    url: '',
    keys: [],
    server: createServer({ cert: tls.certificate, key: tls.key }, (request, response) => {
      const documents: Readonly<Record<string, object>> = {
        '/.well-known/openid-configuration': { issuer: issuer.url, jwks_uri: `${issuer.url}/keys` },
        '/keys': { keys: issuer.keys },
      };
      const found = documents[request.url ?? ''];
      response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(found ?? {}));
    }),
  };
  issuer.server.listen(0, '127.0.0.1');
  await once(issuer.server, 'listening');
  const address = issuer.server.address();
  assert.ok(address !== null && typeof address === 'object');
  return Object.assign(issuer, {
    url: `https://127.0.0.1:${address.port}`,
    keys: [published(signing.publicKey, 'one')],
  });
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a token of an OpenID Connect issuer', () => {
  let server: ControlPlane;
  let trusted: Issuer;
  let untrusted: Issuer;
  let admin: iam.IAMClient;
  let anonymous: sts.STSClient;

  before(async () => {
    const certificate = selfSignedCertificate('127.0.0.1', 1);
    [trusted, untrusted] = await Promise.all([
      startIssuer(certificate),
      startIssuer(selfSignedCertificate('127.0.0.1', 1)),
    ]);
    server = await startControlPlane(async (directory) => {
      const authorities = join(directory, 'authorities.pem');
      await writeFile(authorities, certificate.certificate);
      return { NODE_EXTRA_CA_CERTS: authorities };
    });
    admin = new iam.IAMClient({ ...server.sdk, maxAttempts: 1 });
    anonymous = new sts.STSClient({ endpoint: server.endpoint, region: 'us-east-1', maxAttempts: 1 });
    for (const { url } of [trusted, untrusted]) {
      const { OpenIDConnectProviderArn: arn = '' } = await admin.send(
        new iam.CreateOpenIDConnectProviderCommand({
          Url: url,
          ClientIDList: ['sts.amazonaws.com'],
          ThumbprintList: ['0'.repeat(40)],
        }),
      );
      const host = url.slice('https://'.length);
      await admin.send(
        new iam.CreateRoleCommand({
          RoleName: url === trusted.url ? 'deploy' : 'untrusted',
          AssumeRolePolicyDocument: JSON.stringify({
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { Federated: arn },
                Action: 'sts:AssumeRoleWithWebIdentity',
                Condition: {
                  StringEquals: { [`${host}:aud`]: 'sts.amazonaws.com' },
                  StringLike: { [`${host}:sub`]: 'repo:acme/shop:*' },
                },
              },
            ],
          }),
        }),
      );
    }
  });

  after(async () => {
    admin?.destroy();
    anonymous?.destroy();
    await server?.end();
    for (const issuer of [trusted, untrusted]) issuer?.server.close();
  });

  function token(
    claims: object = {},
    {
      key = signing.privateKey,
      kid = 'one',
      issuer = trusted,
    }: { key?: KeyObject; kid?: string; issuer?: Issuer } = {},
  ): string {
    const seconds = Math.floor(Date.now() / 1000);
    const standard = {
      iss: issuer.url,
      sub: 'repo:acme/shop:ref:refs/heads/main',
      aud: 'sts.amazonaws.com',
      iat: seconds,
      exp: seconds + 300,
    };
    const signed = `${part({ alg: 'RS256', kid })}.${part({ ...standard, ...claims })}`;
    return `${signed}.${createSign('sha256').update(signed).sign(key).toString('base64url')}`;
  }

  const assume = (WebIdentityToken: string, role = 'deploy') =>
    anonymous.send(
      new sts.AssumeRoleWithWebIdentityCommand({
        RoleArn: `arn:aws:iam::000000000000:role/${role}`,
        RoleSessionName: 'ci',
        WebIdentityToken,
      }),
    );

  test('gives keys of the role that trusts it, which are who they say', async () => {
    const answer = await assume(token());
    assert.equal(answer.SubjectFromWebIdentityToken, 'repo:acme/shop:ref:refs/heads/main');
    assert.equal(answer.Audience, 'sts.amazonaws.com');
    assert.equal(answer.Provider, trusted.url);
    const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } = answer.Credentials ?? {};
    const { SessionToken: sessionToken = '' } = answer.Credentials ?? {};
    const credentials = { accessKeyId, secretAccessKey, sessionToken };
    const session = new sts.STSClient({ endpoint: server.endpoint, region: 'us-east-1', credentials });
    const { Arn } = await session.send(new sts.GetCallerIdentityCommand({}));
    assert.equal(Arn, 'arn:aws:sts::000000000000:assumed-role/deploy/ci');
    session.destroy();
  });

  test('is refused after its time, for another audience, of another repository, and where it was changed', async () => {
    const past = Math.floor(Date.now() / 1000) - 1;
    await assert.rejects(assume(token({ exp: past })), { name: 'ExpiredTokenException' });
    await assert.rejects(assume(token({ aud: 'somebody' })), {
      name: 'InvalidIdentityTokenException',
      message: 'Incorrect token audience',
    });
    await assert.rejects(assume(token({ sub: 'repo:other/shop:ref:refs/heads/main' })), { name: 'AccessDenied' });
    const [head, , mark] = token().split('.');
    const changed = `${head}.${part({ iss: trusted.url, sub: 'repo:acme/shop:x', aud: 'sts.amazonaws.com', exp: past + 600 })}.${mark}`;
    await assert.rejects(assume(changed), { name: 'InvalidIdentityTokenException' });
  });

  test('is refused where a stranger signed it, or nobody did, or with the public key as a shared secret', async () => {
    await assert.rejects(assume(token({}, { key: stranger.privateKey })), { name: 'InvalidIdentityTokenException' });
    await assert.rejects(assume(token({}, { kid: 'unknown' })), { name: 'InvalidIdentityTokenException' });
    const [, body] = token().split('.');
    for (const alg of ['none', 'HS256']) {
      await assert.rejects(
        assume(`${part({ alg, kid: 'one' })}.${body}.`),
        { name: 'InvalidIdentityTokenException' },
        alg,
      );
    }
  });

  test('is believed by the keys that the issuer publishes now', async () => {
    const rotated = token({}, { key: stranger.privateKey, kid: 'two' });
    await assert.rejects(assume(rotated), { name: 'InvalidIdentityTokenException' });
    const before = trusted.keys;
    trusted.keys = [published(stranger.publicKey, 'two')];
    await assume(rotated);
    await assert.rejects(assume(token()), { name: 'InvalidIdentityTokenException' });
    trusted.keys = before;
    await assume(token());
  });

  test('is not believed where the issuer’s certificate is of no authority that the server trusts', async () => {
    await assert.rejects(assume(token({}, { issuer: untrusted }), 'untrusted'), {
      name: 'IDPCommunicationErrorException',
      message: /could not be fetched/,
    });
  });
});

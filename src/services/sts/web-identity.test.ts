import assert from 'node:assert/strict';
import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { test } from 'node:test';
import { realHash } from '../../world/real/real-hash.ts';
import { isRsaSha256Signature } from './rules/rsa-signature.ts';
import { type FetchJson, readToken, verifyToken } from './web-identity.ts';

const issuer = 'https://token.example.com';
const now = Date.UTC(2026, 10, 22);
const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2048 });

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
function tokenOf(
  claims: object,
  key: KeyObject = pair.privateKey,
  header: object = { alg: 'RS256', kid: 'one' },
): string {
  const signed = `${part(header)}.${part({ iss: issuer, sub: 'repo:a', aud: 'sts', exp: now / 1000 + 60, ...claims })}`;
  return `${signed}.${createSign('sha256').update(signed).sign(key).toString('base64url')}`;
}

/** What the provider publishes, by address. */
const fetchJson: FetchJson = async (url) => {
  const published: Readonly<Record<string, unknown>> = {
    [`${issuer}/.well-known/openid-configuration`]: { issuer, jwks_uri: `${issuer}/keys` },
    [`${issuer}/keys`]: { keys: [{ ...pair.publicKey.export({ format: 'jwk' }), kid: 'one' }] },
  };
  if (!(url in published)) throw new Error('status 404');
  return published[url];
};
const verify = (token: string, fetching: FetchJson | undefined = fetchJson): Promise<void> =>
  verifyToken(readToken(token), { hash: realHash(), fetchJson: fetching, now });

test('a token that its issuer has signed is good', async () => {
  await verify(tokenOf({}));
  assert.deepEqual(readToken(tokenOf({ aud: ['a', 'b'] })).identity.audiences, ['a', 'b']);
});

test('a token of another key, of another time, or changed since, is not', async () => {
  const good = tokenOf({});
  const [head = '', , mark = ''] = good.split('.');
  const changed = `${head}.${part({ iss: issuer, sub: 'repo:b', aud: 'sts', exp: now / 1000 + 60 })}.${mark}`;
  for (const token of [
    tokenOf({}, other.privateKey),
    changed,
    tokenOf({}, pair.privateKey, { alg: 'RS256', kid: 'two' }),
  ]) {
    await assert.rejects(verify(token), { code: 'InvalidIdentityTokenException' });
  }
  await assert.rejects(verify(tokenOf({ exp: now / 1000 })), { code: 'ExpiredTokenException' });
  await assert.rejects(verify(tokenOf({ nbf: now / 1000 + 600 })), { code: 'InvalidIdentityTokenException' });
});

test('what is no token, or is signed by nobody or by a shared secret, is refused before anybody is asked', () => {
  const none = `${part({ alg: 'none' })}.${part({ iss: issuer, sub: 'a', exp: now })}.`;
  const shared = `${part({ alg: 'HS256' })}.${part({ iss: issuer, sub: 'a', exp: now })}.AAAA`;
  for (const token of ['', 'a.b', 'a.b.c.d', none, shared, tokenOf({ sub: undefined })]) {
    assert.throws(() => readToken(token), { code: 'InvalidIdentityTokenException' }, token);
  }
});

test('a provider that does not answer is said so', async () => {
  await assert.rejects(verify(tokenOf({ iss: 'https://elsewhere.example.com' })), {
    code: 'IDPCommunicationErrorException',
  });
  await assert.rejects(verifyToken(readToken(tokenOf({})), { hash: realHash(), fetchJson: undefined, now }), {
    code: 'IDPCommunicationErrorException',
  });
});

test('a signature is its own bytes and no others', () => {
  const message = Buffer.from('message');
  const digest = realHash().sha256(message);
  const signature = new Uint8Array(createSign('sha256').update(message).sign(pair.privateKey));
  const jwk = pair.publicKey.export({ format: 'jwk' });
  const key = {
    modulus: new Uint8Array(Buffer.from(jwk.n ?? '', 'base64url')),
    exponent: new Uint8Array(Buffer.from(jwk.e ?? '', 'base64url')),
  };
  assert.ok(isRsaSha256Signature(key, digest, signature));
  for (let at = 0; at < signature.length; at += 17) {
    const changed = signature.slice();
    changed[at] = (changed[at] ?? 0) ^ 1;
    assert.ok(!isRsaSha256Signature(key, digest, changed), `byte ${at}`);
  }
  assert.ok(!isRsaSha256Signature(key, digest, signature.subarray(1)));
  assert.ok(!isRsaSha256Signature({ ...key, exponent: new Uint8Array([1]) }, digest, signature));
  assert.ok(!isRsaSha256Signature(key, realHash().sha256('another'), signature));
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SignatureV4 } from '@smithy/signature-v4';
import { readHead } from '../../src/aws/request-head.ts';
import { createSigner } from '../../src/aws/signer.ts';
import { createVerifier } from '../../src/aws/sigv4.ts';
import { realHash } from '../../src/world/real/real-hash.ts';
import type { RawHeaders } from '../../src/world/net.ts';
import { credentials, region, root } from './bed.ts';
import { Sha256 } from './node-sha256.ts';

const now = Date.UTC(2026, 10, 22, 13, 0, 0);
const verifier = createVerifier({
  hash: realHash(),
  region,
  accessKeys: {
    find: (id) =>
      id === credentials.accessKeyId ? { secretAccessKey: credentials.secretAccessKey, principal: root } : undefined,
  },
});

const sdkSigner = new SignatureV4({ service: 'ecs', region, credentials, sha256: Sha256, applyChecksum: true });

/** Host as listeners get it, values as HTTP allows them: no controls, no spaces at the ends that would be cut off on the way. */
const visible = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  minLength: 1,
});
const requests = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
  segments: fc.array(
    fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => text !== '.' && text !== '..'),
    { maxLength: 4 },
  ),
  query: fc.dictionary(
    fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter(
        (name) => !name.toLowerCase().startsWith('x-amz-') && name !== '__proto__' /* the SDK's signer loses it */,
      ),
    fc.string({ unit: 'grapheme' }),
    { maxKeys: 4 },
  ),
  headers: fc.dictionary(
    fc
      .string({ unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz0123456789-'.split('')), minLength: 1 })
      .map((name) => `m-${name}`),
    fc.array(visible, { minLength: 1, maxLength: 3 }).map((words) => words.join('  ')),
    { maxKeys: 4 },
  ),
  body: fc.oneof(fc.constant(''), fc.json(), fc.string({ unit: 'grapheme' })),
  presigned: fc.boolean(),
});

interface Signed {
  readonly method: string;
  readonly target: string;
  readonly headers: RawHeaders;
  readonly body: string;
}

async function signWithSdk(request: typeof requests extends fc.Arbitrary<infer R> ? R : never): Promise<Signed> {
  const path = `/${request.segments.map(encodeURIComponent).join('/')}`;
  const plain = {
    method: request.method,
    protocol: 'http:',
    hostname: 'localhost',
    port: 4566,
    path,
    query: request.query,
    headers: { host: 'localhost:4566', ...request.headers },
    body: request.presigned ? '' : request.body,
  };
  const at = { signingDate: new Date(now) };
  const signed = request.presigned
    ? await sdkSigner.presign(plain, { ...at, expiresIn: 60 })
    : await sdkSigner.sign(plain, at);
  const query = Object.entries(signed.query ?? {}).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`,
  );
  return {
    method: request.method,
    target: query.length === 0 ? path : `${path}?${query.join('&')}`,
    headers: Object.entries(signed.headers),
    body: plain.body,
  };
}

function verify({ method, target, headers, body }: Signed): boolean {
  return !(
    'problem' in verifier.verify(readHead({ method, target, headers }), new TextEncoder().encode(body), 'ecs', now)
  );
}

test('what the SDK signs verifies, and with any signed byte changed it does not', async () => {
  await fc.assert(
    fc.asyncProperty(
      requests,
      fc.nat(),
      fc.constantFrom('method', 'path', 'query', 'header', 'body', 'signature', 'extra'),
      async (request, where, part) => {
        const signed = await signWithSdk(request);
        assert.equal(verify(signed), true, `verifies: ${JSON.stringify(signed)}`);
        const changed = change(signed, part, where);
        if (changed)
          assert.equal(verify(changed), false, `${part} changed, must not verify: ${JSON.stringify(changed)}`);
      },
    ),
    { numRuns: Number(process.env['FUZZ_RUNS'] ?? 3000) },
  );
});

test('what our own signer signs verifies, and the SDK signs the same', async () => {
  const sign = createSigner({ clock: { ...noClock, now: () => now }, hash: realHash(), region, credentials });
  await fc.assert(
    fc.asyncProperty(requests, async (request) => {
      const theirs = await signWithSdk({ ...request, presigned: false });
      const unsigned = Object.fromEntries(
        theirs.headers.filter(([name]) => !['authorization', 'x-amz-date'].includes(name.toLowerCase())),
      );
      const ours = sign({
        method: request.method,
        url: `http://localhost:4566${theirs.target}`,
        headers: unsigned,
        body: theirs.body,
        service: 'ecs',
      });
      assert.equal(ours['authorization'], new Map(theirs.headers).get('authorization'));
    }),
    { numRuns: 500 },
  );
});

const noClock = {
  monotonicMs: () => 0,
  after: () => ({ cancel: () => undefined }),
  soon: () => undefined,
  sleep: async () => undefined,
};

/** The request with one thing changed that a signature is over; undefined where it has no such thing. */
function change(signed: Signed, part: string, where: number): Signed | undefined {
  switch (part) {
    case 'method':
      return { ...signed, method: signed.method === 'GET' ? 'POST' : 'GET' };
    case 'path':
      return { ...signed, target: `/x${signed.target}` };
    case 'query':
      return { ...signed, target: `${signed.target}${signed.target.includes('?') ? '&' : '?'}added=1` };
    case 'body':
      return { ...signed, body: `${signed.body} ` };
    case 'extra':
      return { ...signed, headers: [...signed.headers, ['x-amz-extra', '1']] };
    case 'header': {
      const names = signed.headers.filter(([name]) => name === 'host' || name.startsWith('m-'));
      const [name] = names[where % names.length] ?? [];
      return {
        ...signed,
        headers: signed.headers.map(([key, value]) => [key, key === name ? changeCharacter(value, where) : value]),
      };
    }
    case 'signature': {
      const flip = (text: string): string =>
        text.replace(
          /(Signature=)([0-9a-f]{64})/,
          (_, before: string, hex: string) => before + changeCharacter(hex, where),
        );
      return {
        ...signed,
        target: flip(signed.target),
        headers: signed.headers.map(([key, value]) => [key, key === 'authorization' ? flip(value) : value]),
      };
    }
    default:
      return undefined;
  }
}

function changeCharacter(text: string, where: number): string {
  const at = where % text.length;
  return text.slice(0, at) + (text[at] === '0' ? '1' : '0') + text.slice(at + 1);
}

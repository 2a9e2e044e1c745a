import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { readHead } from '../../src/aws/request-head.ts';
import { createVerifier } from '../../src/aws/sigv4.ts';
import { realHash } from '../../src/world/real/real-hash.ts';
import { pythonWithBoto3 } from '../running/python.ts';
import { credentials, region, root } from './bed.ts';

const script = fileURLToPath(new URL('botocore-sign.py', import.meta.url));

const verifier = createVerifier({
  hash: realHash(),
  region,
  accessKeys: { find: (id) => (id === credentials.accessKeyId ? { ...credentials, principal: root } : undefined) },
});

/** botocore signs a query as it finds it in the URL, so it has to be written there as AWS wants it. */
function escapeAll(part: string): string {
  return encodeURIComponent(part).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 });
const segment = text.filter((part) => part !== '.' && part !== '..').map(escapeAll);
const requests = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT'),
  path: fc.array(segment, { maxLength: 4 }).map((segments) => `/${segments.join('/')}`),
  query: fc
    .array(fc.tuple(text, fc.string({ unit: 'grapheme', maxLength: 8 })), { maxLength: 3 })
    .map((pairs) => pairs.map(([name, value]) => `${escapeAll(`q${name}`)}=${escapeAll(value)}`).join('&')),
  headers: fc.dictionary(
    fc.constantFrom('content-type', 'x-amz-target', 'my-header', 'accept'),
    fc.constantFrom('a', 'a  b', 'application/x-amz-json-1.1', '"a  b"'),
  ),
  body: fc.oneof(fc.constant(''), fc.json(), text),
  presigned: fc.boolean(),
  service: fc.constantFrom('ecs', 'logs', 'sts'),
});

test('what botocore signs verifies, in the header and in the query', () => {
  const sample = fc
    .sample(requests, { numRuns: 400, seed: 20261122 })
    .map((request) => (request.presigned ? { ...request, body: '' } : request));
  const lines = sample.map(({ path, query, headers, ...rest }) =>
    JSON.stringify({
      ...rest,
      ...credentials,
      region,
      headers: { Host: 'localhost:4566', ...headers },
      url: `http://localhost:4566${path}${query === '' ? '' : `?${query}`}`,
    }),
  );
  const signer = spawnSync(pythonWithBoto3(), [script], {
    input: lines.join('\n'),
    encoding: 'utf8',
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
  assert.equal(signer.status, 0, signer.stderr);
  const signed = signer.stdout.trim().split('\n');
  assert.equal(signed.length, sample.length);
  for (const [index, line] of signed.entries()) {
    const { url, headers }: { url: string; headers: Record<string, string> } = JSON.parse(line);
    const request = sample[index];
    assert.ok(request);
    const target = url.slice('http://localhost:4566'.length);
    const head = readHead({ method: request.method, target, headers: Object.entries(headers) });
    const verdict = verifier.verify(head, new TextEncoder().encode(request.body), request.service, Date.now());
    assert.equal('problem' in verdict, false, `${JSON.stringify(verdict)} for ${line}`);
  }
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AccessKey, AccessKeys } from '../../src/aws/access-keys.ts';
import { canonicalRequest } from '../../src/aws/canonical-request.ts';
import { readHead } from '../../src/aws/request-head.ts';
import { createVerifier, type SignatureProblem, type Verified, type SignatureRefused } from '../../src/aws/sigv4.ts';
import { realHash } from '../../src/world/real/real-hash.ts';
import { simHash } from '../../src/world/sim/sim-hash.ts';
import type { RawHeaders } from '../../src/world/net.ts';
import { root } from './bed.ts';
import { parseRaw, type RawSigning, sha256Hex, signCanonical } from './raw-signer.ts';
import { canonicalCases } from './sigv4-cases.ts';

const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const now = Date.UTC(2015, 7, 30, 12, 36, 0);
const date = '20150830T123600Z';
const empty = sha256Hex('');
const base = { secret, date, region: 'us-east-1', service: 'service', signedHeaders: 'host;x-amz-date' };

const keys = new Map<string, AccessKey>([['AKIDEXAMPLE', { secretAccessKey: secret, principal: root }]]);
/** Temporary keys, each with its session token; the others come without one. */
const sessionTokens = new Map<string, string>();
const accessKeys: AccessKeys = {
  find: (id, token) => (sessionTokens.get(id) === token ? keys.get(id) : undefined),
};
const verifier = createVerifier({ hash: realHash(), region: 'us-east-1', accessKeys });

interface Sent {
  readonly method?: string;
  readonly target?: string;
  readonly headers: RawHeaders;
  readonly body?: string;
  readonly now?: number;
}

function verify({
  method = 'GET',
  target = '/',
  headers,
  body = '',
  now: at = now,
}: Sent): Verified | SignatureRefused {
  return verifier.verify(readHead({ method, target, headers }), new TextEncoder().encode(body), 'service', at);
}

function refused(sent: Sent, problem: SignatureProblem, message?: RegExp): void {
  const verdict = verify(sent);
  assert.ok('problem' in verdict, 'the request is refused');
  assert.equal(verdict.problem, problem);
  if (message) assert.match(verdict.message, message);
}

function accepted(sent: Sent, accessKeyId = 'AKIDEXAMPLE'): void {
  const verdict = verify(sent);
  assert.ok(!('problem' in verdict), JSON.stringify(verdict));
  assert.deepEqual([verdict.accessKeyId, verdict.principal], [accessKeyId, root]);
}

const dated: RawHeaders = [
  ['Host', 'example.amazonaws.com'],
  ['X-Amz-Date', date],
];

function canonicalOf(
  body = '',
  headers = `host:example.amazonaws.com\nx-amz-date:${date}\n`,
  signed = base.signedHeaders,
): string {
  return `GET\n/\n\n${headers}\n${signed}\n${sha256Hex(body)}`;
}

/** A good request, and what a test does to it. */
function signed(options: Partial<RawSigning> = {}, canonical = canonicalOf()): RawHeaders {
  return [...dated, ['Authorization', signCanonical(canonical, { ...base, ...options })]];
}

describe('the canonical form', () => {
  for (const { name, request, canonical } of canonicalCases) {
    test(name, () => {
      const { method, target, headers, body } = parseRaw(request);
      const signedHeaders = canonical.split('\n').at(-2) ?? '';
      const head = readHead({ method, target, headers });
      assert.equal(canonicalRequest(head, signedHeaders.split(';'), sha256Hex(body)), canonical);
      const authorization = signCanonical(Buffer.from(canonical, 'latin1'), { ...base, signedHeaders });
      for (const hash of [realHash(), simHash]) {
        const own = createVerifier({ hash, region: 'us-east-1', accessKeys });
        const signedHead = readHead({ method, target, headers: [...headers, ['Authorization', authorization]] });
        const verdict = own.verify(signedHead, new TextEncoder().encode(body), 'service', now);
        assert.equal('problem' in verdict, false, JSON.stringify(verdict));
      }
    });
  }
});

describe('a signature in the header', () => {
  test('verifies', () => accepted({ headers: signed() }));
  test('AWS own example of the suite verifies', () => {
    const signature = '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31';
    assert.match(signCanonical(canonicalOf(), base), new RegExp(signature));
  });
  test('with commas and no spaces verifies', () => {
    const [host, day, [name, value]] = signed() as [RawHeaders[number], RawHeaders[number], RawHeaders[number]];
    accepted({ headers: [host, day, [name, value.replaceAll(', ', ',')]] });
  });
  test('over a space that was sent as a plus verifies, as the ECS agent signs, and over another letter does not', () => {
    const over = (value: string): RawHeaders => signed({}, canonicalOf().replace('/\n\n', `/\nv=${value}\n`));
    accepted({ target: '/?v=a+b', headers: over('a%20b') });
    accepted({ target: '/?v=a+b', headers: over('a%2Bb') });
    refused({ target: '/?v=a+b', headers: over('a_b') }, 'wrong-signature');
    refused({ target: '/?v=a%2Bb', headers: over('a%20b') }, 'wrong-signature');
  });
  test('with a body verifies, and not with another body', () => {
    const headers = signed({}, canonicalOf('{"a":1}'));
    accepted({ headers, body: '{"a":1}' });
    refused({ headers, body: '{"a":2}' }, 'wrong-signature');
  });
  test('missing altogether', () => refused({ headers: dated }, 'missing', /Missing Authentication Token/));
  test('by nobody we know', () => refused({ headers: signed({ accessKeyId: 'AKIDOTHER' }) }, 'unknown-key'));
  test('with another secret', () => refused({ headers: signed({ secret: 'x' }) }, 'wrong-signature'));
  test('with the Host not signed', () => {
    const canonical = `GET\n/\n\nx-amz-date:${date}\n\nx-amz-date\n${empty}`;
    refused({ headers: signed({ signedHeaders: 'x-amz-date' }, canonical) }, 'malformed', /Host/);
  });
  test('with an x-amz-* header that is not signed', () => {
    refused({ headers: [...signed(), ['X-Amz-Target', 'Evil.Operation']] }, 'wrong-signature', /not signed/);
  });
  test('with another header that is not signed verifies', () =>
    accepted({ headers: [...signed(), ['User-Agent', 'x']] }));
  test('with a signed header that is not there', () => {
    const canonical = canonicalOf('', `host:example.amazonaws.com\nmy:\nx-amz-date:${date}\n`, 'host;my;x-amz-date');
    refused({ headers: signed({ signedHeaders: 'host;my;x-amz-date' }, canonical) }, 'wrong-signature');
  });
  test('with a signed header given a second time', () => {
    const canonical = canonicalOf('', `host:example.amazonaws.com\nmy:a\nx-amz-date:${date}\n`, 'host;my;x-amz-date');
    const headers = signed({ signedHeaders: 'host;my;x-amz-date' }, canonical);
    accepted({ headers: [['My', 'a'], ...headers] });
    refused({ headers: [['My', 'a'], ...headers, ['My', 'b']] }, 'wrong-signature');
    refused({ headers: [['My', 'b'], ['My', 'a'], ...headers] }, 'wrong-signature');
  });
  test('with two Hosts, in either order and even if both are signed', () => {
    for (const extra of ['example.amazonaws.com', 'evil.example']) {
      refused({ headers: [...signed(), ['Host', extra]] }, 'malformed', /more than once/);
      refused({ headers: [['Host', extra], ...signed()] }, 'malformed', /more than once/);
    }
  });
  test('with two Authorization headers', () => {
    const headers = signed();
    refused({ headers: [...headers, ['Authorization', headers.at(-1)?.[1] ?? '']] }, 'malformed', /more than once/);
    refused({ headers: [['authorization', 'Basic eDp5'], ...headers] }, 'malformed', /more than once/);
  });
  test('with two dates', () =>
    refused({ headers: [...signed(), ['X-Amz-Date', date]] }, 'malformed', /more than once/));
  test('and another in the query', () => {
    refused({ headers: signed(), target: '/?X-Amz-Signature=0' }, 'malformed', /Only one auth mechanism/);
    refused(
      { headers: signed(), target: '/?X-Amz-Algorithm=AWS4-HMAC-SHA256' },
      'malformed',
      /Only one auth mechanism/,
    );
  });
  test('for another region', () => {
    refused({ headers: signed({ region: 'eu-west-1' }) }, 'bad-scope', /valid region, not 'eu-west-1'/);
  });
  test('for a place that is no region, with a service that serves them all', () => {
    const verdict = (region: string): Verified | SignatureRefused => {
      const head = readHead({ method: 'GET', target: '/', headers: signed({ region, service: 'logs' }) });
      return verifier.verify(head, new Uint8Array(), 'logs', now);
    };
    const verified = verdict('eu-west-1');
    assert.ok(!('problem' in verified), JSON.stringify(verified));
    assert.equal(verified.region, 'eu-west-1');
    const refusedThere = verdict('elsewhere');
    assert.ok('problem' in refusedThere);
    assert.match(refusedThere.message, /valid region, not 'elsewhere'/);
  });
  test('for another service', () => {
    refused({ headers: signed({ service: 'sts' }) }, 'bad-scope', /correct service: 'service'/);
  });
  test('with a scope of another day than the date', () => {
    refused({ headers: signed({ day: '20150829' }) }, 'bad-scope', /'20150829' != '20150830', from '20150830T123600Z'/);
  });
  test('of another scheme, each by its name', () => {
    const of = (value: string): Sent => ({ headers: [...dated, ['Authorization', value]] });
    refused(of('AWS AKIDEXAMPLE:c2lnbmF0dXJl'), 'malformed', /Version 2/);
    refused(
      of(String(signed().at(-1)?.[1]).replace('AWS4-HMAC-SHA256', 'AWS4-ECDSA-P256-SHA256')),
      'malformed',
      /SigV4A/,
    );
    for (const value of ['Bearer x', 'Basic eDp5', '', 'AWS4-HMAC-SHA256', 'aws4-hmac-sha256 Credential=x'])
      refused(of(value), 'malformed');
  });
  test('with a part missing says which, and does not repeat the header', () => {
    const header = String(signed().at(-1)?.[1]);
    const without = (pattern: RegExp): Sent => ({
      headers: [...dated, ['Authorization', header.replace(pattern, '')]],
    });
    refused(without(/, Signature=\w+/), 'malformed', /requires 'Signature' parameter/);
    refused(without(/, SignedHeaders=[^,]+/), 'malformed', /requires 'SignedHeaders' parameter/);
    refused(without(/Credential=[^,]+, /), 'malformed', /requires 'Credential' parameter/);
    const verdict = verify(without(/, SignedHeaders=[^,]+/));
    assert.equal(/Signature=[0-9a-f]{64}/.test(JSON.stringify(verdict)), false);
    refused(
      { headers: signed().filter(([name]) => name !== 'X-Amz-Date') },
      'malformed',
      /'X-Amz-Date' or a 'Date' header/,
    );
  });
  test('that is not 64 lower-case hex digits', () => {
    const header = String(signed().at(-1)?.[1]);
    const signature = header.slice(-64);
    for (const wrong of [
      signature.slice(1),
      `${signature}0`,
      `${signature}\\n`,
      signature.replace(/.$/, 'g'),
      'A'.repeat(64),
      '',
    ]) {
      refused({ headers: [...dated, ['Authorization', header.replace(signature, wrong)]] }, 'malformed');
    }
  });
  test('whose signed headers are not canonical', () => {
    for (const names of [
      'x-amz-date;host',
      'Host;x-amz-date',
      'host;host;x-amz-date',
      'host;;x-amz-date',
      'host;x-amz-date;',
      'host; x-amz-date',
    ]) {
      refused({ headers: signed({ signedHeaders: names }) }, 'malformed');
    }
  });
  test('whose credential is not five parts', () => {
    const header = String(signed().at(-1)?.[1]);
    for (const [from, to] of [
      ['/aws4_request', ''],
      ['aws4_request', 'aws5_request'],
      ['AKIDEXAMPLE/', 'A/B/'],
      ['AKIDEXAMPLE', ''],
    ] as const) {
      refused({ headers: [...dated, ['Authorization', header.replace(from, to)]] }, 'malformed', /5 slash-delimited/);
    }
  });
  test('with a session token and a key that is not temporary', () => {
    const signedHeaders = 'host;x-amz-date;x-amz-security-token';
    const canonical = canonicalOf(
      '',
      `host:example.amazonaws.com\nx-amz-date:${date}\nx-amz-security-token:t\n`,
      signedHeaders,
    );
    refused(
      { headers: [...signed({ signedHeaders }, canonical), ['X-Amz-Security-Token', 't']] },
      'unknown-key',
      /security token.*invalid/,
    );
  });
  test('is good from five minutes before to five minutes after', () => {
    const headers = signed();
    const minute = 60_000;
    accepted({ headers, now: now + 5 * minute });
    accepted({ headers, now: now - 5 * minute });
    refused(
      { headers, now: now + 5 * minute + 1000 },
      'expired',
      /^Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z \(20150830T124101Z - 5 min\.\)$/,
    );
    refused(
      { headers, now: now - 5 * minute - 1000 },
      'expired',
      /^Signature not yet current: 20150830T123600Z is still later than 20150830T123559Z \(20150830T123059Z \+ 5 min\.\)$/,
    );
  });
  test('may carry its date in the Date header', () => {
    const text = 'Sun, 30 Aug 2015 12:36:00 GMT';
    const canonical = `GET\n/\n\ndate:${text}\nhost:example.amazonaws.com\n\ndate;host\n${empty}`;
    const authorization = signCanonical(canonical, { ...base, signedHeaders: 'date;host' });
    accepted({
      headers: [
        ['Host', 'example.amazonaws.com'],
        ['Date', text],
        ['Authorization', authorization],
      ],
    });
  });
  test('with a date that is none', () => {
    for (const wrong of [
      '20151332T123600Z',
      '2015-08-30T12:36:00Z',
      'now',
      '',
      '20150830T123600',
      '99999999T999999Z',
    ]) {
      const headers: RawHeaders = [
        ['Host', 'h'],
        ['X-Amz-Date', wrong],
        ['Authorization', signCanonical('', base)],
      ];
      refused({ headers }, 'malformed', /ISO-8601/);
    }
  });
});

describe('the hash of the body', () => {
  const withHash = (claimed: string, body: string): Sent => {
    const signedHeaders = 'host;x-amz-content-sha256;x-amz-date';
    const headers = `host:example.amazonaws.com\nx-amz-content-sha256:${claimed}\nx-amz-date:${date}\n`;
    const canonical = `GET\n/\n\n${headers}\n${signedHeaders}\n${claimed}`;
    return { headers: [...signed({ signedHeaders }, canonical), ['X-Amz-Content-Sha256', claimed]], body };
  };
  test('may be in a header', () => accepted(withHash(sha256Hex('body'), 'body')));
  test('in a header is not believed', () => refused(withHash(sha256Hex('body'), 'another'), 'wrong-signature'));
  test('is never left out, whatever mode the header names', () => {
    for (const mode of [
      'UNSIGNED-PAYLOAD',
      'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
      'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
      'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD',
      '',
      'e3b0',
    ]) {
      refused(withHash(mode, ''), 'wrong-signature');
    }
  });
});

describe('a signature in the query', () => {
  const sign = (extra: Readonly<Record<string, string | undefined>> = {}, body = ''): Sent => {
    const parameters: Record<string, string | undefined> = {
      Action: 'GetCallerIdentity',
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': 'AKIDEXAMPLE/20150830/us-east-1/service/aws4_request',
      'X-Amz-Date': date,
      'X-Amz-Expires': '60',
      'X-Amz-SignedHeaders': 'host',
      ...extra,
    };
    const pairs = Object.entries(parameters)
      .flatMap(([name, value]) =>
        value === undefined ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(value)}`],
      )
      .sort();
    const canonical = `GET\n/\n${pairs.join('&')}\nhost:h\n\nhost\n${sha256Hex(body)}`;
    const signature = signCanonical(canonical, { ...base, signedHeaders: 'host' }).slice(-64);
    return { target: `/?${pairs.join('&')}&X-Amz-Signature=${signature}`, headers: [['Host', 'h']], body };
  };
  test('verifies', () => accepted(sign()));
  test('is over the body too', () => refused({ ...sign(), body: 'x' }, 'wrong-signature'));
  test('is over every parameter', () => {
    const { target = '', headers } = sign();
    refused({ target: target.replace('GetCallerIdentity', 'AssumeRole'), headers }, 'wrong-signature');
    refused({ target: `${target}&x-amz-signature=1`, headers }, 'wrong-signature');
    refused({ target: `${target}&a=b`, headers }, 'wrong-signature');
  });
  test('given twice', () => {
    const { target = '', headers } = sign();
    refused({ target: `${target}&X-Amz-Signature=${'0'.repeat(64)}`, headers }, 'malformed', /more than once/);
    refused({ target: `${target}&X-Amz-Date=${date}`, headers }, 'malformed', /more than once/);
  });
  test('lives as long as it says and begins up to 15 minutes early', () => {
    accepted({ ...sign(), now: now + 59_000 });
    refused({ ...sign(), now: now + 60_000 }, 'expired', /expired/);
    accepted({ ...sign(), now: now - 15 * 60_000 });
    refused({ ...sign(), now: now - 15 * 60_000 - 1000 }, 'expired', /not yet current/);
    accepted({ ...sign({ 'X-Amz-Expires': '604800' }), now: now + 604_799_000 });
  });
  test('with a lifetime that is none', () => {
    for (const wrong of ['0', '-1', '604801', '1e3', '60.5', '', ' 60', '9999999999', '0x10']) {
      refused(sign({ 'X-Amz-Expires': wrong }), 'malformed', /X-Amz-Expires/);
    }
  });
  test('with a part missing says which', () => {
    for (const name of ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Date', 'X-Amz-Expires', 'X-Amz-SignedHeaders']) {
      refused(sign({ [name]: undefined }), 'malformed', new RegExp(name));
    }
  });
  test('with a session token and a key that is not temporary', () =>
    refused(sign({ 'X-Amz-Security-Token': 't' }), 'unknown-key'));
  test('of another algorithm', () =>
    refused(sign({ 'X-Amz-Algorithm': 'AWS4-ECDSA-P256-SHA256' }), 'malformed', /SigV4A/));
  test('with an x-amz-* header that is not signed', () => {
    const { headers, ...rest } = sign();
    refused({ ...rest, headers: [...headers, ['x-amz-target', 'x']] }, 'wrong-signature', /not signed/);
  });
});

describe('temporary keys', () => {
  const signedHeaders = 'host;x-amz-date;x-amz-security-token';
  const headersWith = (token: string): RawHeaders => {
    const canonical = canonicalOf(
      '',
      `host:example.amazonaws.com\nx-amz-date:${date}\nx-amz-security-token:${token}\n`,
      signedHeaders,
    );
    const given = { accessKeyId: 'ASIATEMP', secret: 'temporary', signedHeaders };
    return [...signed(given, canonical), ['X-Amz-Security-Token', token]];
  };
  const give = (expiresAt: number): void => {
    sessionTokens.set('ASIATEMP', 'the-token');
    keys.set('ASIATEMP', { secretAccessKey: 'temporary', principal: root, expiresAt });
  };
  test('verify with their session token', () => {
    give(now + 1);
    accepted({ headers: headersWith('the-token') }, 'ASIATEMP');
  });
  test('with the session token of others', () => {
    give(now + 1);
    refused({ headers: headersWith('another') }, 'unknown-key');
  });
  test('without their session token', () => {
    give(now + 1);
    refused({ headers: signed({ accessKeyId: 'ASIATEMP', secret: 'temporary' }) }, 'unknown-key');
  });
  test('end when they expire', () => {
    give(now);
    refused({ headers: headersWith('the-token') }, 'expired-token', /security token.*is expired/);
  });
});

describe('the cache of signing keys', () => {
  test('does not outlive the key', () => {
    keys.set('AKIDTEMP', { secretAccessKey: 'one', principal: root });
    const headers = signed({ accessKeyId: 'AKIDTEMP', secret: 'one' });
    assert.equal('problem' in verify({ headers }), false);
    keys.set('AKIDTEMP', { secretAccessKey: 'two', principal: root });
    refused({ headers }, 'wrong-signature');
    assert.equal('problem' in verify({ headers: signed({ accessKeyId: 'AKIDTEMP', secret: 'two' }) }), false);
    keys.delete('AKIDTEMP');
    refused({ headers: signed({ accessKeyId: 'AKIDTEMP', secret: 'two' }) }, 'unknown-key');
  });
  test('keeps days apart', () => {
    accepted({ headers: signed() });
    const next = '20150831T123600Z';
    const canonical = canonicalOf('', `host:example.amazonaws.com\nx-amz-date:${next}\n`);
    const headers: RawHeaders = [
      ['Host', 'example.amazonaws.com'],
      ['X-Amz-Date', next],
    ];
    accepted({
      headers: [...headers, ['Authorization', signCanonical(canonical, { ...base, date: next })]],
      now: now + 86_400_000,
    });
    const withOldKey = signCanonical(canonical, { ...base, date: next }).replace(
      /\w{64}$/,
      signCanonical(canonical, { ...base, date: next, day: '20150830' }).slice(-64),
    );
    refused({ headers: [...headers, ['Authorization', withOldKey]], now: now + 86_400_000 }, 'wrong-signature');
  });
});
